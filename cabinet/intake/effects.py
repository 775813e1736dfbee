"""What a post of enrollments brought about, row by row: a seat or a place in line, and less of a gap."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from functools import cache
from uuid import UUID

from cabinet.db import Connection
from cabinet.intake.receipt import Effect, Gap
from cabinet.intake.references import References
from cabinet.intake.seating import read_seats
from cabinet.intake.source import Source
from cabinet.intake.validate import Item
from cabinet.tables.terms import EnrollmentStatus

Gaps = Mapping[UUID, Mapping[str, int]]
"""By program and service type: the organization's own clients in need of it who are not served."""

Measure = Callable[[Connection, UUID, UUID, date, Sequence[UUID]], Awaitable[Gaps]]
"""Counts the gaps of programs, for an organization of a community and on a day, as the transaction sees them."""

_STANDING = """
SELECT e.enrollment_id, e.program_id, e.status, line.position
FROM enrollment e LEFT JOIN (
  SELECT enrollment_id, row_number() OVER (PARTITION BY program_id ORDER BY begins, enrollment_id)::int AS position
  FROM enrollment
  WHERE community_id = $1 AND program_id = ANY ($2)
    AND status = 'WAITLISTED' AND (ends IS NULL OR ends >= $3)
) AS line ON line.enrollment_id = e.enrollment_id
WHERE e.community_id = $1 AND e.enrollment_id = ANY ($4)
"""


class Effects:
    """Looks at the programs of a post before and after it."""

    def __init__(
        self, source: Source, items: Sequence[Item], references: References, measure: Measure | None
    ) -> None:
        self.source, self.items, self.measure = source, items, measure
        asked = [references.programs[item.row.program].id for item in items if item.outcome.is_open]
        self.programs = list(dict.fromkeys(asked))
        self.before: Gaps | None = None

    async def look_before(self, connection: Connection) -> None:
        self.before = await self._gaps(connection)

    async def tell(self, connection: Connection) -> None:
        """Tell every row that is an enrollment now what has become of it."""
        after = await self._gaps(connection)
        seats = await read_seats(connection, self.source, self.programs)
        keys = [item.outcome.enrollment_id for item in self.items]
        asked = self.source.community_id, self.programs, self.source.today, keys
        rows = await connection.fetch(_STANDING, *asked)
        free = {program: min(max(each.free, 0) for each in known) for program, known in seats.items()}

        @cache
        def effect(program: UUID, status: str, position: int | None) -> Effect:
            """Most rows of a large post have one and the same: nobody waits in line."""
            return Effect(EnrollmentStatus(status), free.get(program), position, self._gap(program, after))

        effects = {key: effect(*standing) for key, *standing in rows}
        for item in self.items:
            item.outcome.effect = effects.get(item.outcome.enrollment_id)

    def _gap(self, program: UUID, after: Gaps | None) -> tuple[Gap, ...] | None:
        if self.before is None or after is None:
            return None
        earlier = self.before.get(program, {})
        return tuple(Gap(code, earlier.get(code, 0), count) for code, count in after.get(program, {}).items())

    async def _gaps(self, connection: Connection) -> Gaps | None:
        if self.measure is None:
            return None
        source = self.source
        where = source.community_id, source.organization_id, source.today
        return await self.measure(connection, *where, self.programs)
