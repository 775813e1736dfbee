"""Our server, `cabinet serve`, with the token of a steward; and the dialect it shares with two of its peers."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from bench.children import CODE, COMMUNITY, STEWARD
from bench.peers.peer import Peer
from bench.questions import ENROLLMENTS_EACH, PROGRAMS, Asking, Question
from cabinet.read.rows import encode_id, opaque, opened
from cabinet.tables import program
from cabinet.viewer import Tokens

OBJECT = "query Object($id: ID!) { node(id: $id) { ... on Program { code name organization { code name } } } }"
NESTED = f"""
query Nested($community: ID!, $after: String) {{
  community(id: $community) {{
    programs(first: {PROGRAMS}, after: $after) {{
      nodes {{
        id code name sector description
        enrollments(first: {ENROLLMENTS_EACH}) {{
          nodes {{ id status begins child {{ years {{ schoolYear grade }} }} }}
        }}
      }}
    }}
  }}
}}
"""
COUNT = """
query Count($community: ID!, $program: ID!) {
  enrollments(community: $community, filter: {program: [$program]}) { totalCount }
}
"""
ROW = "id status begins ends exitReason recordId program { code } organization { code }"


def thousand(pages: int, page: int) -> str:
    """Write the query for so many pages of so many rows, each after a cursor of its own."""
    variables = "".join(f", $after{n}: String" for n in range(pages))
    lists = "\n".join(
        f"  page{n}: enrollments(community: $community, first: {page}, after: $after{n}) {{ nodes {{ ...Row }} }}"
        for n in range(pages)
    )
    return f"query Thousand($community: ID!{variables}) {{\n{lists}\n}}\nfragment Row on Enrollment {{ {ROW} }}"


class Ours(Peer):
    name = "ours"

    def command(self, port: int) -> list[str]:
        return [str(Path(sys.executable).with_name("cabinet")), "serve", "--port", str(port)]

    @property
    def environment(self) -> Mapping[str, str]:
        return {
            "CABINET_DATABASE_URL": self.bench.url,
            "CABINET_MODE": "development",
            "CABINET_DATA": str(self.bench.settings.data),
            "CABINET_PAGE_LIMIT": str(self.page),
            "CABINET_POOL_SIZE": str(self.bench.settings.pool_size),
        }

    @property
    def headers(self) -> Mapping[str, str]:
        return {**super().headers, "Authorization": f"Bearer {Tokens(self.bench.settings).issue(STEWARD)}"}

    def body(self, asking: Asking) -> dict[str, Any]:
        question, keys = asking.question, asking.keys
        text = {
            Question.OBJECT: OBJECT,
            Question.NESTED: NESTED,
            Question.THOUSAND: thousand(self.pages, self.page),
            Question.COUNT: COUNT,
        }[question]
        variables = {
            Question.OBJECT: {"id": self.program_id(keys[0])},
            Question.NESTED: {"community": CODE, "after": self.cursor(keys[0], "program")},
            Question.THOUSAND: {
                "community": CODE,
                **{f"after{n}": self.cursor(key, "enrollment") for n, key in enumerate(keys)},
            },
            Question.COUNT: {"community": CODE, "program": self.program_id(keys[0])},
        }[question]
        return {"query": text, "operationName": str(question), "variables": variables}

    def program_id(self, key: UUID) -> str:
        return encode_id(program, COMMUNITY, key)

    def cursor(self, key: UUID, rows: str) -> str:
        return opaque(f"{rows}\n{key}".encode())

    def answer(self, question: Question, data: Any) -> Any:
        if question is Question.OBJECT:
            return data["node"]
        if question is Question.COUNT:
            return data["enrollments"]["totalCount"]
        if question is Question.THOUSAND:
            return [[with_key(row) for row in data[f"page{n}"]["nodes"]] for n in range(self.pages)]
        return [
            {**with_key(each), "enrollments": [_with_years(row) for row in each["enrollments"]["nodes"]]}
            for each in data["community"]["programs"]["nodes"]
        ]


def with_key(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row with its key in the place of its id, which may be opaque and end in the key."""
    text = row["id"]
    return {**row, "id": text if "-" in text[8:9] else str(UUID(bytes=opened(text)[-16:]))}


def _with_years(row: Mapping[str, Any]) -> dict[str, Any]:
    known = {**with_key(row), "years": in_order(row["child"]["years"])}
    del known["child"]
    return known


def in_order(years: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sort the years, for no dialect promises an order."""
    return sorted(years, key=lambda year: (year["schoolYear"], year["grade"] or ""))
