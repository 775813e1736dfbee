"""The floor's SQL, written by hand: one statement a question, whose text is the answer.

Text is put together with ||, the cheapest way PostgreSQL has; only what may need escaping goes through to_json.
$1 is the community, what is drawn follows. Who reads of children is written down, as everybody has to.
"""

from bench.children import COMMUNITY
from bench.questions import ENROLLMENTS_EACH, PROGRAMS
from cabinet.read.rows import opaque


def _id(table: str, column: str) -> str:
    """Return SQL for an opaque id. Where table and community fill whole groups of base64, they are a constant."""
    before = opaque(f"{table}:".encode() + COMMUNITY.bytes)
    return f"""'"{before}' || translate(left(encode(uuid_send({column}), 'base64'), 22), '+/', '-_') || '"'"""


def _text(column: str) -> str:
    return f"coalesce(to_json({column})::text, 'null')"


_AUDIT = """WITH audit AS (
  INSERT INTO audit_event (community_id, subject, roles, action, detail)
  VALUES ($1, 'the floor', 'PUBLIC SECTOR_STEWARD', 'read enrollment', '{}')
) """


def _answer(name: str, text: str) -> str:
    """Return the statement for an answer's data; as bytes, it is spared a decoding and an encoding."""
    audit = "" if name == "Object" else _AUDIT
    return f"""{audit}SELECT convert_to('{{"data":' || {text} || '}}', 'UTF8')"""


_OBJECT = f"""'{{"node":' || coalesce((
  SELECT '{{"code":' || {_text("p.code")} || ',"name":' || {_text("p.name")}
    || ',"organization":{{"code":' || {_text("o.code")} || ',"name":' || {_text("o.name")} || '}}}}'
  FROM program p JOIN organization o ON o.community_id = $1 AND o.organization_id = p.organization_id
  WHERE p.community_id = $1 AND p.program_id = $2
), 'null') || '}}'"""

_YEARS = """SELECT string_agg(
    '{"schoolYear":' || school_year || ',"grade":' || coalesce('"' || grade || '"', 'null') || '}', ',') AS years
  FROM child_year WHERE community_id = $1 AND child_id = e.child_id"""

_NESTED_ENROLLMENTS = f"""SELECT string_agg('{{"id":' || {_id("enrollment", "e.enrollment_id")}
    || ',"status":"' || e.status || '","begins":"' || e.begins || '","child":{{"years":['
    || coalesce(y.years, '') || ']}}}}', ',' ORDER BY e.enrollment_id) AS nodes
  FROM (
    SELECT enrollment_id, status, begins, child_id FROM enrollment
    WHERE community_id = $1 AND program_id = p.program_id ORDER BY enrollment_id LIMIT {ENROLLMENTS_EACH}
  ) e CROSS JOIN LATERAL ({_YEARS}) y"""

_NESTED = f"""'{{"community":{{"programs":{{"nodes":[' || coalesce((
  SELECT string_agg('{{"id":' || {_id("program", "p.program_id")} || ',"code":' || {_text("p.code")}
    || ',"name":' || {_text("p.name")} || ',"sector":"' || p.sector
    || '","description":' || {_text("p.description")}
    || ',"enrollments":{{"nodes":[' || coalesce(e.nodes, '') || ']}}}}', ',' ORDER BY p.program_id)
  FROM (
    SELECT program_id, code, name, sector, description FROM program
    WHERE community_id = $1 AND program_id > $2 ORDER BY program_id LIMIT {PROGRAMS}
  ) p CROSS JOIN LATERAL ({_NESTED_ENROLLMENTS}) e
), '') || ']}}}}}}'"""

_COUNT = """'{"enrollments":{"totalCount":' || (
  SELECT count(*) FROM enrollment WHERE community_id = $1 AND program_id = $2
) || '}}'"""


def _list(name: str, after: str, page: int) -> str:
    return f"""'"{name}":{{"nodes":[' || coalesce((
  SELECT string_agg('{{"id":' || {_id("enrollment", "e.enrollment_id")} || ',"status":"' || e.status
    || '","begins":"' || e.begins || '","ends":' || coalesce('"' || e.ends || '"', 'null')
    || ',"exitReason":' || {_text("e.exit_reason")} || ',"recordId":' || {_text("e.record_id")}
    || ',"program":{{"code":' || {_text("p.code")} || '}},"organization":{{"code":' || {_text("o.code")}
    || '}}}}', ',' ORDER BY e.enrollment_id)
  FROM (
    SELECT enrollment_id, status, begins, ends, exit_reason, record_id, program_id, organization_id FROM enrollment
    WHERE community_id = $1 AND enrollment_id > {after} ORDER BY enrollment_id LIMIT {page}
  ) e
  JOIN program p ON p.community_id = $1 AND p.program_id = e.program_id
  JOIN organization o ON o.community_id = $1 AND o.organization_id = e.organization_id
), '') || ']}}'"""


def statements(pages: int, page: int) -> dict[str, str]:
    """Return the statement of every question by its operation's name."""
    lists = " || ',' || ".join(_list(f"page{n}", f"${n + 2}", page) for n in range(pages))
    thousand = f"'{{' || {lists} || '}}'"
    texts = {"Object": _OBJECT, "Nested": _NESTED, "Thousand": thousand, "Count": _COUNT}
    return {name: _answer(name, text) for name, text in texts.items()}
