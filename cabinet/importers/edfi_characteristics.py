"""What an Ed-Fi export says of a student for a time: by kind of program, by service, and in so many words."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from cabinet.errors import EndsBeforeBegins, RowInvalid
from cabinet.importers.edfi_enrollments import said_by, services
from cabinet.importers.edfi_export import Export
from cabinet.importers.edfi_stays import Stay
from cabinet.importers.xml_records import Node, Place
from cabinet.tables.terms import CharacteristicKind, CharacteristicValue


@dataclass(frozen=True, slots=True)
class Said:
    """A characteristic, and its period; without one it holds for as long as the student is at the school."""

    kind: str
    value: str
    begins: date | None
    ends: date | None
    place: Place

    def row(self, begins: date, ends: date | None) -> Mapping[str, Any]:
        fields = {"kind": self.kind, "value": self.value, "begins": begins.isoformat()}
        return {**fields, "ends": ends.isoformat()} if ends else fields


@dataclass(frozen=True)
class Program:
    """Which elements narrow what a kind of association says, beside its own BeginDate and EndDate."""

    begins: str = ""
    ends: tuple[str, ...] = ()
    unless: str = ""
    """The element that is false where the student is in the program without having the characteristic."""


PROGRAMS: Mapping[str, Program] = {
    "StudentSpecialEducationProgramAssociation": Program(
        "IEPBeginDate", ("SpecialEducationExitDate", "IEPEndDate"), "IdeaEligibility"
    ),
    "StudentMigrantEducationProgramAssociation": Program(ends=("EligibilityExpirationDate",)),
    "StudentSection504ProgramAssociation": Program(unless="Section504Eligibility"),
}
DIRECT = "DirectCertification"
NEVER_HELD = "What {} says ends before it begins; it was not taken as a characteristic."
NO_PERIOD = RowInvalid(
    "A characteristic without a period was passed over, as no enrollment in a school says from when.",
    hint="Export StudentSchoolAssociation with it.",
)
READ = frozenset(
    {name for each in PROGRAMS.values() for name in (each.begins, *each.ends, each.unless) if name} | {DIRECT}
)


def by_association(export: Export, association: Node) -> Iterator[Said]:
    """Yield what being in a program, and getting its services, says of a student."""
    begins, ends = export.day(association.first("BeginDate")), export.day(association.first("EndDate"))
    if begins is None:
        return
    kind = export.codes.find("kind_characteristics", association.name)
    how = PROGRAMS.get(association.name, Program())
    if kind and not (how.unless and export.truth(association, how.unless) is False):
        yield from _narrowed(export, association, kind, how, begins, ends)
    if export.truth(association, DIRECT):
        disadvantaged = CharacteristicKind.ECONOMICALLY_DISADVANTAGED
        yield from _sound(export, disadvantaged, begins, ends, association)
    for service in services(association):
        if kind := export.codes.find("service_characteristics", said_by(service).text):
            own = Program("ServiceBeginDate", ("ServiceEndDate",))
            yield from _narrowed(export, service, kind, own, begins, ends)


def by_words(export: Export, association: Node) -> Iterator[Said]:
    """Yield what a StudentEducationOrganizationAssociation says, with its periods if there are any."""
    for item in association.all("StudentCharacteristic"):
        kind = export.meaning("characteristics", item.first("StudentCharacteristic") or item)
        periods = item.all("Period") or [item]
        for period in periods if kind else ():
            begins, ends = export.day(period.first("BeginDate")), export.day(period.first("EndDate"))
            if begins or not period.of("BeginDate"):
                yield from _sound(export, kind, begins, ends, item)
        export.report_unread(item, ("StudentCharacteristic", "Period", "BeginDate", "EndDate"))
    english = association.first("LimitedEnglishProficiency")
    if english and (value := export.meaning("english_proficiency", english)):
        yield Said(CharacteristicKind.ENGLISH_LEARNER, value, None, None, english.place)


def periods(export: Export, said: Iterable[Said], stay: Stay | None) -> Iterator[tuple[Said, date, date | None]]:
    """Yield what was said with its period, or with that of the stay at a school; report what neither dates."""
    for each in said:
        begins = each.begins or (stay.begins if stay else None)
        ends = each.ends if each.begins or each.ends or stay is None else stay.ends
        if begins is None:
            export.report(NO_PERIOD, each.place)
        elif ends is None or begins <= ends:
            yield each, begins, ends
        else:
            export.report(EndsBeforeBegins(NEVER_HELD.format(each.place.name)), each.place)


def rows(said: Iterable[tuple[Said, date, date | None]]) -> tuple[Mapping[str, Any], ...]:
    """Return what was said as fields of a child's row, once for each kind and beginning, in an order of its own.

    Of two that begin together a yes counts before a no, and the one that lasts longer.
    """
    best: dict[tuple[str, date], tuple[Said, date, date | None]] = {}
    for one in sorted(said, key=lambda each: (each[0].value, each[2] or date.max)):
        best[one[0].kind, one[1]] = one
    return tuple(item.row(begins, ends) for _, (item, begins, ends) in sorted(best.items()))


def _narrowed(
    export: Export, node: Node, kind: str, how: Program, begins: date, ends: date | None
) -> Iterator[Said]:
    """Yield a characteristic from the latest beginning to the earliest end of an association and its part."""
    ends = min(filter(None, (ends, *(export.day(node.first(name)) for name in how.ends))), default=None)
    own = export.day(node.first(how.begins)) if how.begins else None
    if own and (ends is None or own <= ends):
        begins = max(begins, own)
    yield from _sound(export, kind, begins, ends, node)


def _sound(export: Export, kind: str, begins: date | None, ends: date | None, node: Node) -> Iterator[Said]:
    if begins and ends and ends < begins:
        export.report(EndsBeforeBegins(NEVER_HELD.format(node.name)), node)
    else:
        yield Said(kind, CharacteristicValue.YES, begins, ends, node.place)
