"""Coverage, from the question to the answer: scope, count, protect, name."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from uuid import UUID

from cabinet import audit
from cabinet.access import Action, Grant, Level, grant
from cabinet.calendar import school_year_of
from cabinet.coverage.answer import COUNTED, Count, Counts, Coverage, Group, GroupValue, ServiceCoverage
from cabinet.coverage.counting import Rows, count_rows
from cabinet.coverage.dimensions import AGE_BANDS, FACETS, MULTIPLE, UNKNOWN, Dimension
from cabinet.coverage.index.indexes import Indexes
from cabinet.coverage.population import Population
from cabinet.coverage.protect import TOTAL, GroupKey, ServiceCounts, protect
from cabinet.coverage.question import Question
from cabinet.db import Connection, Database, Record
from cabinet.errors import Forbidden, InputInvalid
from cabinet.tables.terms import GRADES, NeedRule
from cabinet.viewer import Viewer

MAX_DIMENSIONS = 2
POPULATION = ""

# Withholding is arithmetic over many cells: one answer at a time, so that other requests go on meanwhile.
_PROTECTING = ThreadPoolExecutor(max_workers=1, thread_name_prefix="protecting")

_WORDS = {UNKNOWN: "Unknown", MULTIPLE: "More than one", "YES": "Yes", "NO": "No"}

_SERVICE_TYPES = """
SELECT t.code, t.name, t.sector, t.need_rule, concat_ws(' ', t.min_age, '-', t.max_age, t.grades) AS eligibility,
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


async def coverage(
    database: Database,
    viewer: Viewer,
    community_id: UUID,
    population: Population,
    services: Sequence[str] | None,
    as_of: date,
    breakdown_by: Sequence[Dimension] = (),
    indexes: Indexes | None = None,
) -> Coverage:
    """Count a population, and for each service who is eligible, in need, served and missed.

    `services` are codes of service types (None: all); without `indexes` everything is asked of the database.
    Raises Forbidden, InputInvalid.
    """
    granted = grant(viewer, community_id, Action.READ_COVERAGE)
    _check_dimensions(granted, population, breakdown_by)
    async with database.transaction(granted.scope) as connection:
        types = await _service_types(connection, granted)
        labels = await connection.fetch(_LABELS, community_id)
        _check_values(population, labels)
        wanted = _wanted(types, services)
        _check_services(types, granted, population)
        known = tuple(code for code in wanted if types[code]["is_known"])
        question = Question(community_id, population, known, as_of, tuple(breakdown_by), is_exact=granted.is_exact)
        rows = await count_rows(connection, question, indexes)
        await audit.record(connection, viewer, community_id, "coverage", _asked(question, granted))
    answer = partial(_answer, question, granted, types, wanted, rows, labels)
    return await asyncio.get_running_loop().run_in_executor(_PROTECTING, answer)


def _check_dimensions(granted: Grant, population: Population, breakdown_by: Sequence[Dimension]) -> None:
    if len(breakdown_by) > MAX_DIMENSIONS or len(set(breakdown_by)) < len(breakdown_by):
        raise InputInvalid(f"breakdownBy takes up to {MAX_DIMENSIONS} different dimensions.")
    if granted.level is Level.COMMUNITY:
        return
    for dimension in sorted({*breakdown_by, *population.dimensions}):
        if not granted.sees(FACETS[dimension].label):
            raise Forbidden(f"Your role does not see {dimension} of a child.", dimension=dimension)


def _check_values(population: Population, labels: Sequence[Record]) -> None:
    """Refuse a value no child can have: a mistyped neighborhood would read as a neighborhood without children."""
    codes: dict[Dimension, set[str]] = {Dimension.GRADE: {*GRADES}, Dimension.AGE_BAND: {*AGE_BANDS}}
    for dimension in (Dimension.NEIGHBORHOOD, Dimension.SCHOOL):
        codes[dimension] = {row["code"] for row in labels if row["dimension"] == dimension}
    for dimension, words in population.words():
        unknown = set(words) - codes[dimension] - {UNKNOWN} if dimension in codes else set()
        if unknown:
            raise InputInvalid(f"The community has no {dimension} {min(unknown)!r}.", dimension=dimension)


async def _service_types(connection: Connection, granted: Grant) -> dict[str, Record]:
    """Read the community's service types, and of which the viewer may count who is served."""
    sectors = list(granted.scope.sectors) if granted.level is Level.SECTOR else None
    organizations = list(granted.scope.organizations) if granted.level is Level.CLIENTS else None
    rows = await connection.fetch(_SERVICE_TYPES, granted.community_id, sectors, organizations)
    return {row["code"]: row for row in rows}


def _wanted(types: Mapping[str, Record], services: Sequence[str] | None) -> list[str]:
    if services is None:
        return list(types)
    unknown = [code for code in services if code not in types]
    if unknown:
        raise InputInvalid(
            f"The community has no service type {unknown[0]!r}.",
            hint="`community { serviceTypes { code name } }` lists the codes.",
        )
    return list(dict.fromkeys(services))


def _check_services(types: Mapping[str, Record], granted: Grant, population: Population) -> None:
    """Refuse a population by services the viewer cannot see: it would read as nobody being served."""
    _wanted(types, sorted(population.services))
    outside = [code for code in sorted(population.services) if not types[code]["is_known"]]
    if outside:
        raise Forbidden(f"Who is served by {outside[0]} is outside your role's scope.")
    if population.asked_sectors and granted.level is not Level.COMMUNITY:
        raise Forbidden("Which sectors serve a child is outside your role's scope.")


def _asked(question: Question, granted: Grant) -> dict[str, object]:
    return {
        "level": granted.level,
        "services": list(question.services),
        "as_of": question.as_of,
        "breakdown_by": list(question.breakdown_by),
        "population": repr(question.population),
    }


def _answer(
    question: Question,
    granted: Grant,
    types: Mapping[str, Record],
    wanted: Iterable[str],
    rows: Rows,
    labels: Sequence[Record],
) -> Coverage:
    counted = _by_service(question, types, rows)
    if not granted.is_exact:
        counted = protect(counted)
    names = {(row["dimension"], row["code"]): row["name"] for row in labels}
    by_code = {service.service: service for service in counted}
    return Coverage(
        as_of=question.as_of,
        school_year=school_year_of(question.as_of),
        level=granted.level,
        population=Count(by_code[POPULATION].groups[TOTAL]["population"]),
        services=tuple(_service(types[code], by_code.get(code), question, names) for code in wanted),
    )


def _by_service(question: Question, types: Mapping[str, Record], rows: Rows) -> list[ServiceCounts]:
    width = len(question.breakdown_by)
    groups: dict[str, dict[GroupKey, dict[str, int | None]]] = {
        POPULATION: {TOTAL: {"population": 0}},
        **{code: {TOTAL: dict.fromkeys(COUNTED, 0)} for code in question.services},
    }
    for row in rows:
        key: GroupKey = tuple(row[f"d{position}"] for position in range(width))
        counts = {name: row[name] for name in COUNTED if name != "gap"}
        counts["gap"] = row["in_need"] - row["served"]
        by_group = groups[row["service_type"]]
        by_group[key if any(key) else TOTAL] = counts if row["service_type"] else {"population": row["population"]}
    return [_service_counts(types.get(code), by_group) for code, by_group in groups.items()]


def _service_counts(kind: Record | None, by_group: Mapping[GroupKey, Mapping[str, int | None]]) -> ServiceCounts:
    if kind is None:
        return ServiceCounts(POPULATION, is_universal=False, groups=by_group)
    universal = kind["need_rule"] == NeedRule.UNIVERSAL
    return ServiceCounts(kind["code"], universal, by_group, eligibility=kind["eligibility"])


def _service(
    kind: Record,
    counted: ServiceCounts | None,
    question: Question,
    names: Mapping[tuple[str, str], str],
) -> ServiceCoverage:
    if counted is None:
        return ServiceCoverage(kind["code"], kind["name"], kind["sector"], total=None)
    groups = tuple(
        Group(_group_values(question.breakdown_by, key, names), Counts.of(counts))
        for key, counts in counted.groups.items()
        if key != TOTAL
    )
    total = Counts.of(counted.groups[TOTAL])
    in_order = sorted(groups, key=lambda group: [_place(value) for value in group.values])
    return ServiceCoverage(kind["code"], kind["name"], kind["sector"], total, tuple(in_order))


def _place(value: GroupValue) -> tuple[bool, int, str]:
    """Order ages and grades as they rise, others by name, and what is unknown last."""
    rising = [*AGE_BANDS] if value.dimension is Dimension.AGE_BAND else [*GRADES]
    known = value.value in rising
    return (value.value == UNKNOWN, rising.index(value.value) if known else 0, value.label)


def _group_values(
    dimensions: Sequence[Dimension], key: GroupKey, names: Mapping[tuple[str, str], str]
) -> tuple[GroupValue, ...]:
    return tuple(
        GroupValue(dimension, value, names.get((dimension, value), _WORDS.get(value, value)))
        for dimension, value in zip(dimensions, key, strict=True)
    )
