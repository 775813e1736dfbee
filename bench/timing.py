"""Whether an agency can tell by the clock who is known to others: `python -m bench.timing [--children 400]`.

On a throw-away database half of some children are known to a school district and half to nobody; nothing else sets
them apart. A club posts a row about each, in random order: as dry runs, which leave nothing behind and can be
repeated, and then for good. Prints one line of JSON. `auc` is the chance that a known child's answer takes longer
than an unknown one's (Mann and Whitney 1947; 0.5 is a coin); a distance to 0.5 of less than `accident`, which is
three standard errors, is none to speak of. `repeated` goes by the median of a child's dry runs, as somebody with
patience would. `cpu_ms` is the CPU time of server and database for a dry run, the same on a busy machine.
"""

import argparse
import asyncio
import json
import random
import tempfile
import time
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import median

from bench.intake import CODE, DAY, HOUSE, SERVE, SUBJECT, Row, rows
from bench.processes import cpu_seconds, database_seconds, free_port, process, wait_for_answer
from cabinet.communities import add_community, add_member, add_organization
from cabinet.db import Database
from cabinet.embedded import embedded_postgres
from cabinet.intake.post import MAX_ROWS, post
from cabinet.intake.rows import Kind
from cabinet.intake.source import Source
from cabinet.migrate import migrate, settle
from cabinet.settings import Settings
from cabinet.tables.terms import Role
from cabinet.viewer import Tokens, Viewer

POST = """mutation($input: PostEnrollmentsInput!) { postEnrollments(input: $input) {
  created rows { verdict child } } }"""
WARMING = 100
CPU_REPEATS = 5
CROWD = 20_000
"""Children the district has beside those asked about, so that tables are as large as they are in a town."""


def auc(first: Sequence[float], second: Sequence[float]) -> float:
    """Return the chance that one of the first is larger than one of the second; a draw counts half."""
    ordered = sorted(second)
    below = sum(bisect_left(ordered, each) + bisect_right(ordered, each) for each in first)
    return below / (2 * len(first) * len(second))


def accident(first: int, second: int) -> float:
    """Return the distance to 0.5 that the AUC of so many draws from one distribution hardly ever has."""
    return 3 * ((first + second + 1) / (12 * first * second)) ** 0.5


def compared(taken: Sequence[tuple[bool, float]]) -> Row:
    """Compare the seconds of known children (True) with those of unknown ones."""
    known = [seconds for is_known, seconds in taken if is_known]
    unknown = [seconds for is_known, seconds in taken if not is_known]
    return {
        "auc": round(auc(known, unknown), 3),
        "accident": round(accident(len(known), len(unknown)), 3),
        "known_ms": round(1000 * median(known), 2),
        "unknown_ms": round(1000 * median(unknown), 2),
    }


async def fill(url: str, settings: Settings, known: Sequence[Row]) -> None:
    """Make a community in which a district knows some children, and a club has a program."""
    await settle(url, settings)
    async with Database(url, settings) as database:
        community = await add_community(database, CODE, "Bench")
        for code, sector in (("club", "OUT_OF_SCHOOL_TIME"), ("district", "EDUCATION")):
            found = await add_organization(database, community, code, sector)
            source = Source(community.community_id, found.organization_id, sector, "bench", DAY, Viewer("bench"))
            program = {"code": f"of-{code}", "name": code, "organization": code, "sector": sector}
            await post(database, source, Kind.PROGRAM, [program])
        for begin in range(0, len(known), MAX_ROWS):
            await post(database, source, Kind.CHILD, known[begin : begin + MAX_ROWS])
        await add_member(database, community, SUBJECT, Role.PARTNER_AGENCY, organization="club")


def on_roster(row: Row) -> Row:
    """Return what a district says of the child of a club's row."""
    said = row["child"]["identity"]
    identity = {
        "given_name": said["givenName"],
        "family_name": said["familyName"],
        "birth_date": said["birthDate"],
        "sex": said["sex"],
    }
    return {"record_id": row["recordId"], "identity": identity, "school_year": 2027}


class Club:
    """A program that posts one row at a time over one connection, and looks at the clock."""

    def __init__(self, port: int, token: str, pid: int, data: Path) -> None:
        self._pid, self._data = pid, data
        self._line = HTTPConnection("127.0.0.1", port, timeout=120)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def seconds(self, row: Row, *, dry_run: bool) -> float:
        given = {"community": CODE, "rows": [row], "dryRun": dry_run}
        body = json.dumps({"query": POST, "variables": {"input": given}})
        begun = time.perf_counter()
        self._line.request("POST", "/graphql", body, self._headers)
        answer = self._line.getresponse().read()
        taken = time.perf_counter() - begun
        receipt = json.loads(answer)["data"]["postEnrollments"]
        if receipt["created"] != 1:
            raise SystemExit(f"not taken: {answer[:500]!r}")
        return taken

    def cpu(self) -> float:
        """Return the seconds of CPU that server and database have taken so far."""
        return cpu_seconds(self._pid) + database_seconds(self._data)


@contextmanager
def club(folder: Path, known: Sequence[Row]) -> Iterator[Club]:
    """Start a server on a database in the folder, and yield the club that posts to it."""
    with embedded_postgres(folder) as url:
        settings = Settings(mode="development", data=folder)
        migrate(url)
        asyncio.run(fill(url, settings, known))
        port, log = free_port(), folder / "serve.log"
        environment = {"CABINET_DATABASE_URL": url, "CABINET_MODE": "development", "CABINET_DATA": str(folder)}
        with process([*SERVE, str(port)], environment, HOUSE, log) as pid:
            wait_for_answer(port, pid, log)
            yield Club(port, Tokens(settings).issue(SUBJECT), pid, folder / "pg")


def measure(asking: Club, asked: Sequence[tuple[bool, Row]], repeats: int, chance: random.Random) -> Row:
    """Ask about each child again and again, and then post it."""
    by_child: defaultdict[str, list[float]] = defaultdict(list)
    dry, work = [], cpu_of_each(asking, asked, CPU_REPEATS)
    for _ in range(repeats):
        for is_known, row in chance.sample(asked, len(asked)):
            seconds = asking.seconds(row, dry_run=True)
            by_child[row["recordId"]].append(seconds)
            dry.append((is_known, seconds))
    repeated = [(is_known, median(by_child[row["recordId"]])) for is_known, row in asked]
    posted = [(is_known, asking.seconds(row, dry_run=False)) for is_known, row in chance.sample(asked, len(asked))]
    told = {"dry_run": compared(dry), "repeated": compared(repeated), "posted": compared(posted)}
    return {"cpu_ms": work, **told}


def cpu_of_each(asking: Club, asked: Sequence[tuple[bool, Row]], repeats: int) -> Row:
    """Return the milliseconds of CPU of a dry run about a known child and about an unknown one, in turns."""
    taken = {True: 0.0, False: 0.0}
    for turn in range(2 * repeats):
        kind = turn % 2 == 0
        begun = asking.cpu()
        for row in (row for is_known, row in asked if is_known is kind):
            asking.seconds(row, dry_run=True)
        taken[kind] += asking.cpu() - begun
    each = 1000 / (repeats * len(asked) / 2)
    return {"known": round(each * taken[True], 2), "unknown": round(each * taken[False], 2)}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.timing", description="Compare how long answers take.")
    parser.add_argument(
        "--children", type=int, default=400, help="asked about, half of them known to the district"
    )
    parser.add_argument("--repeats", type=int, default=15, help="dry runs about each")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    chance = random.Random(given.seed)  # noqa: S311 - the order of a bench, not a secret.
    everybody = [{**row, "program": "of-club"} for row in rows(CROWD + WARMING + given.children)]
    chance.shuffle(everybody)
    crowd, warming, asked = everybody[:CROWD], everybody[CROWD : -given.children], everybody[-given.children :]
    marked = [(place % 2 == 0, row) for place, row in enumerate(asked)]
    known = [on_roster(row) for row in [*crowd, *(row for is_known, row in marked if is_known)]]
    with tempfile.TemporaryDirectory(prefix="cabinet-bench-") as scratch:
        Path(scratch).chmod(0o755)
        with club(Path(scratch), known) as asking:
            for row in warming:
                asking.seconds(row, dry_run=False)
            told = measure(asking, marked, given.repeats, chance)
    print(json.dumps({"children": given.children, "repeats": given.repeats, **told}))


if __name__ == "__main__":
    main()
