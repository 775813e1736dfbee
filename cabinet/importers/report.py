"""What became of a file: rows by verdict, and every remark with its place."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from cabinet.importers.format import Oddity
from cabinet.importers.tally import Tally
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

    @classmethod
    def of(cls, oddity: Oddity) -> "Remark":
        problem = oddity.problem
        place = (oddity.file, oddity.line, oddity.column)
        return cls(*place, problem.code, problem.message, problem.hint, oddity.count)


@dataclass
class Report:
    """What became of a file: counts by kind and verdict, and every remark with its place."""

    counts: dict[Kind, Counter[Verdict]] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    met: int = 0
    """How many of the remarks are oddities that the file's reader met, each of which it meets again."""
    read: int = 0
    """Rows that the reader gave, whatever became of them."""
    passed_over: int = 0
    """How many of them came to nothing beside what stands; why is among what is told once."""
    told_once: Tally = field(default_factory=Tally)
    """What is told once of many rows or records, with its number."""

    def count(self, kind: Kind, verdict: Verdict) -> None:
        self.counts.setdefault(kind, Counter())[verdict] += 1

    def add(self, raw: Raw, verdict: Verdict, problems: Iterable[Problem]) -> None:
        self.count(raw.kind, verdict)
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
        self.remarks.append(Remark.of(oddity))

    def with_rows(self, rows: Sequence[Raw], receipt: Receipt) -> "Report":
        """Return a report of these rows alone, with what was noted on the way to them."""
        chunk = replace(self, counts={}, remarks=list(self.remarks))
        chunk.take(rows, receipt)
        return chunk

    def forget(self) -> None:
        """Begin anew with what is noted; the counts of rows stay."""
        self.remarks.clear()
        self.met = self.read = self.passed_over = 0
        self.told_once = Tally()

    def total(self, verdict: Verdict) -> int:
        return sum(counter[verdict] for counter in self.counts.values())
