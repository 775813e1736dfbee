"""OneRoster 1.1 and 1.2 CSV packages (1EdTech), as a folder or a zip: schools and their students.

Staff, guardians, classes and grades are left where they are; `oneroster_students.py` reads the students.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from cabinet.errors import FileUnreadable, RowProblem
from cabinet.importers.format import Format, Oddity
from cabinet.importers.oneroster_orgs import Orgs
from cabinet.importers.oneroster_students import Students
from cabinet.importers.package import Package, open_package
from cabinet.importers.tabular import Record, named, read_table
from cabinet.intake.rows import Raw

VERSIONS = ("1.1", "1.2")
MANIFEST = "manifest.csv"
READ = ("orgs", "academicSessions", "users", "roles", "demographics", "enrollments")
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "orgs": ("sourcedId", "name", "type"),
    "academicSessions": ("sourcedId", "type", "schoolYear"),
    "users": ("sourcedId", "givenName", "familyName"),
    "roles": ("userSourcedId", "role", "orgSourcedId"),
    "demographics": ("sourcedId", "birthDate", "sex"),
    "enrollments": ("userSourcedId", "schoolSourcedId", "role"),
}
"""What a file must have in its header to be of use here; the other columns are optional."""
OPTIONAL = named(
    *(
        "status",
        "middleName",
        "identifier",
        "grades",
        "orgSourcedIds",
        "primaryOrgSourcedId",
        "roleType",
        "role",
    ),
    *("endDate", "americanIndianOrAlaskaNative", "asian", "blackOrAfricanAmerican", "white"),
    *("nativeHawaiianOrOtherPacificIslander", "hispanicOrLatinoEthnicity", "middleEasternOrNorthAfrican"),
)
DELETED = RowProblem("The row is marked to be deleted; it was passed over.", hint="")


def read(path: Path) -> Iterator[Raw | Oddity]:
    """Yield the district, its schools and their students, in this order.

    Raises FileUnreadable for a package without a manifest, without a file that is needed or that its manifest
    promises, and for a file whose header lacks a column that is needed.
    """
    with open_package(path) as package:
        roster = _Roster(package)
        yield from roster.oddities()
        orgs = Orgs()
        for record in roster.records("orgs"):
            if isinstance(record, Record):
                orgs.add(record)
            else:
                yield record
        yield from orgs.rows()
        yield from Students(roster.records, orgs.schools, in_roles=roster.version != VERSIONS[0]).rows()


class _Roster:
    """The files of a package that its manifest declares."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._oddities: list[Oddity] = []
        self._manifest = self._read_manifest()
        self.version = self._manifest.get("oneroster.version", "")
        if self.version not in VERSIONS:
            problem = f"oneroster.version is {self.version or 'missing'}, not {' or '.join(VERSIONS)}"
            raise FileUnreadable(f"{MANIFEST}: {problem}.", file=MANIFEST)
        needed = {"orgs", "users"} if self.version == VERSIONS[0] else {"orgs", "users", "roles"}
        for noun in READ:
            if noun in needed or self._declared(noun) not in ("", "absent"):
                self._refuse_absent(noun)

    def _read_manifest(self) -> dict[str, str]:
        name = self._package.find(MANIFEST)
        if name is None:
            raise FileUnreadable(f"{MANIFEST} is missing: this is not a OneRoster package.", file=MANIFEST)
        properties: dict[str, str] = {}
        for record in read_table(self._package, name, named("propertyName", "value"), ("propertyName", "value")):
            if isinstance(record, Record):
                properties[record["propertyName"]] = record["value"]
            else:
                self._oddities.append(record)
        return properties

    def _declared(self, noun: str) -> str:
        return self._manifest.get(f"file.{noun}", "").casefold()

    def _find(self, noun: str) -> str | None:
        return None if self._declared(noun) == "absent" else self._package.find(f"{noun}.csv")

    def _refuse_absent(self, noun: str) -> None:
        if self._find(noun) is None:
            problem = "marked absent in the manifest" if self._package.find(f"{noun}.csv") else "missing"
            raise FileUnreadable(
                f"{noun}.csv is {problem}; a roster cannot be read without it.", file=f"{noun}.csv"
            )

    def oddities(self) -> Iterator[Oddity]:
        """Report the files of the package that are not read, and those the manifest disowns."""
        yield from self._oddities
        for noun in READ:
            name = self._package.find(f"{noun}.csv")
            if name and self._find(noun) is None:
                problem = RowProblem(f"{name} was not read: the manifest marks it absent.", hint="")
                yield Oddity(problem, name, 1)
        known = (self._package.find(f"{noun}.csv") for noun in READ)
        yield from self._package.unread([*known, self._package.find(MANIFEST)])

    def records(self, noun: str) -> Iterator[Record | Oddity]:
        """Yield the rows of a file, if it is there; those marked as deleted as oddities."""
        if name := self._find(noun):
            required = COLUMNS[noun]
            for record in read_table(self._package, name, OPTIONAL | named(*required), required):
                if isinstance(record, Record) and record["status"].casefold() == "tobedeleted":
                    yield Oddity(DELETED, name, record.line, "status")
                else:
                    yield record


ONEROSTER = Format(
    name="oneroster",
    help="OneRoster 1.1 or 1.2 CSV package, a folder or a zip: schools and students.",
    read=read,
    sector="EDUCATION",
)
