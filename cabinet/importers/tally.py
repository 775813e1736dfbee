"""What is met many times is reported once, with its number and the first place where it stands."""

from collections.abc import Iterator
from dataclasses import replace

from cabinet.errors import RowProblem
from cabinet.importers.format import Oddity


class Tally:
    def __init__(self) -> None:
        self._met: dict[str, Oddity] = {}

    def __len__(self) -> int:
        return len(self._met)

    def add(self, problem: RowProblem, file: str, line: int, column: str = "", count: int = 1) -> None:
        """Count one more of a problem, or several; problems with the same message are the same."""
        known = self._met.get(problem.message)
        self._met[problem.message] = (
            replace(known, count=known.count + count) if known else Oddity(problem, file, line, column, count)
        )

    def oddities(self) -> Iterator[Oddity]:
        yield from self._met.values()
