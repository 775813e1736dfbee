"""Small worlds and questions drawn by chance, crowded around the days on which a rule turns."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from random import Random
from typing import Any, TypeAlias
from uuid import UUID

from cabinet.communities import add_organization
from cabinet.coverage.dimensions import Dimension
from cabinet.coverage.population import Ages, Population
from cabinet.coverage.question import Question
from cabinet.coverage.tabulation import Approach, Tabulation
from cabinet.intake.receipt import Receipt
from cabinet.intake.rows import Kind
from cabinet.tables.terms import ENDED_STATUSES, CharacteristicKind, EnrollmentStatus
from tests.coverage.brute_force import months_before
from tests.world import DAY, World

CHILDREN = 18
MAX_DEPTH = 3
GRADES = ("PK", "KG", "03", "08", "12")
RACES = ("ASIAN", "WHITE", "HISPANIC_OR_LATINO")
PAIRS = ("ASIAN+WHITE", "ASIAN+HISPANIC_OR_LATINO", "HISPANIC_OR_LATINO+WHITE")
PROGRAMS: Mapping[str, tuple[str, ...]] = {
    "district": ("tutoring",),
    "clinic": (),
    "club": ("after", "both", "twice"),
    "arts": ("paint",),
    "charter": (),
}
"""Programs by organization; `both` gives two types of service, `twice` one type two times and one of no type."""

REACHING = ("AFTER_SCHOOL", "STEM", "TUTORING", "ARTS_AND_MUSIC", "DENTAL", "WELL_CHILD_VISIT", "LIBRARY")
BY_NEED = ("NUTRITION", "SPECIAL_EDUCATION", "TITLE_I", "MENTORING", "ATTENDANCE_SUPPORT")
SERVICES = REACHING + BY_NEED
CHARACTERISTICS = (
    CharacteristicKind.IEP,
    CharacteristicKind.ENGLISH_LEARNER,
    CharacteristicKind.ECONOMICALLY_DISADVANTAGED,
    CharacteristicKind.CHRONICALLY_ABSENT,
    *(CharacteristicKind.INSURANCE,) * 3,
)
ENCOUNTERED = ("WELL_CHILD_VISIT", "DENTAL", "NUTRITION", "LIBRARY", "TUTORING", "STEM")
IDENTIFIED = ("TUTORING", "MENTORING", "AFTER_SCHOOL")

ATTENDED = (EnrollmentStatus.ENROLLED, EnrollmentStatus.COMPLETED)

BIRTH_YEARS = (*range(2005, 2027), 2025, 2026)  # Some are not born yet on the earlier days asked.
DAYS_AWAY = (0, 0, 0, 1, -1, 2, -2, -30, 30, -365, -366, -800)
ASKED_DAYS = (
    *(DAY, DAY, DAY, DAY, DAY, DAY + timedelta(1), DAY - timedelta(1), DAY - timedelta(365)),
    *(date(2026, 6, 30), date(2026, 7, 1), date(2024, 2, 29), date(2028, 2, 29), date(1950, 1, 1)),
)

VALUES: Mapping[Dimension, tuple[str, ...]] = {
    Dimension.AGE_BAND: ("0-2", "5-10", "14-17", "18+", "UNKNOWN"),
    Dimension.GRADE: (*GRADES, "UNKNOWN"),
    Dimension.SCHOOL: ("ES1", "UNKNOWN"),
    Dimension.NEIGHBORHOOD: ("north", "south", "UNKNOWN"),
    Dimension.RACE_ETHNICITY: ("ASIAN", "WHITE", "MULTIPLE", "UNKNOWN"),
    Dimension.SEX: ("FEMALE", "MALE", "UNKNOWN"),
    Dimension.IEP: ("YES", "NO", "UNKNOWN"),
    Dimension.ECONOMICALLY_DISADVANTAGED: ("YES", "NO", "UNKNOWN"),
    Dimension.SECTORS_SERVING: ("0", "1", "2", "3"),
    Dimension.INSURANCE: ("PUBLIC_INSURANCE", "PRIVATE_INSURANCE", "UNINSURED", "UNKNOWN"),
}


Post: TypeAlias = tuple[str, Kind, list[dict[str, Any]]]
"""Rows of a kind, posted at once by an organization."""


async def fill_world(world: World, chance: Random) -> list[Post]:
    """Post what several organizations say of the same children, each of some; return what was taken."""
    await prepare(world)
    return [await take(world, each) for each in draw_posts(chance)]


async def prepare(world: World) -> None:
    # Schools that came last: the word of their sector goes before, not that of the first organization.
    await add_organization(world.database, world.harbor, "charter", "EDUCATION")
    await add_programs(world)


def draw_posts(chance: Random) -> Iterator[Post]:
    people = [person(number, chance) for number in range(CHILDREN)]
    for organization, programs in PROGRAMS.items():
        known = [identity for identity in people if chance.random() < 0.6]
        yield organization, Kind.CHILD, [child_row(identity, chance) for identity in known]
        if programs:
            rows = [enrollment_row(number, chance.choice(people), programs, chance) for number in range(20)]
            yield organization, Kind.ENROLLMENT, rows
        encounters = [encounter_row(number, chance.choice(people), chance) for number in range(10)]
        yield organization, Kind.ENCOUNTER, encounters
        yield organization, Kind.NEED, [need_row(number, chance.choice(people), chance) for number in range(8)]


def draw_attendance(enrollments: Post, chance: Random) -> Post:
    """Draw who came on which days to what they are enrolled in; some often enough."""
    organization, _, rows = enrollments
    came = [row for row in rows if row["status"] in ATTENDED and chance.random() < 0.7]
    weekdays = [day for day in (DAY - timedelta(back) for back in range(100)) if day.weekday() < 5]
    return (
        organization,
        Kind.ATTENDANCE,
        [
            {
                "record_id": f"{row['record_id']}-{day}",
                "child": row["child"],
                "program": row["program"],
                "attended_on": str(day),
                "category": chance.choice(("PRESENT", "PRESENT", "PRESENT", "ABSENT")),
            }
            for row in came
            for day in weekdays[: chance.choice((3, 60, 60))]
            if row["begins"] <= str(day) <= (row["ends"] or str(DAY))
        ],
    )


async def take(world: World, post: Post) -> Post:
    """Post rows; return those that were taken."""
    organization, kind, rows = post
    if kind is not Kind.ENROLLMENT:
        await world.fill(organization, kind, rows)
        return post
    receipt = await world.post(organization, kind, *rows)
    check_taken(receipt)
    taken = [row for row, outcome in zip(rows, receipt.outcomes, strict=True) if not outcome.problems]
    return organization, kind, taken


def check_taken(receipt: Receipt) -> None:
    """Let chance enroll a child twice, which the intake refuses, but write no row that is wrong otherwise."""
    problems = {problem.code for outcome in receipt.outcomes for problem in outcome.problems}
    assert problems <= {"ALREADY_ENROLLED"}, problems


async def add_programs(world: World) -> None:
    said = {"organization": "club", "sector": "OUT_OF_SCHOOL_TIME"}
    await world.fill(
        "district", Kind.PROGRAM, [{"code": code, "name": code, **said} for code in ("both", "twice")]
    )
    services = [
        *({"program": "both", "service_type": code} for code in ("AFTER_SCHOOL", "STEM")),
        *({"program": "twice", **kind} for kind in ({"service_type": "STEM"}, {"service_type": "STEM"}, {})),
    ]
    rows = [{"code": f"s{number}", "name": "Any", **service} for number, service in enumerate(services)]
    await world.fill("district", Kind.SERVICE, rows)


def person(number: int, chance: Random) -> dict[str, Any]:
    """Describe a child; some are known by an identifier only, so that their age is unknown."""
    identity: dict[str, Any] = {"identifiers": {"DISTRICT_STUDENT_ID": f"S{number}"}}
    if chance.random() < 0.85:
        born = date(chance.choice(BIRTH_YEARS), chance.choice((1, 9, 10)), chance.choice((1, 15)))
        identity |= {"given_name": f"Kid{chr(97 + number)}", "family_name": "Rivera", "birth_date": str(born)}
    return {**identity, "sex": chance.choice(("FEMALE", "MALE", "NONBINARY", "UNKNOWN"))}


def child_row(identity: Mapping[str, Any], chance: Random) -> dict[str, Any]:
    """Describe a child as one organization does, with gaps that another may fill or contradict."""
    said = {
        "grade": chance.choice(GRADES),
        "neighborhood": chance.choice(("north", "south")),
        "school": "ES1",
        "race_ethnicity": chance.sample(RACES, chance.randint(1, 3)),
    }
    return {
        "record_id": identity["identifiers"]["DISTRICT_STUDENT_ID"],
        "identity": identity,
        "school_year": chance.choice((2027, 2027, 2027, 2026)),
        "characteristics": [characteristic(chance) for _ in range(chance.randint(0, 4))],
        **{name: value for name, value in said.items() if chance.random() < 0.5},
    }


def characteristic(chance: Random) -> dict[str, Any]:
    """Draw a word on a child; insurance often, for its values can tie where YES goes before NO."""
    kind = chance.choice(CHARACTERISTICS)
    values = VALUES[Dimension.INSURANCE][:-1] if kind is CharacteristicKind.INSURANCE else ("YES", "NO")
    begins, ends = period(chance)
    return {"kind": kind, "value": chance.choice(values), "begins": begins, "ends": ends}


def enrollment_row(number: int, identity: Any, programs: tuple[str, ...], chance: Random) -> dict[str, Any]:
    status = chance.choice(tuple(EnrollmentStatus))
    begins, ends = period(chance)
    if status in ENDED_STATUSES:
        ends = ends or begins
    row = {"program": chance.choice(programs), "status": status, "begins": begins, "ends": ends}
    return {"record_id": f"e{number}", "child": {"identity": identity}, **row}


def encounter_row(number: int, identity: Any, chance: Random) -> dict[str, Any]:
    """Describe an encounter, often on the first day or the last before one of the windows of recency."""
    edges = [months_before(DAY, count) + timedelta(days) for count in (1, 3, 12) for days in (0, 1)]
    day = min(chance.choice((any_day(chance), *edges)), DAY)
    row = {"service_type": chance.choice(ENCOUNTERED), "kind": "VISIT", "occurred_on": str(day)}
    return {"record_id": f"c{number}", "child": {"identity": identity}, **row}


def need_row(number: int, identity: Any, chance: Random) -> dict[str, Any]:
    opened, resolved = period(chance)
    row = {"service_type": chance.choice(IDENTIFIED), "basis": "REFERRAL", "opened": opened, "resolved": resolved}
    return {"record_id": f"n{number}", "child": {"identity": identity}, **row}


def any_day(chance: Random) -> date:
    return DAY + timedelta(chance.choice((*DAYS_AWAY, chance.randint(-900, 300))))


def period(chance: Random) -> tuple[str, str | None]:
    """Return a first and a last day: open, of one day, up to the day of the world, or of any length."""
    begins = any_day(chance)
    last = chance.choice((None, begins, max(begins, DAY), begins + timedelta(chance.randint(0, 400))))
    return str(begins), None if last is None else str(last)


def some(words: tuple[str, ...], chance: Random) -> tuple[str, ...]:
    return tuple(chance.sample(words, chance.randint(1, min(3, len(words)))))


def any_values(chance: Random) -> dict[Dimension, tuple[str, ...]]:
    dimensions = chance.sample(tuple(VALUES), chance.randint(1, 2))
    return {dimension: some(VALUES[dimension], chance) for dimension in dimensions}


LEAVES: Mapping[str, Callable[[Random], Any]] = {
    "values": any_values,
    "ages": lambda chance: Ages(chance.choice((None, 0, 5, 10)), chance.choice((None, 5, 13, 20))),
    "race_ethnicity": lambda chance: some((*RACES, "MULTIPLE", "UNKNOWN"), chance),
    "in_need_of": lambda chance: some(SERVICES, chance),
    "served_by": lambda chance: some(REACHING, chance),
    "sectors": lambda chance: some(("EDUCATION", "HEALTH", "OUT_OF_SCHOOL_TIME"), chance),
}


def any_population(chance: Random, depth: int = 0) -> Population:
    """Draw a tree of conditions; an empty AND is everyone, an empty OR nobody."""
    said = {name: draw(chance) for name, draw in LEAVES.items() if chance.random() < 0.15}
    if depth < MAX_DEPTH and chance.random() < 0.3:
        said["all_of"] = tuple(any_population(chance, depth + 1) for _ in range(chance.randint(0, 2)))
    if depth < MAX_DEPTH and chance.random() < 0.3:
        said["any_of"] = tuple(any_population(chance, depth + 1) for _ in range(chance.randint(0, 3)))
    if depth < MAX_DEPTH and chance.random() < 0.3:
        said["none_of"] = any_population(chance, depth + 1)
    return Population(**said)


def any_question(community_id: UUID, chance: Random) -> Question:
    """Draw a question; one in three is about everyone, so that the counts are not all small."""
    return Question(
        community_id,
        Population() if chance.random() < 1 / 3 else any_population(chance),
        tuple(chance.sample(SERVICES, chance.randint(0, 6))),
        chance.choice(ASKED_DAYS),
        tuple(chance.sample(tuple(VALUES), chance.randint(0, 3))),
        tabulation=any_tabulation(chance),
    )


def any_tabulation(chance: Random) -> Tabulation:
    frequent = tuple(chance.sample(PAIRS, chance.randint(0, 2)))
    of_frequent = (Tabulation(Approach.MOST_FREQUENT, each) for each in (None, frequent))
    return chance.choice((Tabulation(), Tabulation(Approach.ALONE_OR_IN_COMBINATION), *of_frequent))
