"""Third look at a package: every sourcedId is there once, and every row that another refers to."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from cabinet.importers.oneroster_findings import Finding
from cabinet.importers.oneroster_package import Mode, Roster
from cabinet.importers.oneroster_standard import FILES, IDENTIFIES
from cabinet.importers.tabular import Record

_MAPPED = re.compile(r"\{[^{}:,]+:[^{}:,]*\}(\s*,\s*\{[^{}:,]+:[^{}:,]*\})*")
_CASE_ID = re.compile(r"(urn:uuid:)?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass
class Ids:
    """The sourcedIds of each file with the line of each, and those that stand twice."""

    lines: dict[str, dict[str, int]] = field(default_factory=dict)
    duplicates: list[Finding] = field(default_factory=list)

    def add(self, noun: str, record: Record) -> None:
        known = self.lines.setdefault(noun, {})
        first = known.setdefault(record["sourcedId"], record.line)
        if first != record.line:
            problem = f"{record.file}, row {record.line}: its sourcedId stands in row {first} already."
            finding = Finding("reference.duplicate_sourced_id", problem, record.file, record.line, "sourcedId")
            self.duplicates.append(finding)


def reference_faults(roster: Roster, ids: Ids, noun: str, record: Record) -> Iterator[Finding]:
    """Yield the references of a row of a bulk file that lead nowhere.

    A delta file may refer to what was sent before, so of such a one nothing can be said.
    """
    targets = {column.name: column.target for column in FILES[noun].values() if column.target}
    if noun in IDENTIFIES:
        targets["sourcedId"] = IDENTIFIES[noun]
    for column, target in targets.items():
        for value in filter(None, (item.strip() for item in record[column].split(","))):
            place = f"{record.file}, row {record.line}, column {column}"
            if roster.find(target) is None:
                problem = f"{place}: it refers to a row of {target}.csv, which is not in the package."
                yield Finding("reference.missing_target_file", problem, record.file, record.line, column)
            elif roster.mode(target) is Mode.BULK and value not in ids.lines.get(target, {}):
                problem = f"{place}: {target}.csv has no row with this sourcedId."
                yield Finding("reference.missing_target_record", problem, record.file, record.line, column)


def _line_item(record: Record) -> tuple[str, str] | None:
    low, high = record["resultValueMin"], record["resultValueMax"]
    is_turned = bool(low and high) and float(low) > float(high)
    return ("semantic.invalid_score_range", "resultValueMax") if is_turned else None


def _score_scale(record: Record) -> tuple[str, str] | None:
    is_mapped = _MAPPED.fullmatch(record["scoreScaleValue"])
    return None if is_mapped else ("semantic.invalid_score_scale_mapping", "scoreScaleValue")


def _learning_objective(record: Record) -> tuple[str, str] | None:
    is_known = record["source"].casefold() != "case" or _CASE_ID.fullmatch(record["learningObjectiveId"])
    return None if is_known else ("semantic.invalid_case_learning_objective_id", "learningObjectiveId")


_MEANINGS: Mapping[str, Callable[[Record], tuple[str, str] | None]] = {
    "lineItems": _line_item,
    "scoreScales": _score_scale,
    "lineItemLearningObjectiveIds": _learning_objective,
    "resultLearningObjectiveIds": _learning_objective,
}


def semantic_faults(noun: str, record: Record) -> Iterator[Finding]:
    """Yield what each value of a row may say by itself, but all of them together cannot."""
    if (meaning := _MEANINGS.get(noun)) and (fault := meaning(record)):
        diagnostic, column = fault
        problem = f"{record.file}, row {record.line}: what {column} says cannot be meant."
        yield Finding(diagnostic, problem, record.file, record.line, column)
