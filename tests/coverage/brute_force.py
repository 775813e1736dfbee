"""Coverage counted a second time, child by child, from the base tables: slow, plain, and nothing of the SQL.

Every rule stands here once more in its own words, on purpose: a rule shared with the statement under test could
be wrong in both at once.
"""

from calendar import monthrange
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import product
from typing import Any, TypeAlias
from uuid import UUID

from cabinet.coverage.dimensions import Dimension
from cabinet.coverage.population import Population
from cabinet.coverage.question import Question
from cabinet.db import Database
from cabinet.scope import Scope
from cabinet.tables.security import Login
from cabinet.tables.terms import CharacteristicKind

Row: TypeAlias = Mapping[str, Any]
Counted: TypeAlias = tuple[int, int, int, int, int]
"""Population, eligible, in need, served, waitlisted."""

Answer: TypeAlias = dict[tuple[str, tuple[str | None, ...]], Counted]
"""Counts by service ("" for the population itself) and group (all None for the total), where children are."""

RECORDS = ("child", "child_year", "characteristic", "enrollment", "encounter", "need", "service")
NAMES = ("service_type", "school", "neighborhood")
SCHOOLS_WORD_FIRST = ("EDUCATION", "HEALTH", "OUT_OF_SCHOOL_TIME")
LAST_AGES = ((2, "0-2"), (4, "3-4"), (10, "5-10"), (13, "11-13"), (17, "14-17"))


@dataclass(frozen=True)
class Snapshot:
    """What is stored of one community: rows by table."""

    tables: Mapping[str, Sequence[Row]]

    @cached_property
    def names(self) -> Mapping[str, Mapping[UUID, Row]]:
        """The rows that others point to, by table and id."""
        return {table: {row[f"{table}_id"]: row for row in self.tables[table]} for table in NAMES}

    def of(self, child_id: UUID, table: str) -> list[Row]:
        return [row for row in self.tables[table] if row["child_id"] == child_id]

    def type_code(self, row: Row) -> str:
        return self.names["service_type"][row["service_type_id"]]["code"]

    def given_by(self, program_id: UUID) -> set[str]:
        """Return the service types of a program; a service may be of none."""
        services = [row for row in self.tables["service"] if row["program_id"] == program_id]
        return {self.type_code(row) for row in services if row["service_type_id"]}


@dataclass(frozen=True)
class Profile:
    """What the day of the question finds of one child."""

    facets: Mapping[Dimension, str]
    age: int | None
    races: frozenset[str]
    eligible: frozenset[str]
    in_need: frozenset[str]
    reached: frozenset[str]
    reached_sectors: frozenset[str]
    waiting: frozenset[str]

    def counted(self, service: str) -> Counted:
        """Return what the child adds to the counts of a service."""
        in_need = service in self.in_need
        served = in_need and service in self.reached
        waitlisted = in_need and not served and service in self.waiting
        return 1, service in self.eligible, in_need, served, waitlisted


async def take_snapshot(database: Database, community_id: UUID) -> Snapshot:
    """Read whole tables as the writer, whom no scope of sectors narrows."""
    async with database.transaction(Scope(Login.WRITER, (community_id,))) as connection:
        return Snapshot(
            {
                table: await connection.fetch(f"SELECT * FROM {table} WHERE community_id = $1", community_id)
                for table in (*RECORDS, *NAMES)
            }
        )


def recount(snapshot: Snapshot, question: Question) -> Answer:
    """Answer a question by asking every child in turn."""
    answer: dict[Any, Counter[int]] = {}
    for child in snapshot.tables["child"]:
        profile = profile_of(snapshot, child, question.as_of)
        if profile is None or not holds(question.population, profile):
            continue
        total = (None,) * len(question.breakdown_by)
        groups = set(product(*(values(profile, dimension, question) for dimension in question.breakdown_by)))
        for service in (*question.services, ""):
            for place in {total, *groups}:
                answer.setdefault((service, place), Counter()).update(dict(enumerate(profile.counted(service))))
    return {place: tuple(counter[measure] for measure in range(5)) for place, counter in answer.items()}


def values(profile: Profile, dimension: Dimension, question: Question) -> list[str]:
    """Return the groups of a dimension that a child is in; of races and ethnicities it can be several."""
    approach, races = question.tabulation.approach, sorted(profile.races)
    if dimension is not Dimension.RACE_ETHNICITY or len(races) < 2 or approach == "COMBINED_MULTIRACIAL":
        return [profile.facets[dimension]]
    if approach == "ALONE_OR_IN_COMBINATION":
        return races
    named, together = question.tabulation.frequent, "+".join(races)
    return [together if named is None or together in named else "OTHER_COMBINATION"]


def holds(population: Population, profile: Profile) -> bool:
    """Return whether a child is in a population."""
    either, outside = population.any_of, population.none_of
    return (
        all(own_conditions(population, profile))
        and all(holds(part, profile) for part in population.all_of)
        and (either is None or any(holds(part, profile) for part in either))
        and (outside is None or not holds(outside, profile))
    )


def own_conditions(population: Population, profile: Profile) -> Iterator[bool]:
    for dimension, wanted in population.values.items():
        yield profile.facets[dimension] in wanted
    if population.ages is not None:
        low, high = population.ages.minimum, population.ages.maximum
        known = profile.age is not None
        yield known and (low is None or profile.age >= low) and (high is None or profile.age <= high)
    for asked, has in (
        (population.race_ethnicity, {*profile.races, profile.facets[Dimension.RACE_ETHNICITY]}),
        (population.in_need_of, profile.in_need),
        (population.served_by, profile.reached),
        (population.sectors, profile.reached_sectors),
    ):
        if asked is not None:
            yield not has.isdisjoint(asked)


def profile_of(snapshot: Snapshot, child: Row, day: date) -> Profile | None:
    """Return a child's profile, or None if the child is not in the community on the day, or not yet born."""
    child_id, born = child["child_id"], child["birth_month"]
    years = [row for row in snapshot.of(child_id, "child_year") if row["school_year"] == school_year(day)]
    active = [row for row in snapshot.of(child_id, "enrollment") if is_active(row, day)]
    if not (years or active) or (born is not None and born > day):
        return None
    age = None if born is None else (months(day) - months(born)) // 12
    words = standing_words(snapshot.of(child_id, "characteristic"), day)
    types = snapshot.tables["service_type"]
    eligible = [row for row in types if is_eligible(row, said_first(years, "grade"), age)]
    identified = {snapshot.type_code(row) for row in snapshot.of(child_id, "need") if is_identified(row, day)}
    reached = reached_types(snapshot, child_id, active, day)
    sectors = frozenset(row["sector"] for row in types if row["code"] in reached)
    return Profile(
        facets={
            **facets_of(snapshot, child, years, words, age),
            Dimension.SECTORS_SERVING: str(len(sectors)),
        },
        age=age,
        races=frozenset(child["race_ethnicity"]),
        eligible=frozenset(row["code"] for row in eligible),
        in_need=frozenset(row["code"] for row in eligible if is_needed(row, words, identified)),
        reached=reached,
        reached_sectors=sectors,
        waiting=waiting_types(snapshot, child_id, day),
    )


def facets_of(
    snapshot: Snapshot, child: Row, years: list[Row], words: Mapping[str, str], age: int | None
) -> Mapping[Dimension, str]:
    school = snapshot.names["school"].get(said_first(years, "school_id"))
    neighborhood = snapshot.names["neighborhood"].get(said_first(years, "neighborhood_id"))
    races = child["race_ethnicity"]
    return {
        Dimension.AGE_BAND: age_band(age),
        Dimension.GRADE: said_first(years, "grade") or "UNKNOWN",
        Dimension.SCHOOL: school["code"] if school else "UNKNOWN",
        Dimension.NEIGHBORHOOD: neighborhood["code"] if neighborhood else "UNKNOWN",
        Dimension.RACE_ETHNICITY: "MULTIPLE" if len(races) > 1 else next(iter(races), "UNKNOWN"),
        Dimension.SEX: child["sex"],
        **{Dimension(kind): words.get(kind, "UNKNOWN") for kind in CharacteristicKind},
    }


def age_band(age: int | None) -> str:
    if age is None:
        return "UNKNOWN"
    return next((band for last, band in LAST_AGES if age <= last), "18+")


def said_first(years: list[Row], column: str) -> Any:
    """Return the word of the organization that goes before the others that say anything."""
    said = [row for row in years if row[column] is not None]
    said.sort(key=lambda row: (SCHOOLS_WORD_FIRST.index(row["sector"]), row["organization_id"]))
    return said[0][column] if said else None


def standing_words(rows: list[Row], day: date) -> Mapping[str, str]:
    """Return the value that stands of each characteristic: YES if anyone says so, else the latest begun."""
    words: dict[str, str] = {}
    standing = [row for row in rows if row["begins"] <= day and (row["ends"] is None or row["ends"] >= day)]
    for row in sorted(standing, key=lambda row: (-row["begins"].toordinal(), row["organization_id"])):
        words.setdefault(row["kind"], row["value"])
    return words | {row["kind"]: "YES" for row in standing if row["value"] == "YES"}


def is_active(enrollment: Row, day: date) -> bool:
    """Return whether an enrollment was under way on the day, whatever became of it afterwards."""
    begins, ends, status = enrollment["begins"], enrollment["ends"], enrollment["status"]
    if ends is None:
        return begins <= day and status == "ENROLLED"
    return begins <= day <= ends and status in ("ENROLLED", "COMPLETED", "WITHDRAWN")


def is_identified(need: Row, day: date) -> bool:
    """Return whether a need was open; on the day it is resolved it is no more."""
    return need["opened"] <= day and (need["resolved"] is None or day < need["resolved"])


def is_eligible(service_type: Row, grade: str | None, age: int | None) -> bool:
    if service_type["grades"] and grade is not None:
        return grade in service_type["grades"]
    return age is not None and service_type["min_age"] <= age <= service_type["max_age"]


def is_needed(service_type: Row, words: Mapping[str, str], identified: set[str]) -> bool:
    return (
        service_type["need_rule"] == "UNIVERSAL"
        or any(words.get(kind) == "YES" for kind in service_type["need_characteristics"])
        or service_type["code"] in identified
    )


def reached_types(snapshot: Snapshot, child_id: UUID, active: list[Row], day: date) -> frozenset[str]:
    """Return the service types that reach a child, by an active enrollment or a recent encounter."""
    recent = set()
    for encounter in snapshot.of(child_id, "encounter"):
        window = snapshot.names["service_type"][encounter["service_type_id"]]["recency_months"]
        if window is not None and months_before(day, window) < encounter["occurred_on"] <= day:
            recent.add(snapshot.type_code(encounter))
    return frozenset(recent).union(*(snapshot.given_by(row["program_id"]) for row in active))


def waiting_types(snapshot: Snapshot, child_id: UUID, day: date) -> frozenset[str]:
    waitlisted = [
        row
        for row in snapshot.of(child_id, "enrollment")
        if row["status"] == "WAITLISTED" and row["begins"] <= day and (row["ends"] is None or row["ends"] >= day)
    ]
    return frozenset().union(*(snapshot.given_by(row["program_id"]) for row in waitlisted))


def school_year(day: date) -> int:
    """Return the year in which the school year of a day ends; July is of the next."""
    return day.year + (day >= date(day.year, 7, 1))


def months(day: date) -> int:
    return day.year * 12 + day.month - 1


def months_before(day: date, count: int) -> date:
    """Return the same day so many months earlier, or the last of a month that has no such day."""
    year, month = divmod(months(day) - count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
