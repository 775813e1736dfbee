"""The rounds: peers take turns, in an order that changes, so that the machine's drift hits all alike."""

import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path

from bench.children import POOL, Bench
from bench.load import Load, Round, run
from bench.peers.peer import Peer
from bench.processes import cpu_seconds, database_seconds
from bench.questions import Question

WARM_CONNECTIONS = POOL
LONGEST, LEAST_ANSWERS, BREATH = 20, 2, 0.2
SLOW_ROUNDS = 2
"""Rounds in which a peer takes part that needs longer turns than the others; the rest would take too long."""
LEAST_SHARE = 0.5
"""An answer that is shorter than this share of a right one is taken for an error under status 200."""


@dataclass(frozen=True)
class Entrant:
    """A peer that is up."""

    peer: Peer
    pid: int
    url: str
    log: Path

    def __hash__(self) -> int:
        return self.pid


@dataclass(frozen=True)
class Usual:
    """What is usual of a peer's answers to a question: their bytes, and their seconds when asked one at a time."""

    bytes: float
    seconds: float


Answered = Mapping[tuple[Entrant, Question], Usual]
"""The questions that each peer has answered rightly."""


@dataclass(frozen=True)
class Turn:
    """One round of one peer, with the CPU time of its process and of the database."""

    peer: str
    question: Question
    connections: int
    round: Round
    server_seconds: float
    database_seconds: float


@dataclass(frozen=True)
class Contest:
    bench: Bench
    loads: Mapping[Entrant, Mapping[Question, Load]]
    answered: Answered

    def run(self, rounds: int, concurrency: Sequence[int], seconds: int, chance: random.Random) -> list[Turn]:
        for entrant, question in self.answered:
            self.turn(entrant, question, WARM_CONNECTIONS, seconds, 0)
        turns = []
        for number in range(rounds):
            for question in dict.fromkeys(question for _, question in self.answered):
                for connections in concurrency:
                    begin, entrants = chance.randrange(1000), [e for e, q in self.answered if q == question]
                    chance.shuffle(entrants)
                    turns += [
                        self.turn(each, question, connections, seconds, begin)
                        for each in entrants
                        if number < SLOW_ROUNDS or self.length(each, question, connections, seconds) == seconds
                    ]
        return turns

    def length(self, entrant: Entrant, question: Question, connections: int, seconds: int) -> int:
        """Return the seconds of a turn: a slow peer is given time for some answers, or none would be counted."""
        needed = ceil(LEAST_ANSWERS * connections * self.answered[entrant, question].seconds)
        return max(seconds, min(LONGEST, needed))

    def turn(self, entrant: Entrant, question: Question, connections: int, seconds: int, begin: int) -> Turn:
        usual = self.answered[entrant, question]
        length = self.length(entrant, question, connections, seconds)
        server, database = self._spent(entrant)
        done = run(self.loads[entrant][question], connections, length, begin)
        server_after, database_after = self._spent(entrant)
        if not done.failed and done.answered and done.bytes / done.answered < LEAST_SHARE * usual.bytes:
            raise SystemExit(f"{entrant.peer.name} answers {question} with something else under load.")
        self._let_end(entrant)
        return Turn(
            entrant.peer.name, question, connections, done, server_after - server, database_after - database
        )

    def _spent(self, entrant: Entrant) -> tuple[float, float]:
        return cpu_seconds(entrant.pid), database_seconds(self.bench.socket_folder)

    def _let_end(self, entrant: Entrant) -> None:
        """Wait until requests whose client has gone are done with, or they would weigh on the next turn."""
        deadline, before = time.monotonic() + LONGEST, self._spent(entrant)
        while time.monotonic() < deadline:
            time.sleep(BREATH)
            now = self._spent(entrant)
            if sum(now) - sum(before) < BREATH / 10:
                return
            before = now
