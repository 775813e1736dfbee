"""The facts of children as one statement of numbers and days: of a whole community, or of some children anew.

A row is six columns: what it is about, the child's slot, two numbers, a first and a last day. What each says by
kind of row stands beside its SELECT; a day that is not known is infinity.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias
from uuid import UUID

from cabinet.coverage.index.catalog import Catalog
from cabinet.coverage.index.dates import Year
from cabinet.coverage.index.vocabulary import KINDS, KNOWN_GRADES, RACES, SEVERAL, SEXES, VALUES, sql_list

PERSON, SCHOOL_YEAR, CHARACTERISTIC, ENROLLMENT, NEED, ENCOUNTER = range(6)
"""What a row is about."""

RANK_BITS, PLACE_BITS, VALUE_BITS = 26, 16, 3
"""How many bits the second of two numbers takes where two are sent as one."""

_DIGEST = "(SELECT sum(hashtextextended(t::text, 0))::text FROM service_type t WHERE t.community_id = $1)"
"""Service types are also written by the operator, who has no ledger: a change of theirs is known by its effect."""

MOMENT = f"SELECT pg_current_snapshot()::text AS snapshot, {_DIGEST} AS types"

CHILD, ENROLLMENTS, NEEDS, ENCOUNTERS = "child", "enrollment", "need", "encounter"
"""What is read anew by itself, under the table that the log names; CHILD is all that is said of a child itself."""

_NOT_COUNTED = ("attendance_event", "referral", "consent")


def _touched(part: str) -> str:
    by_itself = (ENROLLMENTS, NEEDS, ENCOUNTERS)
    others = ", ".join(f"'{entity}'" for entity in (*by_itself, *_NOT_COUNTED))
    of_part = f"c.entity = '{part}'" if part in by_itself else f"c.entity NOT IN ({others})"
    return f'array_agg(DISTINCT c.child_id) FILTER (WHERE c.child_id IS NOT NULL AND {of_part}) AS "{part}"'


CHANGES = f"""
SELECT pg_current_snapshot()::text AS snapshot, {_DIGEST} AS types,
  coalesce(bool_or(c.child_id IS NULL), false) AS is_supply,
  {", ".join(map(_touched, (CHILD, ENROLLMENTS, NEEDS, ENCOUNTERS)))}
FROM change c
WHERE c.community_id = $1
  AND c.xid >= pg_snapshot_xmin($2::text::pg_snapshot) AND NOT pg_visible_in_snapshot(c.xid, $2::text::pg_snapshot)
"""
"""Snapshot and rows are of one statement and so of one moment."""

_KEYS = "SELECT child_id FROM child WHERE community_id = {community} ORDER BY child_id"
_EVERYBODY = """
SELECT child_id, (row_number() OVER (ORDER BY child_id) - 1)::int AS slot
FROM child WHERE community_id = {community}
"""
_SOME = "SELECT * FROM unnest({children}, {slots}) AS _ (child_id, slot)"

_COMMON = """
kind AS (SELECT service_type_id, (number - 1)::int AS number
  FROM unnest({kinds}) WITH ORDINALITY AS _ (service_type_id, number)),
-- Where words tie, the organization whose id comes first goes before.
said_by AS (SELECT organization_id, row_number() OVER (ORDER BY organization_id)::int AS rank
  FROM organization WHERE community_id = {community})
"""
_PERSON = """
-- Sex; races, as bits; month of birth.
SELECT {PERSON}::int2, w.slot, coalesce(array_position({sexes}, c.sex), 1) - 1,
  CASE cardinality(c.race_ethnicity)
    WHEN 0 THEN 0 WHEN 1 THEN 1 << array_position({races}, c.race_ethnicity[1]) - 1
    ELSE {several} + (SELECT sum(DISTINCT 1 << array_position({races}, r) - 1) FROM unnest(c.race_ethnicity) r)
  END::int8, coalesce(c.birth_month, '-infinity'), date 'infinity'
FROM {who} w JOIN child c ON c.community_id = {community} AND c.child_id = w.child_id
"""
_YEARS = """
-- Grade and who says so; school and neighborhood; the last day there.
SELECT {SCHOOL_YEAR}::int2, w.slot,
  (coalesce(array_position({grades}, y.grade) - 1, 0) << {RANK_BITS})
    | (CASE y.sector WHEN 'EDUCATION' THEN 1 WHEN 'HEALTH' THEN 2 ELSE 3 END << {RANK_BITS} - 2) | o.rank,
  (coalesce(s.number, 0) << {PLACE_BITS}) | coalesce(n.number, 0), date '-infinity', coalesce(y.ends, 'infinity')
FROM child_year y JOIN {who} w ON w.child_id = y.child_id JOIN said_by o ON o.organization_id = y.organization_id
LEFT JOIN unnest({schools}) WITH ORDINALITY AS s (id, number) ON s.id = y.school_id
LEFT JOIN unnest({neighborhoods}) WITH ORDINALITY AS n (id, number) ON n.id = y.neighborhood_id
WHERE y.community_id = {community} AND y.school_year = {school_year}
"""
_CHARACTERISTICS = """
-- Kind and value; who says so.
SELECT {CHARACTERISTIC}::int2, w.slot,
  (array_position({characteristics}, k.kind) - 1 << {VALUE_BITS}) | (array_position({values}, k.value) - 1),
  o.rank, k.begins, coalesce(k.ends, 'infinity')
FROM characteristic k JOIN {who} w ON w.child_id = k.child_id
JOIN said_by o ON o.organization_id = k.organization_id
WHERE k.community_id = {community} AND k.begins <= {last} AND (k.ends IS NULL OR k.ends >= {first})
"""
_ENROLLMENTS = """
-- Program; whether on its waiting list.
SELECT {ENROLLMENT}::int2, w.slot, (p.number - 1)::int, (e.status = 'WAITLISTED')::int::int8, e.begins,
  coalesce(e.ends, 'infinity')
FROM enrollment e JOIN {who} w ON w.child_id = e.child_id
JOIN unnest({programs}) WITH ORDINALITY AS p (id, number) ON p.id = e.program_id
WHERE e.community_id = {community} AND e.begins <= {last} AND (e.ends IS NULL OR e.ends >= {first})
  AND e.status IN ('WAITLISTED', 'ENROLLED', 'COMPLETED', 'WITHDRAWN')
"""
_NEEDS = """
-- Type of service; open until the day before it is resolved.
SELECT {NEED}::int2, w.slot, k.number, 0::int8, d.opened, coalesce(d.resolved - 1, 'infinity')
FROM need d JOIN {who} w ON w.child_id = d.child_id JOIN kind k ON k.service_type_id = d.service_type_id
WHERE d.community_id = {community} AND d.opened <= {last} AND (d.resolved IS NULL OR d.resolved > {first})
"""
_ENCOUNTERS = """
-- Type of service.
SELECT {ENCOUNTER}::int2, w.slot, k.number, 0::int8, c.occurred_on, date 'infinity'
FROM encounter c JOIN {who} w ON w.child_id = c.child_id JOIN kind k ON k.service_type_id = c.service_type_id
JOIN service_type t ON t.community_id = {community} AND t.service_type_id = c.service_type_id
WHERE c.community_id = {community} AND c.occurred_on <= {last}
  AND c.occurred_on > {first} - make_interval(months => t.recency_months)
"""

_SELECTS = {
    CHILD: (_PERSON, _YEARS, _CHARACTERISTICS),
    ENROLLMENTS: (_ENROLLMENTS,),
    NEEDS: (_NEEDS,),
    ENCOUNTERS: (_ENCOUNTERS,),
}

Slots: TypeAlias = Mapping[UUID, int]
"""Children, each with its slot."""


def keys_of_all(community_id: UUID) -> str:
    return _KEYS.format(community=_id(community_id))


def facts_of_all(community_id: UUID, year: Year, catalog: Catalog) -> str:
    """Return the statement for all children, whose slots are their places in the order of their keys."""
    everybody = _EVERYBODY.format(community=_id(community_id))
    return _facts([("everybody", everybody)], dict.fromkeys(_SELECTS, "everybody"), community_id, year, catalog)


def facts_of(touched: Mapping[str, Slots], community_id: UUID, year: Year, catalog: Catalog) -> str:
    """Return the statement for some children, by what of them is to be read."""
    some = [
        (part, _SOME.format(children=_ids(slots), slots=f"ARRAY[{', '.join(map(str, slots.values()))}]::int[]"))
        for part, slots in touched.items()
    ]
    return _facts(
        [(f"of_{part}", who) for part, who in some],
        {part: f"of_{part}" for part, _ in some},
        community_id,
        year,
        catalog,
    )


def _facts(
    tables: Sequence[tuple[str, str]], who: Mapping[str, str], community_id: UUID, year: Year, catalog: Catalog
) -> str:
    """Write the statement. COPY takes no parameters: what stands in it are numbers, ids and our own words."""
    selects = [select.replace("{who}", table) for part, table in who.items() for select in _SELECTS[part]]
    named = [f"{name} AS ({select})" for name, select in tables]
    return f"WITH {', '.join(named)}, " + (_COMMON + " UNION ALL ".join(selects)).format(
        community=_id(community_id),
        school_year=year.number,
        first=f"date '{year.first}'",
        last=f"date '{year.last}'",
        kinds=_ids(catalog.kinds.numbers),
        programs=_ids(catalog.programs.numbers),
        schools=_ids(catalog.schools.numbers),
        neighborhoods=_ids(catalog.neighborhoods.numbers),
        sexes=sql_list(SEXES),
        races=sql_list(RACES),
        several=SEVERAL,
        grades=sql_list(KNOWN_GRADES),
        characteristics=sql_list(KINDS),
        values=sql_list(VALUES),
        RANK_BITS=RANK_BITS,
        PLACE_BITS=PLACE_BITS,
        VALUE_BITS=VALUE_BITS,
        PERSON=PERSON,
        SCHOOL_YEAR=SCHOOL_YEAR,
        CHARACTERISTIC=CHARACTERISTIC,
        ENROLLMENT=ENROLLMENT,
        NEED=NEED,
        ENCOUNTER=ENCOUNTER,
    )


def _id(key: UUID) -> str:
    return f"'{key}'::uuid"


def _ids(keys: Iterable[UUID]) -> str:
    return f"'{{{','.join(map(str, keys))}}}'::uuid[]"
