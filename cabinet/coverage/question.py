"""The coverage question as one SQL statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from cabinet.calendar import FIRST_MONTH, school_year_of
from cabinet.coverage.dimensions import Dimension
from cabinet.coverage.population import Arguments, Population, condition
from cabinet.coverage.sums import COUNTS
from cabinet.coverage.tabulation import COMBINED, Tabulation
from cabinet.sectors import SECTORS

PROFILE = """
-- An enrollment counts on every day from its first to its last, whatever became of it afterwards.
WITH {own}active_enrollment AS (
  SELECT child_id, program_id FROM enrollment
  WHERE community_id = {community} AND begins <= {day}
    AND (status IN ('ENROLLED', 'COMPLETED', 'WITHDRAWN') AND ends >= {day}
         OR status = 'ENROLLED' AND ends IS NULL)
),
-- Who is in the community on the day: recorded for the school year and not gone, or in an enrollment under way.
here AS (
  SELECT child_id FROM child_year
  WHERE community_id = {community} AND school_year = {school_year} AND (ends IS NULL OR ends >= {day})
  UNION
  SELECT child_id FROM active_enrollment
),
-- Of several organizations that say something of the year, the schools' word comes first, then the latest.
said AS (
  SELECT DISTINCT ON (y.child_id)
    y.child_id,
    first_value(y.grade) OVER (by_grade) AS grade,
    first_value(y.school_id) OVER (by_school) AS school_id,
    first_value(y.neighborhood_id) OVER (by_neighborhood) AS neighborhood_id
  FROM (
    SELECT child_id, organization_id, grade, school_id, neighborhood_id,
      CASE sector WHEN 'EDUCATION' THEN 1 WHEN 'HEALTH' THEN 2 ELSE 3 END AS rank
    FROM child_year WHERE community_id = {community} AND school_year = {school_year}
  ) y
  WINDOW
    by_grade AS (PARTITION BY y.child_id ORDER BY y.grade IS NULL, y.rank, y.organization_id),
    by_school AS (PARTITION BY y.child_id ORDER BY y.school_id IS NULL, y.rank, y.organization_id),
    by_neighborhood AS (
      PARTITION BY y.child_id ORDER BY y.neighborhood_id IS NULL, y.rank, y.organization_id)
),
-- Of several standing words on a characteristic, YES comes before NO: a service is owed on the word of one.
standing AS (
  SELECT child_id, jsonb_object_agg(kind, value) AS characteristics
  FROM (
    SELECT DISTINCT ON (child_id, kind) child_id, kind, value FROM characteristic
    WHERE community_id = {community} AND begins <= {day} AND (ends IS NULL OR ends >= {day})
    ORDER BY child_id, kind, value = 'YES' DESC, begins DESC, organization_id
  ) latest
  GROUP BY child_id
),
person AS ({person}),
profile AS (
  SELECT
    c.child_id, c.sex, c.race_ethnicity, said.grade, s.code AS school, n.code AS neighborhood,
    coalesce(standing.characteristics, '{{}}') AS characteristics,
    extract(year FROM age(date_trunc('month', {day}), c.birth_month))::int AS age
  FROM here
  JOIN person c ON c.child_id = here.child_id
  LEFT JOIN said ON said.child_id = c.child_id
  LEFT JOIN school s ON s.community_id = {community} AND s.school_id = said.school_id
  LEFT JOIN neighborhood n ON n.community_id = {community} AND n.neighborhood_id = said.neighborhood_id
  LEFT JOIN standing ON standing.child_id = c.child_id
  WHERE c.birth_month IS NULL OR c.birth_month <= {day}
),
"""

# Put before, these stand for the tables of their names: one organization's words alone are counted, as row-level
# security would have it for who reads for that organization.
OWN = """child AS (
  SELECT * FROM child WHERE community_id = {community} AND organization_ids @> ARRAY[{organization}]
),
""" + "".join(
    f"{name} AS (SELECT * FROM {name}"
    " WHERE community_id = {community} AND organization_id = {organization}),\n"
    for name in ("enrollment", "child_year", "characteristic", "child_identity", "encounter", "need")
)

PERSON_OF_ALL = """
  SELECT child_id, birth_month, sex, race_ethnicity FROM child WHERE community_id = {community}
"""

# Who may read rows counts by what the own sources say of age and sex: another sector's word does not show.
PERSON_OF_OWN = """
  SELECT c.child_id, own.birth_month, coalesce(own.sex, 'UNKNOWN') AS sex,
    coalesce(own.race_ethnicity, '{{}}') AS race_ethnicity
  FROM child c
  LEFT JOIN (
    SELECT child_id, date_trunc('month', min(birth_date))::date AS birth_month,
      min(sex) FILTER (WHERE sex <> 'UNKNOWN') AS sex,
      array_agg(DISTINCT race ORDER BY race) FILTER (WHERE race IS NOT NULL) AS race_ethnicity
    FROM child_identity LEFT JOIN unnest(race_ethnicity) AS race ON true
    WHERE community_id = {community} GROUP BY child_id
  ) own ON own.child_id = c.child_id
  WHERE c.community_id = {community}
"""

REACH = """
-- The service types the question is about, by itself or by its population.
asked_type AS (
  SELECT * FROM service_type
  WHERE community_id = {community} AND (code = ANY ({types}) OR sector = ANY ({sectors}))
),
-- Whom a service reaches: by an active enrollment in a program that gives it, or by a recent encounter.
reached AS (
  SELECT a.child_id, t.code AS service_type, t.sector
  FROM active_enrollment a
  JOIN service v ON v.community_id = {community} AND v.program_id = a.program_id
  JOIN asked_type t ON t.service_type_id = v.service_type_id
  UNION
  SELECT e.child_id, t.code, t.sector
  FROM encounter e
  JOIN asked_type t ON t.service_type_id = e.service_type_id
  WHERE e.community_id = {community} AND e.occurred_on <= {day}
    AND e.occurred_on > {day} - make_interval(months => t.recency_months)
),
waiting AS (
  SELECT w.child_id, t.code AS service_type, min(w.begins) AS since
  FROM enrollment w
  JOIN service v ON v.community_id = {community} AND v.program_id = w.program_id
  JOIN asked_type t ON t.service_type_id = v.service_type_id
  WHERE w.community_id = {community} AND w.status = 'WAITLISTED'
    AND w.begins <= {day} AND (w.ends IS NULL OR w.ends >= {day})
  GROUP BY w.child_id, t.code
),
identified AS (
  SELECT DISTINCT child_id, service_type_id FROM need
  WHERE community_id = {community} AND opened <= {day} AND (resolved IS NULL OR resolved > {day})
),
eligible AS (
  SELECT p.child_id, t.code AS service_type, t.service_type_id, t.sector,
    t.need_rule = 'UNIVERSAL'
    OR EXISTS (SELECT FROM unnest(t.need_characteristics) k WHERE p.characteristics ->> k = 'YES')
    OR i.child_id IS NOT NULL AS in_need
  FROM profile p
  JOIN asked_type t ON
    CASE WHEN t.grades <> '{{}}' AND p.grade IS NOT NULL THEN p.grade = ANY (t.grades)
             ELSE coalesce(p.age BETWEEN t.min_age AND t.max_age, false) END
  LEFT JOIN identified i ON i.child_id = p.child_id AND i.service_type_id = t.service_type_id
),
needing AS (SELECT child_id, service_type, sector FROM eligible WHERE in_need),
"""

PROFILE_WITH_SECTORS = """(
  SELECT profile.*, serving.sectors_serving FROM profile LEFT JOIN (
    SELECT child_id, count(DISTINCT sector) AS sectors_serving FROM reached GROUP BY child_id
  ) serving ON serving.child_id = profile.child_id
)"""


@dataclass(frozen=True)
class Question:
    """Coverage of services, by their codes, in a population on a day, by up to three dimensions."""

    community_id: UUID
    population: Population
    services: tuple[str, ...]
    as_of: date
    breakdown_by: tuple[Dimension, ...] = ()
    is_exact: bool = False
    """Whether the viewer counts children whose rows it reads, by its own sources."""
    organization_id: UUID | None = None
    """Whose words alone are counted where the login that asks would see others' too."""
    tabulation: Tabulation = COMBINED
    """How a breakdown by race and ethnicity is counted; a population asks by it alone or in combination."""

    @property
    def counts_sectors(self) -> bool:
        """Whether it asks by how many sectors a child is served."""
        return Dimension.SECTORS_SERVING in {*self.breakdown_by, *self.population.dimensions}

    def labels_of(self, dimension: Dimension, group: str) -> list[str]:
        """Return what the children of a group are counted under."""
        is_folded = dimension is Dimension.RACE_ETHNICITY
        return self.tabulation.labels_of(group) if is_folded else [group]

    @property
    def overlap(self) -> int | None:
        """The place in the breakdown by which groups overlap, if they do."""
        is_so = self.tabulation.overlaps and Dimension.RACE_ETHNICITY in self.breakdown_by
        return self.breakdown_by.index(Dimension.RACE_ETHNICITY) if is_so else None

    @property
    def is_folded(self) -> bool:
        """Whether it is counted by what has to be folded into the groups."""
        return self.tabulation.is_by_combination and Dimension.RACE_ETHNICITY in self.breakdown_by

    @property
    def sectors(self) -> frozenset[str]:
        """Every sector of whose services it asks."""
        return frozenset(each.code for each in SECTORS) if self.counts_sectors else self.population.asked_sectors


def write_question(
    question: Question, counts: str = COUNTS, group: Sequence[str] = (), *, by_group: bool = False
) -> tuple[str, list[Any]]:
    """Return the statement and its arguments. Rows without a group (all dimensions NULL) are the totals.

    `counts` is what is counted of the children's profiles, as a template like COUNTS; with a `group` of the
    breakdown, of its children alone. What is counted by race and ethnicity has to be folded (`tabulation`); not so
    `by_group`, where who is in several groups is in the totals as often.
    """
    arguments = Arguments()
    context = {
        "community": arguments.add(question.community_id, "uuid"),
        "day": arguments.add(question.as_of, "date"),
        "school_year": arguments.add(school_year_of(question.as_of), "int"),
        "services": arguments.add(list(question.services), "text[]"),
    }
    context["year_begins"] = f"make_date({context['school_year']} - 1, {FIRST_MONTH}, 1)"
    context["types"] = arguments.add([*question.services, *sorted(question.population.services)], "text[]")
    context["sectors"] = arguments.add(sorted(question.sectors), "text[]")
    context["profile"] = PROFILE_WITH_SECTORS if question.counts_sectors else "profile"
    context["person"] = (PERSON_OF_OWN if question.is_exact else PERSON_OF_ALL).format(**context)
    context["own"] = ""
    if question.organization_id is not None:
        context["organization"] = arguments.add(question.organization_id, "uuid")
        context["own"] = OWN.format(**context)
    within = [condition(question.population, arguments)]
    for dimension, value in zip(question.breakdown_by, group, strict=False):
        labels = arguments.add(question.labels_of(dimension, value), "text[]")
        within.append(f"{question.tabulation.sql(dimension)} = ANY ({labels})")
    context["population"] = " AND ".join(within)
    facets = [question.tabulation.sql(dimension) for dimension in question.breakdown_by]
    if by_group and question.is_folded:
        pair = (arguments.add(list(each), "text[]") for each in zip(*question.tabulation.pairs, strict=True))
        facets[question.breakdown_by.index(Dimension.RACE_ETHNICITY)] = question.tabulation.group_sql(*pair)
    context.update(_breakdown(facets))
    return (PROFILE + REACH + counts).format(**context), arguments.values


def _breakdown(dimensions: Sequence[str]) -> dict[str, str]:
    """Return the parts of COUNTS that depend on which dimensions are asked for, given as expressions."""
    names = [f"d{position}" for position in range(len(dimensions))]
    facets = [f", {dimension} AS {name}" for dimension, name in zip(dimensions, names, strict=True)]
    grouped = ", ".join(f"g.{name}" for name in names)
    return {
        "facets": "".join(facets),
        "names": "".join(f"{name}, " for name in names),
        "by_names": f" GROUP BY {', '.join(names)}" if names else "",
        "shown": "".join(f", g.{name}" for name in names),
        "asked_names": "".join(f", a.{name}" for name in names),
        "same_group": "".join(f" AND x.{name} = g.{name}" for name in names),
        "same_statistics": "".join(f" AND s.{name} IS NOT DISTINCT FROM n.{name}" for name in names),
        "sets": f"GROUPING SETS ((t.code), (t.code, {grouped}))" if names else "t.code",
        "order": f"t.code, {grouped}" if names else "t.code",
    }
