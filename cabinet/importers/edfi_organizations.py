"""The district of an Ed-Fi export and its schools, with where they are."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from cabinet.errors import FileUnreadable, RowProblem
from cabinet.importers.edfi_export import Export
from cabinet.importers.edfi_once import Once
from cabinet.importers.edfi_places import address
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
        *("EducationOrganizationIdentificationCode", "NameOfInstitution", "ShortNameOfInstitution", "WebSite"),
        *("EducationOrganizationCategory", "Address", "LocalEducationAgencyId", "SchoolId", "GradeLevel"),
        *("LocalEducationAgencyReference",),
    }
)
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

    @property
    def owner(self) -> str:
        """The code of the organization whose records these are. Raises FileUnreadable if nobody says."""
        main = self._main()
        if self._source:
            return self._source
        if main is None:
            raise FileUnreadable(NOBODYS, hint="Name the organization with --source CODE.")
        return _code(main)

    def rows(self) -> Iterator[Raw | Oddity]:
        """Yield the organization whose export this is, the other districts, then the schools with their places."""
        main = self._main()
        if main is not None:
            yield _raw(Kind.ORGANIZATION, main, _organization(main, self.owner))
        others = [node for _, node in sorted(self._districts.nodes.items()) if node is not main]
        for node in others:
            yield _raw(Kind.ORGANIZATION, node, _organization(node, _code(node)))
        if main is not None and others:
            message = (
                f"The export names {len(others) + 1} districts; its programs are taken to be {self.owner!r}'s."
            )
            yield Oddity(RowProblem(message, hint="Load each district's export by itself."), main.file, main.line)
        schools = [node for _, node in sorted(self._schools.nodes.items())]
        for school in schools:
            yield from self._place(school)
        for school in schools:
            yield _raw(Kind.SCHOOL, school, self._school(school))

    def _main(self) -> Node | None:
        """Return the district with the most schools, else the only school there is."""
        schools = list(self._schools.nodes.values())
        sizes = Counter(self._district_of(school) for school in schools)
        districts = sorted(self._districts.nodes, key=lambda key: (-sizes[key], key))
        if districts:
            return self._districts.nodes[districts[0]]
        return schools[0] if len(schools) == 1 else None

    def _district_of(self, school: Node) -> str:
        if school.first("LocalEducationAgencyReference") is None:
            return ""
        return self._export.organization(school, "LocalEducationAgencyReference")

    def _school(self, school: Node) -> Mapping[str, Any]:
        self._export.report_unread(school, READ)
        district = self._districts.nodes.get(self._district_of(school))
        grades = (self._export.meaning("grades", level) for level in school.all("GradeLevel"))
        return present(
            code=school.of("SchoolId"),
            name=_name(school),
            organization=_code(district) if district and district is not self._main() else self.owner,
            location=_place_code(school) if address(school) else None,
            grades=tuple(dict.fromkeys(filter(None, grades))),
        )

    def _place(self, school: Node) -> Iterator[Raw]:
        if place := address(school):
            fields = present(code=_place_code(school), name=_name(school), **place.at())
            yield Raw(Kind.LOCATION, fields, school.file, place.line)


def _raw(kind: Kind, node: Node, fields: Mapping[str, Any]) -> Raw:
    return Raw(kind, fields, node.file, node.line)


def _organization(node: Node, code: str) -> Mapping[str, Any]:
    fields = present(code=code, name=_name(node), source_id=_id(node), website=node.of("WebSite"))
    return {**fields, "sector": "EDUCATION"}


def _id(node: Node) -> str:
    return node.of(f"{node.name}Id")


def _name(node: Node) -> str:
    return node.of("NameOfInstitution") or _id(node)


def _code(node: Node) -> str:
    return slug(_name(node)) or _id(node)


def _place_code(school: Node) -> str:
    return f"school-{school.of('SchoolId')}"
