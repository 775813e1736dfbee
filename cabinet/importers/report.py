"""What became of a file: rows by verdict, and every remark with its place."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from cabinet.importers.format import Oddity
from cabinet.intake.receipt import Problem, Receipt, Verdict
from cabinet.intake.rows import Kind, Raw


@dataclass(frozen=True)
class Remark:
    """Something to tell about a row or a file: why it was refused, or what was odd."""

    file: str
    line: int
    column: str
    code: str
    message: str
    hint: str
    count: int = 1
    is_rejection: bool = False


@dataclass
class Report:
    """What became of a file: counts by kind and verdict, and every remark with its place."""

    counts: dict[Kind, Counter[Verdict]] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    met: int = 0
    """How many of the remarks are oddities that the file's reader met, each of which it meets again."""

    def add(self, raw: Raw, verdict: Verdict, problems: Iterable[Problem]) -> None:
        self.counts.setdefault(raw.kind, Counter())[verdict] += 1
        for problem in problems:
            column = raw.column or ".".join(str(step) for step in problem.path)
            self.remarks.append(
                Remark(
                    raw.file,
                    raw.line,
                    column,
                    problem.code,
                    problem.message,
                    problem.hint,
                    is_rejection=verdict is Verdict.REJECTED,
                )
            )

    def take(self, rows: Sequence[Raw], receipt: Receipt) -> None:
        for raw, outcome in zip(rows, receipt.outcomes, strict=True):
            self.add(raw, outcome.settled, outcome.problems)

    def note(self, oddity: Oddity) -> None:
        problem = oddity.problem
        self.remarks.append(
            Remark(
                oddity.file,
                oddity.line,
                oddity.column,
                problem.code,
                problem.message,
                problem.hint,
                oddity.count,
            )
        )

    def total(self, verdict: Verdict) -> int:
        return sum(counter[verdict] for counter in self.counts.values())
