"""What each source knows of a child, and how it names the child when it reports on one."""

from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any

from cabinet.demo.chance import stream
from cabinet.demo.clock import Clock
from cabinet.demo.people import Person
from cabinet.demo.town import Organization, Town
from cabinet.tables.terms import CharacteristicKind, CharacteristicValue

Fields = dict[str, Any]

DISTRICT_STUDENT_ID = "DISTRICT_STUDENT_ID"

MISSPELLED_SHARE = 0.01
"""Enough that a community sees some children twice and has something to review."""
DISTRICT_ID_SHARE = {"HEALTH": 0.3, "OUT_OF_SCHOOL_TIME": 0.8}
NEIGHBORHOOD_SHARE = {"EDUCATION": 0.94, "HEALTH": 0.97, "OUT_OF_SCHOOL_TIME": 0.9}
RACE_SHARE = {"EDUCATION": 0.95, "HEALTH": 0.75}
ECONOMICALLY_KNOWN_SHARE = 0.96
OF_STANDING = (CharacteristicKind.ENGLISH_LEARNER, CharacteristicKind.IEP)
"""Characteristics a child mostly had in earlier years too."""


class Sources:
    """The records of every source; a source names a child the same way each time."""

    def __init__(self, town: Town, clock: Clock, seed: int) -> None:
        self.town, self.clock = town, clock
        self._rng: Random = stream(seed, town.community.code, "sources")
        self._identities: dict[tuple[str, int], Fields] = {}

    def reference(self, source: Organization, child: Person) -> Fields:
        if source.has_roster:
            return {"source_id": self._record_id(source, child)}
        return {"identity": self._identity(source, child)}

    def circumstances(self, source: Organization, child: Person) -> Fields:
        """Return what a source without a roster adds to an enrollment."""
        if source.has_roster:
            return {}
        return said(grade=child.grade, neighborhood=self._neighborhood(source, child))

    def child_row(self, source: Organization, child: Person) -> Fields:
        row: Fields = {
            "record_id": self._record_id(source, child),
            "identity": self._identity(source, child),
            "race_ethnicity": self._races(source, child),
            "school_year": self.clock.school_year,
            **said(neighborhood=self._neighborhood(source, child)),
        }
        if source.code != self.town.district:
            return {**row, "characteristics": [self._insurance(child)]}
        characteristics = list(self._characteristics(child))
        return {**row, **said(grade=child.grade, school=child.school), "characteristics": characteristics}

    def _record_id(self, source: Organization, child: Person) -> str:
        return f"{source.prefix}-{child.number:06d}"

    def _identity(self, source: Organization, child: Person) -> Fields:
        key = source.code, child.number
        if key not in self._identities:
            self._identities[key] = self._describe(source, child)
        return self._identities[key]

    def _describe(self, source: Organization, child: Person) -> Fields:
        is_district = source.code == self.town.district
        names = child.given_name, child.family_name
        is_misspelled = not is_district and self._rng.random() < MISSPELLED_SHARE
        identity: Fields = {
            "given_name": _misspell(names[0], self._rng) if is_misspelled else names[0],
            "family_name": names[1],
            "birth_date": child.birth_date.isoformat(),
            "sex": child.sex.value,
        }
        if not is_district:
            identity["postal_code"] = child.postal_code
        if source.sector == "HEALTH":
            identity["address"] = child.address
        if child.district_id and (is_district or (not is_misspelled and self._has_district_id(source))):
            identity["identifiers"] = {DISTRICT_STUDENT_ID: child.district_id}
        return identity

    def _has_district_id(self, source: Organization) -> bool:
        return self._rng.random() < DISTRICT_ID_SHARE[source.sector]

    def _races(self, source: Organization, child: Person) -> list[str]:
        if self._rng.random() >= RACE_SHARE[source.sector]:
            return []
        return [race.value for race in child.races]

    def _neighborhood(self, source: Organization, child: Person) -> str | None:
        return child.place.code if self._rng.random() < NEIGHBORHOOD_SHARE[source.sector] else None

    def _insurance(self, child: Person) -> Fields:
        return _characteristic(CharacteristicKind.INSURANCE, child.insurance, self._earlier(child))

    def _characteristics(self, child: Person) -> Iterator[Fields]:
        """Yield what the roster says, yes and no alike; attendance is not yet known of pre-kindergarten."""
        for kind in CharacteristicKind:
            if kind is CharacteristicKind.INSURANCE or not self._is_known(kind, child):
                continue
            has_it = kind in child.traits
            value = CharacteristicValue.YES if has_it else CharacteristicValue.NO
            begins = self._earlier(child) if has_it and kind in OF_STANDING else self.clock.year_begins
            yield _characteristic(kind, value, begins)

    def _is_known(self, kind: CharacteristicKind, child: Person) -> bool:
        if kind is CharacteristicKind.ECONOMICALLY_DISADVANTAGED:
            return self._rng.random() < ECONOMICALLY_KNOWN_SHARE
        return kind is not CharacteristicKind.CHRONICALLY_ABSENT or child.grade != "PK"

    def _earlier(self, child: Person) -> date:
        year_begins = self.clock.year_begins
        return max(child.birth_date, year_begins.replace(year=year_begins.year - 2))


def said(**fields: str | None) -> Fields:
    """Keep the fields a source has something to say in; what it does not know it leaves out."""
    return {name: value for name, value in fields.items() if value is not None}


def _characteristic(kind: CharacteristicKind, value: CharacteristicValue, begins: date) -> Fields:
    return {"kind": kind.value, "value": value.value, "begins": begins.isoformat()}


def _misspell(name: str, rng: Random) -> str:
    """Double or drop a letter after the first, as a hurried clerk does."""
    at = rng.randrange(1, len(name))
    return rng.choice((name[:at] + name[at] + name[at:], name[:at] + name[at + 1 :]))
