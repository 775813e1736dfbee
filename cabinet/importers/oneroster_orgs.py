"""The district and the schools of a OneRoster package, out of orgs.csv."""

from collections import Counter
from collections.abc import Iterator

from cabinet.errors import RowProblem
from cabinet.importers.format import Oddity
from cabinet.importers.tabular import Record
from cabinet.importers.tally import Tally
from cabinet.importers.values import slug
from cabinet.intake.rows import Kind, Raw


class Orgs:
    """Orgs by their sourcedId; a school's code is known only when all of them are."""

    def __init__(self) -> None:
        self._records: dict[str, Record] = {}

    def add(self, record: Record) -> None:
        self._records[record["sourcedId"]] = record

    @property
    def schools(self) -> dict[str, str]:
        """The code of each school, by sourcedId."""
        schools = {source_id: org for source_id, org in self._records.items() if _type(org) == "school"}
        times = Counter(org["identifier"] for org in schools.values())
        # Districts sometimes write their own identifier beside every school; such a one tells none apart.
        return {
            source_id: org["identifier"] if times[org["identifier"]] == 1 and org["identifier"] else source_id
            for source_id, org in schools.items()
        }

    def rows(self) -> Iterator[Raw | Oddity]:
        """Yield the organizations that run schools, then the schools."""
        schools = self.schools
        district = {source_id: self._district(self._records[source_id]) for source_id in schools}
        organizations = {org["sourcedId"]: org for org in (*self._districts(), *district.values())}
        for org in organizations.values():
            yield Raw(Kind.ORGANIZATION, _organization(org), org.file, org.line)
        for source_id, code in schools.items():
            org = self._records[source_id]
            fields = {"code": code, "name": org["name"], "organization": _code(district[source_id])}
            yield Raw(Kind.SCHOOL, fields, org.file, org.line)
        yield from self._without_a_home({*organizations, *schools})

    def _districts(self) -> list[Record]:
        return [org for org in self._records.values() if _type(org) == "district"]

    def _district(self, school: Record) -> Record:
        """Return the district above a school, else the only one there is, else the topmost org above it."""
        org, seen = school, {school["sourcedId"]}
        while (parent := self._records.get(org["parentSourcedId"])) and parent["sourcedId"] not in seen:
            org = parent
            seen.add(org["sourcedId"])
            if _type(org) == "district":
                return org
        districts = self._districts()
        return districts[0] if len(districts) == 1 else org

    def _without_a_home(self, used: set[str]) -> Iterator[Oddity]:
        others = Tally()
        for org in (org for source_id, org in self._records.items() if source_id not in used):
            problem = RowProblem(f"An org of type {_type(org) or 'unknown'} has no home here.", hint="")
            others.add(problem, org.file, org.line, "type")
        yield from others.oddities()


def _type(org: Record) -> str:
    return org["type"].casefold()


def _code(org: Record) -> str:
    return slug(org["name"]) or org["sourcedId"]


def _organization(org: Record) -> dict[str, str]:
    return {
        "code": _code(org),
        "name": org["name"],
        "sector": "EDUCATION",
        "source_id": org["sourcedId"],
    }
