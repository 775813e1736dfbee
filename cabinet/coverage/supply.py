"""The seats there are on a day, by service type and site, and where the sites and the neighborhoods are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from cabinet.access import Grant
from cabinet.coverage.catchment import Point
from cabinet.coverage.centroid import centroid
from cabinet.coverage.dimensions import UNKNOWN, Dimension
from cabinet.coverage.population import Population
from cabinet.coverage.seats import Seats
from cabinet.db import Database, Record

_SITES = """
-- Of each service at its place, the numbers that were the latest on the day.
WITH latest AS (
  SELECT DISTINCT ON (service_at_location_id) service_at_location_id, available, maximum, funded
  FROM service_capacity WHERE community_id = $1 AND updated <= $3 AND unit = 'seat'
  ORDER BY service_at_location_id, updated DESC
),
-- A ZIP code of several neighborhoods says of no place in which it lies.
of_postal_code AS (
  SELECT inside.postal_code, min(n.code) AS neighborhood
  FROM neighborhood n, unnest(n.postal_codes) inside (postal_code) WHERE n.community_id = $1
  GROUP BY inside.postal_code HAVING count(DISTINCT n.code) = 1
)
SELECT t.code AS service_type, coalesce(n.code, p.neighborhood) AS neighborhood, l.latitude, l.longitude,
  latest.available, latest.maximum, latest.funded
FROM service_at_location s
JOIN service v ON v.community_id = s.community_id AND v.service_id = s.service_id
JOIN service_type t ON t.community_id = s.community_id AND t.service_type_id = v.service_type_id
JOIN location l ON l.community_id = s.community_id AND l.location_id = s.location_id
LEFT JOIN neighborhood n ON n.community_id = s.community_id AND n.neighborhood_id = l.neighborhood_id
LEFT JOIN of_postal_code p ON p.postal_code = l.postal_code
LEFT JOIN latest ON latest.service_at_location_id = s.service_at_location_id
WHERE s.community_id = $1 AND t.code = ANY ($2) ORDER BY s.service_at_location_id
"""
_PLACES = "SELECT code, geometry FROM neighborhood WHERE community_id = $1 ORDER BY code"
_SCHOOLS = """
SELECT s.code, l.latitude, l.longitude
FROM school s LEFT JOIN location l ON l.community_id = s.community_id AND l.location_id = s.location_id
WHERE s.community_id = $1 ORDER BY s.code
"""


@dataclass(frozen=True)
class Site:
    """A service at one place, with its seats; without a point nobody knows where."""

    service: str
    neighborhood: str
    point: Point | None
    seats: Seats


@dataclass(frozen=True)
class Supply:
    """Sites, and by their codes the middle of each neighborhood and where each school stands."""

    sites: Sequence[Site]
    middles: Mapping[str, Point | None]
    schools: Mapping[str, Point | None]

    def within(self, population: Population) -> "Supply":
        """Return the supply of the neighborhoods that a population's children can be of, UNKNOWN among them."""
        sites = [site for site in self.sites if population.may_hold(Dimension.NEIGHBORHOOD, site.neighborhood)]
        return replace(self, sites=sites)

    def of(self, service: str) -> list[Site]:
        return [site for site in self.sites if site.service == service]


async def find_supply(database: Database, granted: Grant, services: Iterable[str], day: date) -> Supply:
    """Read the supply of service types on a day; it is open to everybody."""
    community_id: UUID = granted.community_id
    async with database.transaction(granted.scope) as connection:
        sites = await connection.fetch(_SITES, community_id, list(services), day)
        places = await connection.fetch(_PLACES, community_id)
        schools = await connection.fetch(_SCHOOLS, community_id)
    return Supply(
        [_site(row) for row in sites],
        {row["code"]: centroid(row["geometry"]) for row in places},
        {row["code"]: _point(row) for row in schools},
    )


def _site(row: Record) -> Site:
    seats = Seats(row["available"], row["maximum"], row["funded"])
    return Site(row["service_type"], row["neighborhood"] or UNKNOWN, _point(row), seats)


def _point(row: Record) -> Point | None:
    is_placed = row["latitude"] is not None and row["longitude"] is not None
    return Point(row["latitude"], row["longitude"]) if is_placed else None
