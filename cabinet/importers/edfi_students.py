"""The students of an Ed-Fi export: Student records, joined with what the export says of them elsewhere."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cabinet.errors import RowInvalid
from cabinet.importers.edfi_characteristics import Said, by_words, periods, rows
from cabinet.importers.edfi_export import Export, plain_day
from cabinet.importers.edfi_once import report_twice
from cabinet.importers.edfi_payload import identifier_of, received
from cabinet.importers.edfi_places import Address, address
from cabinet.importers.edfi_stays import Stay, present_stay, read_stay
from cabinet.importers.values import present
from cabinet.importers.xml_records import Node, Place
from cabinet.intake.rows import Kind, Raw
from cabinet.tables.terms import RaceEthnicity, Sex

STUDENT, STAY, SAID = "Student", "StudentSchoolAssociation", "StudentEducationOrganizationAssociation"
READ = frozenset(
    {
        *("StudentReference", "EducationOrganizationReference", "Sex", "Race", "HispanicLatinoEthnicity"),
        *("Address", "StudentIdentificationCode", "StudentCharacteristic", "LimitedEnglishProficiency"),
    }
)
TWO_SEXES = RowInvalid("The export says different sexes of one student; none was taken.", hint="")
OF_STUDENT: Mapping[str, tuple[str, ...]] = {
    "Student": ("StudentUniqueId", "Name", "BirthData"),
    "Name": ("FirstName", "MiddleName", "LastSurname"),
    "BirthData": ("BirthDate", "BirthSex"),
}
"""What is read of a Student record and of its parts; the rest is kept as received, and counted."""
NO_STUDENT = RowInvalid(
    "The export holds no Student of this id: the child is known by the id alone.",
    hint="Export Student records with it.",
)


@dataclass(slots=True)
class Facts:
    """What is said of one student beside the Student record, and where it was said first."""

    place: Place
    stays: tuple[Stay, ...] = ()
    characteristics: tuple[Said, ...] = ()
    races: tuple[str, ...] = ()
    sexes: tuple[str, ...] = ()
    address: Address | None = None
    identifiers: tuple[tuple[str, str], ...] = ()


class Students:
    def __init__(self, export: Export) -> None:
        self._export = export
        self._contents: dict[str, bytes] = {}
        self._facts: dict[str, Facts] = {}

    @property
    def ids(self) -> frozenset[str]:
        """The unique ids of the students whose Student record or school or characteristics the export holds."""
        return frozenset({*self._contents, *self._facts})

    @property
    def system(self) -> str:
        """The system of shared identifiers that StudentUniqueId belongs to; empty for none."""
        return self._export.codes.find("identifiers", "StudentUniqueId") or ""

    def stays_of(self, student: str) -> tuple[Stay, ...]:
        """Return a student's school associations."""
        facts = self._facts.get(student)
        return facts.stays if facts else ()

    def see(self, node: Node) -> None:
        """Remember a Student record's content: it is read again once everything else is known."""
        key, said = node.of("StudentUniqueId"), node.content()
        if not key:
            self._export.report(RowInvalid("A Student without StudentUniqueId was passed over.", hint=""), node)
            return
        self._export.holds(STUDENT, node.file)
        known = self._contents.setdefault(key, said)
        if known != said:
            report_twice(self._export, node, key)
            self._contents[key] = min(known, said)

    def add(self, student: str, association: Node) -> None:
        """Take in an association of a student with a school, or with an education organization."""
        if association.name == STAY:
            if stay := read_stay(self._export, association):
                self._at(student, association.place).stays += (stay,)
        else:
            self._learn(self._at(student, association.place), association)

    def characterise(self, student: str, said: Said) -> None:
        self._at(student, said.place).characteristics += (said,)

    def rows(self) -> Iterator[Raw]:
        """Yield a child a student, then those of whom the export holds no Student record."""
        left = dict(self._contents)
        for node in self._export.records({STUDENT}):
            key = node.of("StudentUniqueId")
            if key in left and left[key] == node.content():
                del left[key]
                yield self._child(key, node, self._facts.get(key) or Facts(node.place))
        for key in sorted(self._facts.keys() - self._contents.keys()):
            facts = self._facts[key]
            self._export.report(NO_STUDENT, facts.place)
            yield self._child(key, Node(facts.place.file, facts.place.line, STUDENT), facts)

    def _at(self, student: str, place: Place) -> Facts:
        return self._facts.setdefault(student, Facts(place))

    def _learn(self, facts: Facts, association: Node) -> None:
        export = self._export
        export.report_unread(association, READ)
        sexes = (export.meaning("sexes", association.first("Sex")),)
        races = [export.meaning("races", race.first("Race") or race) for race in association.all("Race")]
        if export.truth(association, "HispanicLatinoEthnicity"):
            races.append(RaceEthnicity.HISPANIC_OR_LATINO)
        codes = association.all("StudentIdentificationCode")
        identifiers = (item for code in codes for item in identifier_of(export, code).items())
        facts.sexes = _union(facts.sexes, sexes)
        facts.races = _union(facts.races, races)
        facts.address = min(filter(None, (facts.address, address(export, association))), default=None)
        facts.identifiers = tuple(sorted({*facts.identifiers, *identifiers}))
        facts.characteristics += tuple(by_words(export, association))

    def _child(self, key: str, node: Node, facts: Facts) -> Raw:
        for part in (node, *node.all(*OF_STUDENT)):
            self._export.report_unread(part, OF_STUDENT[part.name])
        stay = present_stay(self._export, facts.stays)
        fields = present(
            record_id=key,
            race_ethnicity=facts.races,
            school_year=stay.school_year if stay else None,
            grade=stay.grade if stay else "",
            school=stay.school if stay else "",
            characteristics=rows(periods(self._export, facts.characteristics, stay)),
            payload=received(node),
        )
        return Raw(Kind.CHILD, {**fields, "identity": self._identity(key, node, facts)}, node.file, node.line)

    def _identity(self, key: str, node: Node, facts: Facts) -> dict[str, Any]:
        sexes = [sex for sex in facts.sexes if sex != Sex.UNKNOWN]
        if len(sexes) > 1:
            self._export.report(TWO_SEXES, facts.place)
        birth_sex = self._export.meaning("sexes", node.first("BirthData", "BirthSex"))
        own = {self.system: key} if self.system else {}
        return present(
            given_name=node.of("Name", "FirstName"),
            middle_name=node.of("Name", "MiddleName"),
            family_name=node.of("Name", "LastSurname"),
            birth_date=plain_day(node.of("BirthData", "BirthDate")),
            sex=sexes[0] if len(sexes) == 1 else birth_sex,
            identifiers={**own, **dict(facts.identifiers)},
            **(facts.address.living() if facts.address else {}),
        )


def _union(known: Iterable[str], more: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({*known, *more} - {""}))
