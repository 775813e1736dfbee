"""What the agencies of a crash matrix have to say: posts and files drawn from a seed, and how it all must end."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from tests.imports.sender import HEADER

PROGRAMS = {"club": "after", "arts": "paint", "district": "tutoring"}
"""The agencies, each with its program."""
_FIRST_DAY = date(2026, 9, 1)
_CORRECTED_DAY = date(2026, 10, 1)
_BORN = "2018-01-01"


@dataclass
class Post:
    """One post, with the first receipt that was received for it."""

    organization: str
    key: str
    rows: list[dict[str, Any]]
    receipt: bytes | None = None


@dataclass
class File:
    """One file, with the jobs it became: more than one if the agency had to send it again."""

    organization: str
    name: str
    content: bytes
    good: int
    bad: int
    jobs: list[str] = field(default_factory=list)


@dataclass
class Workload:
    """All that is sent, and what the tables must hold in the end: one enrollment for each record."""

    posts: list[Post] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    enrollments: dict[tuple[str, str], tuple[date, int]] = field(default_factory=dict)
    """By agency and record id: the first day, and the child's number. Agencies share children."""
    _children: dict[str, int] = field(default_factory=lambda: dict.fromkeys(PROGRAMS, 0))

    def _enroll(self, organization: str, record_id: str, begins: date) -> int:
        number = self._children[organization] = self._children[organization] + 1
        self.enrollments[organization, record_id] = (begins, number)
        return number


def draw(seed: int, posts: int, files: int) -> Workload:
    """Draw so many posts and files; every post has a bad row now and then, and some correct earlier ones."""
    chance, made = random.Random(seed), Workload()  # noqa: S311 - a test's chance, to be repeated.
    for number in range(posts):
        organization = list(PROGRAMS)[number % len(PROGRAMS)]
        made.posts.append(Post(organization, f"key-{number}", list(_rows(chance, made, organization, number))))
    for number in range(files):
        made.files.append(_file(chance, made, list(PROGRAMS)[number % len(PROGRAMS)], number))
    return made


def _rows(chance: random.Random, made: Workload, organization: str, number: int) -> Iterator[dict[str, Any]]:
    for place in range(chance.randint(1, 25)):
        record_id = f"p{number}-{place}"
        begins = _FIRST_DAY + timedelta(days=chance.randrange(20))
        child = made._enroll(organization, record_id, begins)  # noqa: SLF001 - they are one module's.
        yield _row(organization, record_id, 1, begins.isoformat(), child)
    if chance.random() < 1 / 4:
        yield _row(organization, f"p{number}-bad", 1, "2026-02-30", 0)
    if chance.random() < 1 / 4:
        yield from _corrections(made, organization, number)


def _corrections(made: Workload, organization: str, number: int) -> Iterator[dict[str, Any]]:
    """Correct the first row of an earlier post; whichever is taken first, the higher version wins."""
    earlier = (organization, f"p{number - 9 * len(PROGRAMS)}-0")
    if earlier in made.enrollments:
        child = made.enrollments[earlier][1]
        made.enrollments[earlier] = (_CORRECTED_DAY, child)
        yield _row(organization, earlier[1], 2, _CORRECTED_DAY.isoformat(), child)


def _row(organization: str, record_id: str, version: int, begins: str, child: int) -> dict[str, Any]:
    identity = {"givenName": f"Kid{child}", "familyName": "Li", "birthDate": _BORN, "sex": "FEMALE"}
    return {
        "recordId": record_id,
        "recordVersion": version,
        "program": PROGRAMS[organization],
        "status": "ENROLLED",
        "begins": begins,
        "child": {"identity": identity},
    }


def _file(chance: random.Random, made: Workload, organization: str, number: int) -> File:
    lines, bad = [HEADER], 0
    good = chance.choice((1_100, 1_300, 2_100))
    for place in range(good):
        record_id = f"f{number}-{place}"
        child = made._enroll(organization, record_id, _FIRST_DAY)  # noqa: SLF001 - they are one module's.
        lines.append(_line(organization, record_id, _FIRST_DAY.isoformat(), child))
        if chance.random() < 1 / 100:
            bad += 1
            lines.append(_line(organization, f"{record_id}-bad", "soon", 0))
    return File(organization, f"file-{number}.csv", "".join(lines).encode(), good, bad)


def _line(organization: str, record_id: str, begins: str, child: int) -> str:
    return f"{record_id},{PROGRAMS[organization]},ENROLLED,{begins},,c{child},Kid{child},Li,{_BORN},F\n"
