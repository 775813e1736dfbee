"""The district of an Ed-Fi export and its schools, with where they are."""

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from cabinet.errors import FileUnreadable, RowProblem
from cabinet.importers.edfi_export import Export
from cabinet.importers.edfi_once import Once
from cabinet.importers.edfi_places import Address, address
from cabinet.importers.format import Oddity
from cabinet.importers.values import present, slug
from cabinet.importers.xml_records import Node
from cabinet.intake.rows import Kind, Raw

DISTRICT, SCHOOL = "LocalEducationAgency", "School"
OTHERS = frozenset(
    {
        *("StateEducationAgency", "EducationServiceCenter", "EducationOrganizationNetwork"),
        *("CommunityOrganization", "CommunityProvider", "OrganizationDepartment", "PostSecondaryInstitution"),
    }
)
"""Organizations that references may lead to, and that are not told apart from others here."""
READ = frozenset(
    {
        *("NameOfInstitution", "WebSite", "Address", "LocalEducationAgencyId", "SchoolId", "GradeLevel"),
        *("LocalEducationAgencyReference",),
    }
)
OF_DISTRICT = READ - {"Address"}
NOBODYS = "No LocalEducationAgency and no single School is in the files: they do not say whose records these are."


class Organizations:
    """Districts and schools by their ids; `source` is the code of the organization whose export this is."""

    def __init__(self, export: Export, source: str | None) -> None:
        self._export = export
        self._source = source
        self._districts = Once(export)
        self._schools = Once(export)

    def add(self, node: Node) -> None:
        if node.name == DISTRICT:
            self._districts.add(node.of("LocalEducationAgencyId"), node)
        elif node.name == SCHOOL:
            self._schools.add(node.of("SchoolId"), node)
        else:
            self._export.report(RowProblem(f"{node.name} has no home here.", hint=""), node)

    @cached_property
    def owner(self) -> str:
        """The code of the organization whose records these are. Raises FileUnreadable if nobody says."""
        if self._source:
            return self._source
        if self._main is None:
            raise FileUnreadable(NOBODYS, hint="Name the organization with --source CODE.")
        return _code(self._main)

    def rows(self) -> Iterator[Raw | Oddity]:
        """Yield the organization whose export this is, the other districts, then the schools with their places."""
        main = self._main
        districts = [node for _, node in sorted(self._districts.nodes.items()) if node is not main]
        for node in (main, *districts) if main else districts:
            self._export.report_unread(node, READ if node.name == SCHOOL else OF_DISTRICT)
            yield Raw(Kind.ORGANIZATION, self._organization(node), node.file, node.line)
        if main and districts:
            number, whose = len(districts) + 1, self.owner
            message = f"The export names {number} districts; its programs are taken to be those of {whose!r}."
            yield Oddity(RowProblem(message, hint="Load each district's export by itself."), main.file, main.line)
        schools = [node for _, node in sorted(self._schools.nodes.items())]
        places = {_id(school): place for school in schools if (place := address(self._export, school))}
        for school in schools:
            yield from _location(school, places.get(_id(school)))
        for school in schools:
            yield Raw(Kind.SCHOOL, self._school(school, is_placed=_id(school) in places), school.file, school.line)

    @cached_property
    def _main(self) -> Node | None:
        """The district with the most schools, else the only school there is."""
        sizes = Counter(self._homes.values())
        districts = sorted(self._districts.nodes, key=lambda key: (-sizes[key], key))
        if districts:
            return self._districts.nodes[districts[0]]
        schools = list(self._schools.nodes.values())
        return schools[0] if len(schools) == 1 else None

    @cached_property
    def _homes(self) -> Mapping[str, str]:
        """The id of each school's district, by the school's id."""
        named = "LocalEducationAgencyReference"
        return {key: self._export.organization(node, named) for key, node in self._schools.nodes.items()}

    def _organization(self, node: Node) -> Mapping[str, Any]:
        fields = present(code=self._code(node), name=_name(node), source_id=_id(node), website=node.of("WebSite"))
        return {**fields, "sector": "EDUCATION"}

    def _code(self, node: Node) -> str:
        """Return an organization's code; two districts of one name are told apart by their ids."""
        if node is self._main:
            return self.owner
        code = _code(node)
        return f"{code}-{_id(node)}" if code == self.owner else code

    def _school(self, school: Node, *, is_placed: bool) -> Mapping[str, Any]:
        self._export.report_unread(school, READ)
        key = _id(school)
        district = self._districts.nodes.get(self._homes[key])
        grades = (self._export.meaning("grades", level) for level in school.all("GradeLevel"))
        return present(
            code=key,
            name=_name(school),
            organization=self._code(district) if district else self.owner,
            location=_place_code(school) if is_placed else None,
            grades=tuple(dict.fromkeys(filter(None, grades))),
        )


def _location(school: Node, place: Address | None) -> Iterator[Raw]:
    if place:
        fields = present(code=_place_code(school), name=_name(school), **place.at())
        yield Raw(Kind.LOCATION, fields, school.file, place.line)


def _id(node: Node) -> str:
    return node.of(f"{node.name}Id")


def _name(node: Node) -> str:
    return node.of("NameOfInstitution") or _id(node)


def _code(node: Node) -> str:
    return slug(_name(node)) or _id(node)


def _place_code(school: Node) -> str:
    return f"school-{_id(school)}"
