"""The district and the schools of a OneRoster package, out of orgs.csv."""

from collections import Counter
from collections.abc import Iterator

from cabinet.errors import RowProblem
from cabinet.importers.format import Oddity
from cabinet.importers.tabular import Record
from cabinet.importers.tally import Tally
from cabinet.importers.values import slug
from cabinet.intake.rows import Kind, Raw

ALONE = RowProblem("The school's district is not in the package; the school was left as it stands.", hint="")


class Orgs:
    """Orgs by their sourcedId; a school's code is known only when all of them are.

    Where the package holds a part of the orgs only, a school without its district is left as it stands.
    """

    def __init__(self, *, is_partial: bool = False) -> None:
        self._records: dict[str, Record] = {}
        self._is_partial = is_partial

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

    @property
    def source(self) -> str | None:
        """The code of the organization whose records the package has, if it holds one."""
        return next(map(_code, self._organizations().values()), None)

    def rows(self) -> Iterator[Raw | Oddity]:
        """Yield the organizations that run schools, then the schools."""
        organizations = self._organizations()
        for org in organizations.values():
            yield Raw(Kind.ORGANIZATION, _organization(org), org.file, org.line)
        alone = Tally()
        for source_id, code in self.schools.items():
            org = self._records[source_id]
            if district := self._runs(org):
                fields = {"code": code, "name": org["name"], "organization": _code(district)}
                yield Raw(Kind.SCHOOL, fields, org.file, org.line)
            else:
                alone.add(ALONE, org.file, org.line, "parentSourcedId")
        yield from alone.oddities()
        yield from self._without_a_home({*organizations, *self.schools})

    def _organizations(self) -> dict[str, Record]:
        running = (self._runs(self._records[source_id]) for source_id in self.schools)
        return {org["sourcedId"]: org for org in (*self._districts(), *running) if org}

    def _runs(self, school: Record) -> Record | None:
        """Return the organization that runs a school; None if only a fuller package could tell."""
        found = self._district(school)
        is_told = _type(found) == "district" or not found["parentSourcedId"]
        return found if is_told or not self._is_partial else None

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
