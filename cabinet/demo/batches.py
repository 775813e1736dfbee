"""The demo's rows in the order intake needs them: places and supply, then children, then what they do."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cabinet.demo import supply
from cabinet.demo.encounters import CODES, Encounter
from cabinet.demo.enrollments import Enrollment
from cabinet.demo.needs import Need
from cabinet.demo.people import Person
from cabinet.demo.sources import Fields, Sources, said
from cabinet.demo.story import Story
from cabinet.demo.town import Organization
from cabinet.intake.rows import Kind

BATCH_ROWS = 1_000


@dataclass(frozen=True)
class DemoBatch:
    """Rows of one kind as one organization says them; the organizations themselves are the first batch."""

    source: str
    kind: Kind
    rows: Sequence[Mapping[str, Any]]


def batches_of(story: Story) -> Iterator[DemoBatch]:
    yield from _places(story)
    yield from _supply(story)
    sources = Sources(story.town, story.clock, story.seed)
    for organization in story.town.organizations:
        if organization.has_roster:
            rows = [sources.child_row(organization, child) for child in story.roster(organization.code)]
            yield from _cut(organization, Kind.CHILD, rows)
    for organization in story.town.organizations:
        said = _Said(organization, sources)
        yield from _cut(organization, Kind.ENROLLMENT, said.enrollments(story))
        yield from _cut(organization, Kind.ENCOUNTER, said.encounters(story))
        yield from _cut(organization, Kind.NEED, said.needs(story))


def _places(story: Story) -> Iterator[DemoBatch]:
    town = story.town
    first = town.organizations[0].code
    yield DemoBatch(first, Kind.ORGANIZATION, supply.organization_rows(town))
    yield DemoBatch(first, Kind.NEIGHBORHOOD, supply.neighborhood_rows(town))
    yield DemoBatch(first, Kind.LOCATION, supply.location_rows(town))
    yield DemoBatch(first, Kind.SCHOOL, supply.school_rows(town))


def _supply(story: Story) -> Iterator[DemoBatch]:
    seats = supply.Seats(story)
    steps = (
        (Kind.PROGRAM, supply.program_rows),
        (Kind.SERVICE, supply.service_rows),
        (Kind.CAPACITY, seats.rows),
    )
    for kind, rows_of in steps:
        for organization in story.town.organizations:
            own = [program for program in story.town.programs if program.organization == organization.code]
            yield from _cut(organization, kind, rows_of(own))


def _cut(organization: Organization, kind: Kind, rows: Sequence[Fields]) -> Iterator[DemoBatch]:
    for start in range(0, len(rows), BATCH_ROWS):
        yield DemoBatch(organization.code, kind, rows[start : start + BATCH_ROWS])


@dataclass(frozen=True)
class _Said:
    """What one organization reports of the story."""

    organization: Organization
    sources: Sources

    def enrollments(self, story: Story) -> list[Fields]:
        own = (item for item in story.enrollments if item.program.organization == self.organization.code)
        return [self._enrollment(f"E{number:05d}", item) for number, item in enumerate(own, 1)]

    def encounters(self, story: Story) -> list[Fields]:
        own = (item for item in story.encounters if item.source == self.organization.code)
        return [self._encounter(f"V{number:05d}", item) for number, item in enumerate(own, 1)]

    def needs(self, story: Story) -> list[Fields]:
        own = (item for item in story.needs if item.source == self.organization.code)
        return [self._need(f"N{number:05d}", item) for number, item in enumerate(own, 1)]

    def _enrollment(self, number: str, item: Enrollment) -> Fields:
        return {
            **self._about(number, item.child),
            "program": item.program.code,
            "status": item.status.value,
            "begins": item.begins.isoformat(),
            **said(ends=_text(item.ends), exit_reason=item.exit_reason),
            **self.sources.circumstances(self.organization, item.child),
        }

    def _encounter(self, number: str, item: Encounter) -> Fields:
        return {
            **self._about(number, item.child),
            "service_type": item.service_type,
            "kind": item.kind.value,
            "occurred_on": item.occurred_on.isoformat(),
            **said(code=CODES.get(item.service_type)),
        }

    def _need(self, number: str, item: Need) -> Fields:
        return {
            **self._about(number, item.child),
            "service_type": item.service_type,
            "basis": item.basis.value,
            "opened": item.opened.isoformat(),
            **said(resolved=_text(item.resolved)),
        }

    def _about(self, number: str, child: Person) -> Fields:
        record_id = f"{self.organization.prefix}-{number}"
        return {"record_id": record_id, "child": self.sources.reference(self.organization, child)}


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None
