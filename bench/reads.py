"""How fast records are read, beside other ways of reading them: `python -m bench.reads`; see bench/README.md.

Fills a database once, starts every peer on it, sees to it that all give the same answers, and then lets them take
turns under load. Prints tables and, at the end, one line of JSON. Leaves nothing running and, without `--folder`,
nothing behind.
"""

import argparse
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from bench.checking import check
from bench.children import Bench, bench_database
from bench.contest import Contest, Entrant
from bench.load import Load
from bench.peers.floor.peer import Floor
from bench.peers.ours.peer import Ours
from bench.peers.plain.peer import Plain
from bench.peers.postgraphile.peer import PostGraphile
from bench.processes import free_port, process, wait_for_answer
from bench.questions import ROWS, Question, askings, seeded
from bench.reports import memory, stages, summary, table

HOUSE = Path(__file__).parents[1]
PEERS = {peer.name: peer for peer in (Ours, Floor, PostGraphile, Plain)}
BODIES = 1_000
SEED = 20_261


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.reads", description="Measure how fast records are read."
    )
    add = parser.add_argument
    add("--scale", type=float, default=1.0, help="1: 300,000 children, 1,000,000 enrollments, 3,000 programs")
    add("--folder", type=Path, help="keep the database in this folder, and use it again next time")
    add("--peers", nargs="+", choices=PEERS, default=list(PEERS), help="who takes part")
    add("--questions", nargs="+", choices=[*Question], type=Question, default=[*Question], help="what is asked")
    add("--concurrency", nargs="+", type=int, default=[1, 16, 64], help="connections kept busy")
    add("--rounds", type=int, default=5, help="turns of each peer for each question and concurrency")
    add("--seconds", type=int, default=2, help="length of a turn, whole seconds")
    add("--page", type=int, default=100, help="rows in one list of our server; 1,000 rows are asked for")
    add("--memory", action="store_true", help="also ask our server 100,000 times and compare its memory")
    given = parser.parse_args()
    if shutil.which("wrk") is None:
        # A client in Python would take more of the machine than most of the servers it measures.
        parser.error("wrk is not installed; on Debian and Ubuntu: apt install wrk")
    if ROWS % given.page:
        parser.error(f"--page has to divide {ROWS}")
    return given


@contextmanager
def entrants(bench: Bench, given: argparse.Namespace, scratch: Path) -> Iterator[list[Entrant]]:
    """Start the peers, with the bodies of all questions written down for each."""
    with ExitStack() as stack:
        started = []
        for name in given.peers:
            peer, port, log = PEERS[name](bench, given.page), free_port(), scratch / f"{name}.log"
            pid = stack.enter_context(process(peer.command(port), peer.environment, HOUSE, log))
            wait_for_answer(port, pid, log)
            started.append(Entrant(peer, pid, f"http://127.0.0.1:{port}/graphql", log))
        yield started


def loads(entrant: Entrant, given: argparse.Namespace, scratch: Path) -> dict[Question, Load]:
    """Write the same drawn keys, in the peer's dialect, for every question."""
    written = {}
    for question in given.questions:
        bodies = scratch / f"{entrant.peer.name}-{question}"
        drawn = askings(question, entrant.peer.bench.drawn, ROWS // given.page, seeded(SEED))
        bodies.write_text("".join(f"{entrant.peer.request(each)}\n" for each in islice(drawn, BODIES)))
        written[question] = Load(entrant.url, entrant.peer.headers, bodies)
    return written


def measure(bench: Bench, given: argparse.Namespace, scratch: Path) -> dict[str, Any]:
    with entrants(bench, given, scratch) as started:
        answered = check(started, given.questions, seeded(SEED + 1))
        contest = Contest(bench, {entrant: loads(entrant, given, scratch) for entrant in started}, answered)
        measured = contest.run(given.rounds, given.concurrency, given.seconds, seeded(SEED + 2))
        print(table(measured))
        result = summary(measured)
        ours = next((entrant for entrant in started if entrant.peer.name == Ours.name), None)
        if ours is not None:
            result["stages_us"] = stages(ours, contest.loads[ours], answered)
            if given.memory:
                result["memory"] = memory(ours, contest.loads[ours], answered)
    return {"scale": given.scale, "page": given.page, "rounds": given.rounds, "seconds": given.seconds, **result}


def main() -> None:
    given = options()
    with tempfile.TemporaryDirectory(prefix="cabinet-bench-") as scratch:
        # The database of a root user runs as an account of its own, which has to reach its folder.
        Path(scratch).chmod(0o755)
        with bench_database(given.folder or Path(scratch) / "data", given.scale) as bench:
            print(json.dumps(measure(bench, given, Path(scratch))))


if __name__ == "__main__":
    main()
