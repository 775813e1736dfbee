"""Enrollments: who comes to each program, first come first served while there are seats."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from random import Random

from cabinet.demo.chance import pick, stream
from cabinet.demo.clock import Clock, Season
from cabinet.demo.needs import Need
from cabinet.demo.people import Person
from cabinet.demo.reach import reach_of
from cabinet.demo.town import SERVICE_TYPES, Entry, Program, Town
from cabinet.tables.terms import EnrollmentStatus

Status = EnrollmentStatus

LEAVES_SHARE = {Entry.OPEN: 0.1, Entry.BY_NEED: 0.13, Entry.BY_TRAIT: 0.03}
WITHDRAWN_REASONS = {
    "Moved away": 0.3,
    "Schedule conflict": 0.27,
    "Transportation": 0.23,
    "Family decision": 0.2,
}
COMPLETED_REASONS = {
    Entry.OPEN: "Session completed",
    Entry.BY_NEED: "Goals met",
    Entry.BY_TRAIT: "No longer eligible",
}
COMPLETED_SHARE = {Entry.OPEN: 0.25, Entry.BY_NEED: 0.6, Entry.BY_TRAIT: 0.5}
SUMMER_DROPOUT_SHARE = 0.1

APPLICANT_OUTCOMES = {Status.ENROLLED: 0.94, Status.REFERRED: 0.035, Status.NOT_ENROLLED: 0.025}
UNMET_OUTCOMES = {None: 0.7, Status.WAITLISTED: 0.16, Status.REFERRED: 0.09, Status.NOT_ENROLLED: 0.05}
"""What becomes of an identified need that no program meets: mostly nothing on record."""


@dataclass(frozen=True, slots=True)
class Enrollment:
    child: Person
    program: Program
    site: str
    status: Status
    begins: date
    ends: date | None = None
    exit_reason: str | None = None

    @property
    def holds_seat(self) -> bool:
        return self.status is Status.ENROLLED


@dataclass(frozen=True, slots=True)
class _Application:
    begins: date
    child: Person
    outcome: Status


def enrollments(
    town: Town, everyone: tuple[Person, ...], needs: Iterable[Need], clock: Clock, seed: int
) -> tuple[Enrollment, ...]:
    rng = stream(seed, town.community.code, "enrollments")
    desk = _Desk(town, clock, rng, _needing(needs))
    return tuple(
        enrollment
        for program in town.programs
        if program.entry is not Entry.CONTACT
        for enrollment in desk.enroll(program, everyone)
    )


def _needing(needs: Iterable[Need]) -> dict[str, dict[Person, date]]:
    found: dict[str, dict[Person, date]] = {}
    for need in needs:
        found.setdefault(need.service_type, {})[need.child] = need.opened
    return found


@dataclass(frozen=True)
class _Desk:
    town: Town
    clock: Clock
    rng: Random
    needing: Mapping[str, Mapping[Person, date]]

    def enroll(self, program: Program, everyone: Iterable[Person]) -> Iterator[Enrollment]:
        """Yield a program's enrollments, at most one a child, seating applicants in the order they came."""
        taken: Counter[str] = Counter()
        for application in sorted(self._applications(program, everyone), key=_order):
            site = self._site(program, application.child)
            is_full = program.seats is not None and taken[site] >= program.seats
            enrollment = self._decide(program, site, application, is_full=is_full)
            taken[site] += enrollment.holds_seat
            yield enrollment

    def _applications(self, program: Program, everyone: Iterable[Person]) -> Iterator[_Application]:
        reach = reach_of(self.town, program)
        for child, since in self._candidates(program, everyone):
            outcome = self._outcome(program, comes=self.rng.random() < reach(child))
            if outcome is not None:
                yield _Application(self.clock.begin(self.rng, program.season, since), child, outcome)

    def _candidates(self, program: Program, everyone: Iterable[Person]) -> Iterator[tuple[Person, date | None]]:
        kind = SERVICE_TYPES[program.service_types[0]]
        needing = self.needing.get(kind.code, {})
        wanted = frozenset(kind.need_characteristics)
        for child in everyone:
            if not child.may_use(kind.code) or not self.town.reaches(program, child.district_id):
                continue
            if program.entry is Entry.BY_NEED and child not in needing:
                continue
            if program.entry is Entry.BY_TRAIT and not (
                wanted & child.traits and self._is_offered(program, child)
            ):
                continue
            yield child, needing.get(child)

    def _is_offered(self, program: Program, child: Person) -> bool:
        return child.school in program.sites

    def _outcome(self, program: Program, *, comes: bool) -> Status | None:
        if not comes:
            return pick(self.rng, UNMET_OUTCOMES) if program.entry is Entry.BY_NEED else None
        return Status.ENROLLED if program.seats is None else pick(self.rng, APPLICANT_OUTCOMES)

    def _site(self, program: Program, child: Person) -> str:
        if child.school in program.sites:
            return child.school
        return self.rng.choice(self.town.nearest_sites(program, child.place))

    def _decide(self, program: Program, site: str, application: _Application, *, is_full: bool) -> Enrollment:
        child, begins, status = application.child, application.begins, application.outcome
        if status is Status.ENROLLED and is_full:
            status = Status.WAITLISTED
        if program.season is Season.SUMMER and self.clock.summer_is_over:
            return self._after_summer(program, site, child, begins, status)
        if status is Status.ENROLLED and self.rng.random() < LEAVES_SHARE[program.entry]:
            return self._left(program, site, child, begins)
        reason = "Family declined" if status is Status.NOT_ENROLLED else None
        return Enrollment(child, program, site, status, begins, exit_reason=reason)

    def _left(self, program: Program, site: str, child: Person, begins: date) -> Enrollment:
        ends = self.clock.end(self.rng, program.season, begins)
        if ends is None:
            return Enrollment(child, program, site, Status.ENROLLED, begins)
        if self.rng.random() < COMPLETED_SHARE[program.entry]:
            reason = COMPLETED_REASONS[program.entry]
            return Enrollment(child, program, site, Status.COMPLETED, begins, ends, reason)
        return Enrollment(child, program, site, Status.WITHDRAWN, begins, ends, pick(self.rng, WITHDRAWN_REASONS))

    def _after_summer(
        self, program: Program, site: str, child: Person, begins: date, status: Status
    ) -> Enrollment:
        """Close what a summer program still had open on its last day."""
        if status is not Status.ENROLLED:
            reason = "No seat" if status is Status.WAITLISTED else "Family declined"
            return Enrollment(child, program, site, Status.NOT_ENROLLED, begins, exit_reason=reason)
        ends = max(begins, self.clock.summer_ends)
        if self.rng.random() < SUMMER_DROPOUT_SHARE:
            ends = self.clock.end(self.rng, program.season, begins) or ends
            return Enrollment(
                child, program, site, Status.WITHDRAWN, begins, ends, pick(self.rng, WITHDRAWN_REASONS)
            )
        return Enrollment(child, program, site, Status.COMPLETED, begins, ends, "Season completed")


def _order(application: _Application) -> tuple[date, int]:
    return application.begins, application.child.number
