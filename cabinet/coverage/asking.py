"""What a viewer may ask of a community, and in which words: dimensions, values, services, and their names."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from cabinet.access import Grant, Level
from cabinet.calendar import FIRST_SCHOOL_YEAR, LAST_SCHOOL_YEAR, school_year_begins, school_year_of
from cabinet.coverage.dimensions import FACETS, UNKNOWN, WORDS, Dimension
from cabinet.coverage.population import Population
from cabinet.db import Connection, Record
from cabinet.errors import Forbidden, InputInvalid

MAX_DIMENSIONS = 3

_SERVICE_TYPES = """
SELECT t.code, t.name, t.sector, t.version, t.need_rule, t.dosage_days,
  t.min_age, t.max_age, t.grades,
  CASE WHEN $2::text[] IS NOT NULL THEN t.sector = ANY ($2) AND NOT EXISTS (
         -- Another sector's program gives it as well, and whom that reaches this role cannot see.
         SELECT FROM service v JOIN program p ON p.community_id = v.community_id AND p.program_id = v.program_id
         WHERE v.community_id = t.community_id AND v.service_type_id = t.service_type_id
           AND NOT p.sector = ANY ($2))
       WHEN $3::uuid[] IS NOT NULL THEN EXISTS (
         SELECT FROM service v JOIN program p ON p.community_id = v.community_id AND p.program_id = v.program_id
         WHERE v.community_id = t.community_id AND v.service_type_id = t.service_type_id
           AND p.organization_id = ANY ($3))
       ELSE true END AS is_known
FROM service_type t WHERE t.community_id = $1 ORDER BY t.sector, t.code
"""
_LABELS = """
SELECT 'NEIGHBORHOOD' AS dimension, code, name FROM neighborhood WHERE community_id = $1
UNION ALL SELECT 'SCHOOL', code, name FROM school WHERE community_id = $1
"""


_LISTED = {
    Dimension.NEIGHBORHOOD: "`community { neighborhoods { nodes { code name } } }` lists the codes; or UNKNOWN.",
    Dimension.SCHOOL: "`community { schools { nodes { code name } } }` lists the codes; or UNKNOWN.",
}


@dataclass(frozen=True)
class Asking:
    """A grant, with the community's service types by code and the names of its places."""

    granted: Grant
    types: Mapping[str, Record]
    labels: Sequence[Record]

    @property
    def community_id(self) -> UUID:
        return self.granted.community_id

    def wanted(self, services: Sequence[str] | None) -> list[str]:
        """Return the codes asked for (None: all), each once; raise InputInvalid for one there is not."""
        if services is None:
            return list(self.types)
        unknown = [code for code in services if code not in self.types]
        if unknown:
            raise InputInvalid(
                f"The community has no service type {unknown[0]!r}.",
                hint="`community { serviceTypes { code name } }` lists the codes.",
            )
        return list(dict.fromkeys(services))

    def known(self, services: Sequence[str]) -> tuple[str, ...]:
        """Return those of whom they reach the viewer may count."""
        return tuple(code for code in services if self.types[code]["is_known"])

    def check(self, population: Population, breakdown_by: Sequence[Dimension] = ()) -> None:
        """Raise InputInvalid for values no child can have, Forbidden for what is outside the role's scope."""
        self._check_values(population)
        self.wanted(sorted(population.services))
        outside = [code for code in sorted(population.services) if not self.types[code]["is_known"]]
        if outside:
            # It would read as nobody being served.
            raise Forbidden(f"Who is served by {outside[0]} is outside your role's scope.")
        counts_sectors = population.asked_sectors or Dimension.SECTORS_SERVING in breakdown_by
        if counts_sectors and self.granted.level is not Level.COMMUNITY:
            raise Forbidden("Which sectors serve a child is outside your role's scope.")

    def _check_values(self, population: Population) -> None:
        """Refuse a mistyped neighborhood: it would read as a neighborhood without children."""
        population.check_ages()
        for dimension, value in self._unknown(population):
            raise InputInvalid(
                f"The community has no {dimension} {value!r}.",
                hint=_LISTED.get(dimension) or f"It has {', '.join(_words(dimension))}.",
                dimension=dimension,
            )

    def missing(self, population: Population) -> tuple[str, ...]:
        """Say what a population asks by and the community does not have."""
        values = [f"{dimension} {value}" for dimension, value in self._unknown(population)]
        services = sorted(population.services - self.types.keys())
        return tuple(dict.fromkeys((*values, *(f"service type {code}" for code in services))))

    def _unknown(self, population: Population) -> Iterator[tuple[Dimension, str]]:
        codes = {**WORDS}
        for dimension in (Dimension.NEIGHBORHOOD, Dimension.SCHOOL):
            codes[dimension] = frozenset(row["code"] for row in self.labels if row["dimension"] == dimension)
        for dimension, words in population.words():
            yield from ((dimension, value) for value in sorted(set(words) - codes[dimension] - {UNKNOWN}))


def _words(dimension: Dimension) -> list[str]:
    unknown = () if dimension is Dimension.SECTORS_SERVING else (UNKNOWN,)
    return [*sorted(WORDS[dimension]), *unknown]


def check_breakdown(breakdown_by: Sequence[Dimension]) -> None:
    """Raise InputInvalid for too many or repeated dimensions."""
    if len(breakdown_by) > MAX_DIMENSIONS or len(set(breakdown_by)) < len(breakdown_by):
        raise InputInvalid(f"breakdownBy takes up to {MAX_DIMENSIONS} different dimensions.")


def check_dimensions(granted: Grant, population: Population, breakdown_by: Sequence[Dimension]) -> None:
    """Raise InputInvalid for too many or repeated dimensions, Forbidden for one the role does not see."""
    check_breakdown(breakdown_by)
    if granted.level is Level.COMMUNITY:
        return
    for dimension in sorted({*breakdown_by, *population.dimensions}):
        if not granted.sees(FACETS[dimension].label):
            raise Forbidden(f"Your role does not see {dimension} of a child.", dimension=dimension)


def check_day(day: date) -> None:
    """Raise InputInvalid for a day that no record can be about: it would read as a city without children."""
    if not FIRST_SCHOOL_YEAR <= school_year_of(day) <= LAST_SCHOOL_YEAR:
        first = school_year_begins(FIRST_SCHOOL_YEAR)
        last = school_year_begins(LAST_SCHOOL_YEAR + 1) - timedelta(days=1)
        raise InputInvalid(f"{day} is no day that can be counted.", hint=f"Name one from {first} to {last}.")


async def asking(connection: Connection, granted: Grant) -> Asking:
    """Read the community's service types, of which the viewer may count who is served, and its places' names."""
    sectors = list(granted.scope.sectors) if granted.level is Level.SECTOR else None
    organizations = list(granted.scope.organizations) if granted.level is Level.CLIENTS else None
    rows = await connection.fetch(_SERVICE_TYPES, granted.community_id, sectors, organizations)
    labels = await connection.fetch(_LABELS, granted.community_id)
    return Asking(granted, {row["code"]: row for row in rows}, labels)
