"""One Ed-Fi export: the records of its files, who is meant by a reference, and what is to be reported."""

import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date

from cabinet.errors import CodeUnknown, DateInvalid, FileUnreadable, RowInvalid, RowProblem
from cabinet.importers.edfi_codes import Codes, bare_code
from cabinet.importers.format import Oddity
from cabinet.importers.package import Package
from cabinet.importers.tally import Tally
from cabinet.importers.values import iso_date
from cabinet.importers.xml_records import Node, Place, Records
from cabinet.intake.fields import FIRST_YEAR, LAST_YEAR

NAMESPACE = "http://ed-fi.org/5.2.0"

NEVER = "9999-12-31"
"""What some write as the end of what has none."""

_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:Z|[+-]\d{2}:\d{2}|T.*)?", re.DOTALL)

TRUTHS = {"true": True, "1": True, "false": False, "0": False}


@dataclass
class Export:
    """The files of one export. Problems are told to it, and come out of `tally` counted."""

    package: Package
    files: list[str]
    codes: Codes
    tally: Tally = field(default_factory=Tally)
    _holders: dict[str, set[str]] = field(default_factory=dict)
    _ids: dict[tuple[str, str], Node] = field(default_factory=dict)

    def survey(self, wanted: Collection[str], elsewhere: Collection[str]) -> Iterator[Node | Oddity]:
        """Read every file once and yield the wanted records; report those that nobody reads, `elsewhere` neither.

        What could not be read to its end is yielded as an oddity here, once; raises FileUnreadable if it is the
        only file.
        """
        for file in self.files:
            records = Records(self.package, file)
            try:
                yield from records.read(wanted)
            except FileUnreadable as error:
                if len(self.files) == 1:
                    raise
                yield Oddity(RowInvalid(error.message, hint=""), file, error.detail.get("line", 1))
            yield from _oddities(records)
            self._remember(records, elsewhere)

    def _remember(self, records: Records, elsewhere: Collection[str]) -> None:
        for name, count in records.passed_over.items():
            if name in elsewhere:
                self._holders.setdefault(name, set()).add(records.file)
            else:
                problem = RowProblem(f"{name} has no home here.", hint="")
                self.tally.add(problem, records.file, records.first_lines[name], name, count)

    def records(self, wanted: Collection[str]) -> Iterator[Node]:
        """Yield these records of the files that hold some; what stops a file was said by the survey."""
        holders = {file for name in wanted for file in self._holders.get(name, ())}
        for file in sorted(holders):
            with suppress(FileUnreadable):
                yield from Records(self.package, file).read(wanted)

    def holds(self, name: str, file: str) -> None:
        """Remember that a file holds records of this name, which will be read again."""
        self._holders.setdefault(name, set()).add(file)

    def name(self, node: Node) -> None:
        """Let references of the same file find this record by its id."""
        if key := node.attributes.get("id"):
            known = self._ids.setdefault((node.file, key), node)
            if known.content() != node.content():
                self.report(RowInvalid(f"The id {key[:40]!r} stands at two records of the file.", hint=""), node)
                self._ids[node.file, key] = min(known, node, key=Node.content)

    def referred(self, node: Node, name: str) -> Node | None:
        """Return what a reference says or leads to; report one that leads nowhere in its file."""
        reference = node.first(name)
        if reference is None or reference.children or "ref" not in reference.attributes:
            return reference
        found = self._ids.get((node.file, reference.attributes["ref"]))
        if found is None:
            message = f"{name} leads to {reference.attributes['ref'][:40]!r}, which the file does not hold."
            self.report(RowInvalid(message, hint=""), reference)
        return found

    def student(self, node: Node) -> str:
        found = self.referred(node, "StudentReference")
        return found.anywhere("StudentUniqueId") if found else ""

    def school(self, node: Node) -> str:
        found = self.referred(node, "SchoolReference")
        return found.anywhere("SchoolId") if found else ""

    def organization(self, node: Node, name: str = "EducationOrganizationReference") -> str:
        """Return the id of the organization a reference is to, whichever kind of organization that is."""
        found = self.referred(node, name)
        if found is None:
            return ""
        if found.name == name:
            return found.anywhere(f"{name.removesuffix('Reference')}Id")
        return found.of(f"{found.name}Id")

    def report(self, problem: RowProblem, node: Node | Place) -> None:
        self.tally.add(problem, node.file, node.line, node.name)

    def report_unread(self, node: Node, read: Collection[str]) -> None:
        """Count the parts of a record that have no home here."""
        for child in node.children:
            if child.name not in read:
                self.report(RowProblem(f"{node.name}/{child.name} has no home here.", hint=""), child)

    def meaning(self, section: str, node: Node | None, *, kept: bool = False) -> str:
        """Return what a descriptor means here, or nothing; report it, unless its own words are `kept`."""
        if node is None or not node.text:
            return ""
        found = self.codes.find(section, node.text)
        if found is None:
            self.report(CodeUnknown(f"The code {node.text[:100]!r} of {node.name} has no meaning here."), node)
        elif not found and not kept:
            code = bare_code(node.text)[:100]
            self.report(RowProblem(f"The code {code!r} of {node.name} has no home here.", hint=""), node)
        return found or ""

    def truth(self, node: Node, name: str) -> bool | None:
        """Return whether the element of a record says yes or no, or None; report what is neither."""
        said = node.first(name)
        if said is None or not said.text:
            return None
        truth = TRUTHS.get(said.text.casefold())
        if truth is None:
            problem = RowInvalid(f"{node.name}/{name} is neither true nor false; it was not used.", hint="")
            self.report(problem, said)
        return truth

    def day(self, node: Node | None) -> date | None:
        """Return a date, or None; report what is not one."""
        if node is None or not node.text:
            return None
        text = plain_day(node.text)
        with suppress(ValueError):
            found = date.fromisoformat(text) if text else None
            if found is None or FIRST_YEAR <= found.year <= LAST_YEAR:
                return found
        self.report(DateInvalid(f"{node.text[:40]!r} is not a date of the calendar."), node)
        return None


def plain_day(text: str) -> str:
    """Return a date without the time zone or time that XML allows after it; nothing for a day that never comes."""
    found = _DAY.fullmatch(text)
    day = found[1] if found else iso_date(text)
    return "" if day == NEVER else day


def _oddities(records: Records) -> Iterator[Oddity]:
    if records.root and not records.root.startswith("Interchange"):
        problem = RowInvalid(f"It is no Ed-Fi interchange: its root is {records.root}.", hint="")
        yield Oddity(problem, records.file, 1)
    elif records.root and NAMESPACE not in records.namespaces:
        written = ", ".join(records.namespaces) or "no namespace"
        problem = RowInvalid(f"It is written in {written[:100]}; it was read as {NAMESPACE}.", hint="")
        yield Oddity(problem, records.file, 1)
