"""PostGraphile 5: the tables as GraphQL, planned into SQL, by Node.js."""

import json
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from bench.children import COMMUNITY
from bench.peers.ours.peer import in_order
from bench.peers.peer import Peer
from bench.peers.serving import SCOPE
from bench.questions import ENROLLMENTS_EACH, PROGRAMS, Asking, Question
from cabinet.tables.security import Login

HERE = Path(__file__).parent
PROGRAM_ORDER, ENROLLMENT_ORDER = "1f0dfe6c28", "ce9f93aa58"
"""How this version's cursors name the order by primary key; with another digest it refuses the cursor."""

OBJECT = """
query Object($community: UUID!, $program: UUID!) {
  programByCommunityIdAndProgramId(communityId: $community, programId: $program) {
    code name organizationByCommunityIdAndOrganizationId { code name }
  }
}
"""
NESTED = f"""
query Nested($community: UUID!, $after: Cursor) {{
  allPrograms(
    first: {PROGRAMS}, after: $after, condition: {{communityId: $community}}, orderBy: PRIMARY_KEY_ASC
  ) {{
    nodes {{
      programId code name sector description
      enrollmentsByCommunityIdAndProgramId(first: {ENROLLMENTS_EACH}, orderBy: PRIMARY_KEY_ASC) {{
        nodes {{
          enrollmentId status begins
          childByCommunityIdAndChildId {{ childYearsByCommunityIdAndChildId {{ nodes {{ schoolYear grade }} }} }}
        }}
      }}
    }}
  }}
}}
"""
COUNT = """
query Count($community: UUID!, $program: UUID!) {
  allEnrollments(condition: {communityId: $community, programId: $program}) { totalCount }
}
"""
ROW = """enrollmentId status begins ends exitReason recordId
  programByCommunityIdAndProgramId { code } organizationByCommunityIdAndOrganizationId { code }"""


def thousand(pages: int, page: int) -> str:
    variables = "".join(f", $after{n}: Cursor" for n in range(pages))
    lists = "\n".join(
        f"  page{n}: allEnrollments(first: {page}, after: $after{n}, condition: {{communityId: $community}},"
        " orderBy: PRIMARY_KEY_ASC) { nodes { ...Row } }"
        for n in range(pages)
    )
    return f"query Thousand($community: UUID!{variables}) {{\n{lists}\n}}\nfragment Row on Enrollment {{ {ROW} }}"


class PostGraphile(Peer):
    name = "postgraphile"

    def command(self, port: int) -> list[str]:
        node = HERE / "node_modules/.bin/node"
        if not node.exists():
            raise SystemExit(
                f"PostGraphile is not installed: run `npm ci` in {HERE}, or leave it out with --peers."
            )
        return ["/usr/bin/env", f"PORT={port}", str(node), str(HERE / "server.mjs")]

    @property
    def environment(self) -> Mapping[str, str]:
        return {
            "PGHOST": str(self.bench.socket_folder),
            "PGUSER": Login.READER_CHILD.value,
            "PGDATABASE": "postgres",
            "PG_SETTINGS": json.dumps(SCOPE),
            "POOL_SIZE": str(self.bench.settings.pool_size),
            "NODE_ENV": "production",
            "GRAPHILE_ENV": "production",
        }

    def body(self, asking: Asking) -> dict[str, Any]:
        question, keys, community = asking.question, asking.keys, {"community": str(COMMUNITY)}
        text = {
            Question.OBJECT: OBJECT,
            Question.NESTED: NESTED,
            Question.THOUSAND: thousand(self.pages, self.page),
            Question.COUNT: COUNT,
        }[question]
        variables = {
            Question.OBJECT: {"program": str(keys[0])},
            Question.NESTED: {"after": cursor(PROGRAM_ORDER, keys[0])},
            Question.THOUSAND: {f"after{n}": cursor(ENROLLMENT_ORDER, key) for n, key in enumerate(keys)},
            Question.COUNT: {"program": str(keys[0])},
        }[question]
        return {"query": text, "operationName": str(question), "variables": {**community, **variables}}

    def answer(self, question: Question, data: Any) -> Any:
        if question is Question.OBJECT:
            found = data["programByCommunityIdAndProgramId"]
            return found and _renamed(found)
        if question is Question.COUNT:
            return data["allEnrollments"]["totalCount"]
        if question is Question.THOUSAND:
            return [[_renamed(row) for row in data[f"page{n}"]["nodes"]] for n in range(self.pages)]
        return [_program(each) for each in data["allPrograms"]["nodes"]]


def cursor(order: str, key: UUID) -> str:
    """Write the cursor of a row: the order's digest and the primary key, as JSON in base64."""
    return b64encode(json.dumps([order, str(COMMUNITY), str(key)], separators=(",", ":")).encode()).decode()


NAMES = {
    "programId": "id",
    "enrollmentId": "id",
    "programByCommunityIdAndProgramId": "program",
    "organizationByCommunityIdAndOrganizationId": "organization",
}


def _renamed(row: Mapping[str, Any]) -> dict[str, Any]:
    return {NAMES.get(name, name): value for name, value in row.items()}


def _program(row: Mapping[str, Any]) -> dict[str, Any]:
    plain = _renamed(row)
    plain["enrollments"] = [
        _enrollment(each) for each in plain.pop("enrollmentsByCommunityIdAndProgramId")["nodes"]
    ]
    return plain


def _enrollment(row: Mapping[str, Any]) -> dict[str, Any]:
    plain = _renamed(row)
    child = plain.pop("childByCommunityIdAndChildId")
    return {**plain, "years": in_order(child["childYearsByCommunityIdAndChildId"]["nodes"])}
