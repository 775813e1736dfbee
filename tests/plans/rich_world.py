"""A world full of what is hard to write as JSON: quotes, control characters, empty text, NULL wherever it may be.

The rows come in through the doors, and are then made odd in the tables themselves, as no door would let them.
"""

from collections.abc import Iterator
from random import Random
from typing import Any

import asyncpg
from sqlalchemy import Column, Table, Text

from cabinet import tables
from cabinet.communities import add_community, add_organization
from cabinet.db import Database
from cabinet.intake.rows import Kind
from cabinet.read.scope import key_columns
from tests.world import World, child, enrollment, find_world

ODD = (
    *("", " ", "O'Brien", "''", 'say "hi"', '"', "back\\slash", "\\", "\\u0041", "\\'", "tab\there", "two\nlines"),
    *(
        "\x01\x1f\x7f",
        "\r\n",
        "\b\f",
        "Zo\u00eb",
        "\u5b50\u4f9b",
        "\U0001f467\U0001f3fd",
        "\u2028\u2029",
        "\ufeff",
    ),
    *("null", "NULL", "true", "</script>", "'; DROP TABLE child; --", "$1", "%s", "{}", "[", "||", "e\u0301"),
)
FLOATS = (42.0, 0.1, -71.25, 1e-5, 0.0, -0.0, 1 / 3, 89.999999999999, -180.0, 1e15, 1e16, 5e-324, 1.5e300, None)
FLOATS_NOT_NUMBERS = (float("nan"), float("inf"), float("-inf"))
GEOMETRIES = (
    None,
    "null",
    '{"type": "Point", "coordinates": [-71.0, 42.5]}',
    '{"type": "Polygon", "coordinates": [[[0, 0], [1.10, 0], [1e2, 1], [0, 0]]], "n\\"a\\u0007": "Zo\u00eb\\\\"}',
    "[]",
    '"text"',
)
SECTORS = {"district": "EDUCATION", "clinic": "HEALTH", "club": "OUT_OF_SCHOOL_TIME", "arts": "OUT_OF_SCHOOL_TIME"}
PROGRAMS = {"district": "tutoring", "club": "after", "arts": "paint"}
FREE_TEXT = {
    tables.community: ("name", "state", "time_zone"),
    tables.organization: ("name", "website"),
    tables.neighborhood: ("code", "name"),
    tables.location: ("name", "address", "postal_code"),
    tables.school: ("code", "name"),
    tables.program: ("code", "name", "description"),
    tables.service: ("code", "name"),
    tables.service_type: ("name",),
    tables.child_identity: ("given_name", "middle_name", "family_name", "address", "postal_code"),
    tables.enrollment: ("record_id", "exit_reason"),
    tables.attendance_event: ("record_id", "session"),
    tables.referral: ("record_id", "recipient"),
    tables.withdrawn_record: ("record_id", "reason", "recipient"),
}
"""Columns that any text may stand in; codes and record ids get a tail that keeps them apart."""

LISTS = {
    tables.neighborhood: ("tracts", "postal_codes"),
    tables.school: ("grades",),
    tables.service: ("grades",),
    tables.service_type: ("grades",),
}


async def build_rich_world(database: Database, owner: asyncpg.Connection, chance: Random) -> World:
    """Fill the small world's two communities, and make a third that holds nothing."""
    world = await find_world(database)
    await add_community(database, 'q"uo\\te', "Empty", None)
    await add_organization(database, world.river, "clinic", "HEALTH")
    await _add_places(world, owner, chance)
    await _add_children(world, chance)
    for table, names in FREE_TEXT.items():
        await _make_odd(owner, chance, table, names)
    for table, names in LISTS.items():
        for name in names:
            odd = [chance.sample(ODD, chance.choice((0, 1, 3))) for _ in range(40)]
            await _update(owner, chance, table, name, odd)
    await _update(owner, chance, tables.neighborhood, "geometry", GEOMETRIES)
    for name in ("latitude", "longitude"):
        await _update(owner, chance, tables.location, name, (*FLOATS, *FLOATS_NOT_NUMBERS))
    await owner.execute("ANALYZE")
    return world


async def _add_places(world: World, owner: asyncpg.Connection, chance: Random) -> None:
    for number in range(12):
        said = {"latitude": 1.0, "longitude": 1.0} if number % 2 else {}
        await world.fill("district", Kind.LOCATION, [{"code": f"L{number}", "name": "Any", **said}])
    schools = [{"code": f"S{n}", "name": "Any", "organization": "district"} for n in range(8)]
    await world.fill("district", Kind.SCHOOL, schools)
    await world.fill("district", Kind.NEIGHBORHOOD, [{"code": f"N{n}", "name": "Any"} for n in range(8)])
    for number in range(8):
        of = chance.choice(tuple(PROGRAMS))
        program = {"code": f"P{number}", "name": "Any", "organization": of, "sector": SECTORS[of]}
        await world.fill("district", Kind.PROGRAM, [program])
        kinds: list[dict[str, Any]] = [{}, {"service_type": "STEM"}, {"service_type": "TUTORING", "min_age": 3}]
        services = [
            {"code": f"V{number}{n}", "name": "Any", "program": program["code"], **kinds[n]}
            for n in range(chance.randint(0, 3))
        ]
        await world.fill("district", Kind.SERVICE, services)
    await owner.execute(
        "UPDATE school SET location_id = (SELECT location_id FROM location l WHERE l.community_id ="
        " school.community_id ORDER BY md5(l.code || school.code) LIMIT 1) WHERE code <> 'ES1'"
    )
    await owner.execute(
        "INSERT INTO service_at_location (community_id, service_id, location_id) SELECT s.community_id,"
        " s.service_id, l.location_id FROM service s JOIN location l USING (community_id)"
        " WHERE left(md5(s.code || l.code), 1) < '3'"
    )
    await owner.execute(
        "INSERT INTO service_capacity (community_id, service_at_location_id, available, maximum, updated) SELECT"
        " community_id, service_at_location_id, nullif(n, 2), 2147483647, DATE '2026-01-01' + n"
        " FROM service_at_location, generate_series(1, 3) AS n"
    )


async def _add_children(world: World, chance: Random) -> None:
    """Let several organizations say different things of the same children."""
    people = [child(f"K{n}", f"Kid{chr(97 + n)}", identifiers={"DISTRICT_STUDENT_ID": f"S{n}"}) for n in range(14)]
    for code in SECTORS:
        known = [person for person in people if chance.random() < 0.7]
        for person in known:
            said = {
                "grade": chance.choice(("PK", "KG", "03", None)),
                "school": chance.choice(("ES1", None)),
                "neighborhood": chance.choice(("north", None)),
                "race_ethnicity": chance.sample(
                    ("ASIAN", "WHITE", "BLACK_OR_AFRICAN_AMERICAN"), chance.randint(0, 2)
                ),
            }
            identity = {**person["identity"], "sex": chance.choice(("FEMALE", "MALE", "UNKNOWN"))}
            await world.roster(code, {**person, "identity": identity, **said})
        if code in PROGRAMS:
            rows = [
                enrollment(f"{code}{n}", known[n % len(known)], PROGRAMS[code], **_period(chance))
                for n in range(16)
            ]
            await world.post(code, Kind.ENROLLMENT, *rows)
            await world.post(code, Kind.ATTENDANCE, *_days(code, known))
        await world.post(code, Kind.REFERRAL, *_referrals(code, known))
        gone = [{"record_id": f"{code}f{n}", "kind": "REFERRAL", "reason": "Entered twice"} for n in (0, 2, 99)]
        await world.post(code, Kind.WITHDRAWAL, *gone)
    river = [enrollment(f"r{n}", child(f"R{n}", f"Riv{chr(97 + n)}"), "after") for n in range(4)]
    await world.post("club", Kind.ENROLLMENT, *river, community=world.river)


def _days(code: str, known: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Say of every second child on which days it came."""
    return [
        {
            "record_id": f"{code}d{n}{day}",
            "child": {"source_id": person["record_id"]},
            "program": PROGRAMS[code],
            "attended_on": f"2026-09-{20 + day}",
            "category": ("PRESENT", "TARDY", "ABSENT")[day],
            "minutes": (45, None, None)[day],
        }
        for n, person in enumerate(known[::2])
        for day in range(3)
    ]


def _referrals(code: str, known: list[dict[str, Any]]) -> list[dict[str, Any]]:
    statuses = ("SENT", "ACCEPTED", "DECLINED", "COMPLETED", "CANCELLED")
    return [
        {
            "record_id": f"{code}f{n}",
            "child": {"source_id": person["record_id"]},
            "service_type": "DENTAL",
            "status": statuses[n % len(statuses)],
            "sent": f"2026-08-{10 + n}",
            "closed": "2026-09-20" if n % 5 > 1 else None,
            "recipient": "Smile" if n % 2 else None,
        }
        for n, person in enumerate(known)
    ]


def _period(chance: Random) -> dict[str, Any]:
    begins = f"2026-0{chance.randint(1, 9)}-0{chance.randint(1, 3)}"
    if chance.random() < 0.5:
        return {"begins": begins}
    return {"begins": begins, "ends": "2026-09-30", "status": chance.choice(("COMPLETED", "WITHDRAWN"))}


async def _make_odd(owner: asyncpg.Connection, chance: Random, table: Table, names: tuple[str, ...]) -> None:
    for name in names:
        column = table.c[name]
        words: list[str | None] = list(ODD)
        if column.nullable:
            words += [None] * 8
        if name in ("code", "record_id"):
            words = [None if word is None else f"{word}~" for word in words]
        await _update(owner, chance, table, name, words, unique=name in ("code", "record_id"))


async def _update(
    owner: asyncpg.Connection, chance: Random, table: Table, name: str, values: Any, *, unique: bool = False
) -> None:
    """Give about half of the rows another value."""
    keys = ["community_id", *(k for k in key_columns(table) if k != "community_id")]
    rows = await owner.fetch(
        f"SELECT {', '.join(keys)} FROM {table.name} ORDER BY 1, 2"
        if len(keys) > 1
        else f"SELECT community_id FROM {table.name} ORDER BY 1"
    )
    drawn = _drawn(table.c[name], chance, values, unique=unique)
    for row in rows:
        if chance.random() < 0.5:
            where = " AND ".join(f"{key} = ${n + 2}" for n, key in enumerate(keys))
            await owner.execute(f"UPDATE {table.name} SET {name} = $1 WHERE {where}", next(drawn), *row.values())


def _drawn(column: Column[Any], chance: Random, values: Any, *, unique: bool) -> Iterator[Any]:
    number = 0
    while True:
        value = chance.choice(values)
        number += 1
        yield f"{value}{number}" if unique and isinstance(column.type, Text) else value
