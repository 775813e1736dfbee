"""The files of a OneRoster package and its manifest, which says what each of them is."""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from cabinet.errors import FileUnreadable, RowProblem
from cabinet.importers.format import Oddity
from cabinet.importers.oneroster_findings import Finding, refuse
from cabinet.importers.oneroster_quotes import stray_quote
from cabinet.importers.oneroster_standard import FILES
from cabinet.importers.package import Package
from cabinet.importers.tabular import Record, named, read_header, read_table
from cabinet.importers.values import fold

VERSIONS = ("1.1", "1.2")
MANIFEST = "manifest.csv"
HEADER = ["propertyName", "value"]
READ = ("orgs", "academicSessions", "users", "roles", "demographics", "courses", "classes", "enrollments")
ROSTER = ("orgs", "users", "roles")
"""Without these there are no students to be read; roles.csv is one of version 1.2."""
NEEDED: Mapping[str, tuple[str, ...]] = {
    "orgs": ("sourcedId", "name", "type"),
    "academicSessions": ("sourcedId", "type", "schoolYear"),
    "users": ("sourcedId", "givenName", "familyName"),
    "roles": ("userSourcedId", "role", "orgSourcedId"),
    "demographics": ("sourcedId", "birthDate", "sex"),
    "courses": ("sourcedId",),
    "classes": ("sourcedId", "courseSourcedId"),
    "enrollments": ("userSourcedId", "schoolSourcedId", "role"),
}
"""What a file must have in its header to be of use here; the other columns are optional."""
BEYOND_1_2 = named("orgSourcedIds", "role", "middleEasternOrNorthAfrican")
"""Columns of version 1.1, and one that districts add."""
ENDING = ("users", "enrollments")
"""Files that end what they no longer hold."""
NOT_WHOLE = RowProblem("The file has rows that cannot be read, so that what it lacks was not ended.", hint="")


class Mode(StrEnum):
    """What the manifest says of a file. A bulk file is complete: what it does not hold is gone."""

    ABSENT = "absent"
    BULK = "bulk"
    DELTA = "delta"
    UNDECLARED = ""


class Roster:
    """The files of a package that its manifest declares.

    Version 1.2 is certified, so its packages are held to the standard to the letter (`is_strict`). Those of 1.1
    are read as far as they can be understood.
    """

    def __init__(self, package: Package) -> None:
        self.package = package
        self._oddities: list[Oddity] = []
        self._manifest = self._read_manifest()
        version = self._manifest.get("oneroster.version", "")
        if version not in VERSIONS:
            problem = f"oneroster.version is {version[:40] or 'missing'}, not {' or '.join(VERSIONS)}"
            refuse([Finding("manifest.invalid_version", f"{MANIFEST}: {problem}.", MANIFEST, column="value")])
        self.is_strict = version != VERSIONS[0]
        if findings := [*self._faults()]:
            refuse(findings)

    def _read_manifest(self) -> dict[str, str]:
        name = self.package.find(MANIFEST)
        if name is None:
            problem = f"{MANIFEST} is missing: this is not a OneRoster package."
            refuse([Finding("package.missing_manifest", problem, MANIFEST)])
        self._header = read_header(self.package, name)
        if not {fold(column) for column in HEADER} <= {fold(cell) for cell in self._header}:
            refuse([self._header_fault()])
        properties: dict[str, str] = {}
        for record in read_table(self.package, name, named(*HEADER)):
            if isinstance(record, Record):
                properties[record["propertyName"]] = record["value"]
            else:
                self._oddities.append(record)
        return properties

    def _header_fault(self) -> Finding:
        problem = f"{MANIFEST}: its header is not {','.join(HEADER)}; the standard wants it to the letter."
        return Finding("manifest.invalid_header", problem, MANIFEST, column=",".join(self._header)[:80])

    def _faults(self) -> Iterator[Finding]:
        """Yield what is wrong with the package before any row is looked at."""
        if self.is_strict and self._header != HEADER:
            yield self._header_fault()
        for noun in FILES:
            yield from self._faults_of(noun)
        if self.is_strict:
            yield from self._unknown()

    def _faults_of(self, noun: str) -> Iterator[Finding]:
        file, declared = f"{noun}.csv", self._declared(noun)
        name = self.package.find(file)
        if declared not in list(Mode):
            problem = f"{MANIFEST}: file.{noun} is {declared[:40]!r}, not absent, bulk or delta."
            yield Finding("manifest.invalid_mode", problem, MANIFEST, column="value")
        elif name is None and declared in (Mode.BULK, Mode.DELTA):
            problem = f"{file} is missing, though the manifest says {declared}."
            yield Finding("manifest.file_missing", problem, file)
        elif name and declared == Mode.ABSENT and self.is_strict:
            problem = f"{name} is there, though the manifest says absent."
            yield Finding("manifest.file_unexpected", problem, name)
        elif name and self.is_strict and (line := stray_quote(self.package, name)):
            problem = f"{name}: a quote stands inside a value; double it, and put the value in quotes."
            yield Finding("csv.unescaped_quote", problem, name, line)

    def _unknown(self) -> Iterator[Finding]:
        """Yield the tables that the standard does not know, and those with a wrong extension."""
        known = {f"{noun}.csv".casefold() for noun in FILES} | {MANIFEST}
        stems = {noun.casefold() for noun in FILES}
        for name in self.package.names:
            stem, _, extension = name.casefold().partition(".")
            if name.casefold() not in known and (extension == "csv" or stem in stems):
                yield Finding("package.unknown_file", f"{name} is no file of OneRoster 1.2.", name)

    def _declared(self, noun: str) -> str:
        return self._manifest.get(f"file.{noun}", "").casefold()

    def mode(self, noun: str) -> Mode:
        return Mode(self._declared(noun))

    def find(self, noun: str) -> str | None:
        """Return the name of a file that is there, and that the manifest does not disown."""
        return None if self.mode(noun) is Mode.ABSENT else self.package.find(f"{noun}.csv")

    def oddities(self) -> Iterator[Oddity]:
        """Report the files of the package that are not read, and those the manifest disowns."""
        yield from self._oddities
        for noun in READ:
            name = self.package.find(f"{noun}.csv")
            if name and self.find(noun) is None:
                problem = RowProblem(f"{name} was not read: the manifest marks it absent.", hint="")
                yield Oddity(problem, name, 1)
        for noun in ROSTER if self.is_strict else ROSTER[:-1]:
            if self.package.find(f"{noun}.csv") is None:
                problem = RowProblem(f"There is no {noun}.csv in the package.", hint="")
                yield Oddity(problem, MANIFEST, 1, "value")
        for noun in ENDING:
            if self.find(noun) and self.mode(noun) is Mode.BULK and not self.is_complete(noun):
                yield Oddity(NOT_WHOLE, f"{noun}.csv", 1)
        known = [self.package.find(f"{noun}.csv") for noun in FILES]
        yield from self.package.unread([*known, self.package.find(MANIFEST)])
        for noun in sorted(FILES.keys() - set(READ)):
            if (name := self.find(noun)) and (
                rows := sum(isinstance(each, Record) for each in self.records(noun))
            ):
                yield Oddity(RowProblem(f"A row of {name} has no home here.", hint=""), name, 2, count=rows)

    def _needed(self, noun: str) -> tuple[str, ...]:
        own = ("role",) if noun == "users" and not self.is_strict else ()
        return (*NEEDED.get(noun, ()), *own)

    def is_complete(self, noun: str) -> bool:
        """Whether the manifest says that a file holds everything there is, and every row of it can be read."""
        if self.find(noun) is None or self.mode(noun) is not Mode.BULK:
            return False
        if self.is_strict:
            return True  # A row that could not be read would have refused the package.
        records = self.records(noun)
        # What is odd about the first line is the file's encoding, which could be read.
        return all(bool(each["sourcedId"]) if isinstance(each, Record) else each.line == 1 for each in records)

    def records(self, noun: str) -> Iterator[Record | Oddity]:
        """Yield the rows of a file, if it is there; raise FileUnreadable if it lacks a column that is needed."""
        if name := self.find(noun):
            columns = BEYOND_1_2 | named(*FILES[noun])
            try:
                yield from read_table(self.package, name, columns, self._needed(noun))
            except FileUnreadable as error:
                refuse([Finding("csv.unreadable", error.message, name, column=error.detail.get("column", ""))])
