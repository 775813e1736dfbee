"""The four questions of the reading bench, in no dialect yet, and what is asked for at random."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from bench.children import Drawn

PROGRAMS, ENROLLMENTS_EACH, ROWS = 100, 5, 1_000


class Question(StrEnum):
    """What is asked; the value is the operation's name in every dialect."""

    OBJECT = "Object"
    NESTED = "Nested"
    THOUSAND = "Thousand"
    COUNT = "Count"


@dataclass(frozen=True)
class Asking:
    """A question with the keys it is about: of a program, or those after which pages begin."""

    question: Question
    keys: tuple[UUID, ...]


def seeded(seed: int) -> random.Random:
    """Return chance that is the same in every run: a bench keeps no secrets."""
    return random.Random(seed)  # noqa: S311


def askings(question: Question, drawn: Drawn, pages: int, chance: random.Random) -> Iterator[Asking]:
    """Draw without end; a page begins early enough to be full."""
    early = drawn.programs[: max(1, len(drawn.programs) - PROGRAMS)]
    enrollments = drawn.enrollments[: max(1, len(drawn.enrollments) * 9 // 10)]
    while True:
        if question is Question.THOUSAND:
            yield Asking(question, tuple(chance.choices(enrollments, k=pages)))
        else:
            yield Asking(question, (chance.choice(early if question is Question.NESTED else drawn.programs),))
