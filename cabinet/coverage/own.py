"""The gap among one organization's own clients, counted within a transaction that writes for it."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from cabinet.coverage.population import Population
from cabinet.coverage.question import Question, write_question
from cabinet.db import Connection

_SERVICES = """
SELECT v.program_id, t.code
FROM service v JOIN service_type t ON t.community_id = v.community_id AND t.service_type_id = v.service_type_id
WHERE v.community_id = $1 AND v.program_id = ANY ($2) GROUP BY v.program_id, t.code ORDER BY t.code
"""


async def own_gaps(
    connection: Connection, community_id: UUID, organization_id: UUID, day: date, programs: Sequence[UUID]
) -> Mapping[UUID, Mapping[str, int]]:
    """Return, by program and code of its service types, how many own clients are in need of it and not served.

    The rule is that of coverage, asked by this organization alone; what it writes in the transaction counts.
    """
    given = await connection.fetch(_SERVICES, community_id, programs)
    codes = tuple(dict.fromkeys(row["code"] for row in given))
    question = Question(community_id, Population(), codes, day, is_exact=True, organization_id=organization_id)
    sql, arguments = write_question(question)
    # As for any coverage question, a loop in a loop is never worth the risk; what is written next is.
    await connection.execute("SET LOCAL enable_nestloop = off")
    counted = await connection.fetch(sql, *arguments) if codes else []
    await connection.execute("SET LOCAL enable_nestloop = on")
    gap = {row["service_type"]: row["in_need"] - row["served"] for row in counted}
    found: dict[UUID, dict[str, int]] = {program: {} for program in programs}
    for row in given:
        found[row["program_id"]][row["code"]] = gap.get(row["code"], 0)
    return found
