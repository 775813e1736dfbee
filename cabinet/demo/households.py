"""Households: where they live, how they fare, and when their children were born."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from random import Random

from cabinet.demo.chance import pick
from cabinet.demo.clock import Clock, between
from cabinet.demo.names import BACKGROUNDS, Background, Races
from cabinet.demo.town import Place, Town
from cabinet.tables.terms import CharacteristicValue

PUBLIC = CharacteristicValue.PUBLIC_INSURANCE
PRIVATE = CharacteristicValue.PRIVATE_INSURANCE
UNINSURED = CharacteristicValue.UNINSURED

OLDEST_DAYS = 19 * 365 + 4
YOUNGEST_DAYS = 10
CHILDREN_AT_HOME = {1: 0.36, 2: 0.38, 3: 0.18, 4: 0.08}
SPACING_DAYS = (500, 1_600)
TWIN_SHARE = 0.022
MIXED_SHARE = 0.12
SHARE_OF_APARTMENTS = (0.2, 0.75)
UNINSURED_SHARE, UNINSURED_OTHER_LANGUAGE = (0.035, 0.13), 1.7
PUBLIC_SHARE = (0.12, 0.78)
"""Pairs are shares by whether the household is poor: the first where it is not."""

STREETS = (
    *("Anchor Street", "Bayberry Lane", "Canal Street", "Chestnut Street", "Cooper Street", "Dock Street"),
    *("Elm Street", "Forge Road", "Garden Court", "Granite Street", "High Street", "Juniper Way"),
    *("Lantern Lane", "Maple Avenue", "Mariner Road", "Meadow Street", "Oak Street", "Pier Street"),
    *("Pine Street", "Prospect Street", "Schooner Way", "Spring Street", "Tide Street", "Willow Street"),
)
STREETS_A_PLACE = 6


@dataclass(frozen=True)
class Household:
    number: int
    place: Place
    poor: bool
    backgrounds: tuple[Background, ...]
    races: Races
    family_name: str
    address: str
    postal_code: str
    other_language: bool
    insurance: CharacteristicValue
    births: tuple[date, ...]


def households(town: Town, clock: Clock, rng: Random) -> Iterator[Household]:
    """Yield households without end; the same town and chance yield the same ones."""
    weights = {place: place.weight for place in town.places}
    for number in count(1):
        yield _household(number, pick(rng, weights), clock, rng)


def _household(number: int, place: Place, clock: Clock, rng: Random) -> Household:
    poor = rng.random() < place.poverty
    backgrounds = _backgrounds(place, rng)
    other_language = rng.random() < backgrounds[0].other_language
    return Household(
        number=number,
        place=place,
        poor=poor,
        backgrounds=backgrounds,
        races=_races(backgrounds, rng),
        family_name=rng.choice(backgrounds[0].families),
        address=_address(place, rng, poor=poor),
        postal_code=rng.choice(place.postal_codes),
        other_language=other_language,
        insurance=_insurance(rng, poor=poor, other_language=other_language),
        births=_births(clock, rng),
    )


def _backgrounds(place: Place, rng: Random) -> tuple[Background, ...]:
    first = BACKGROUNDS[pick(rng, place.origins)]
    second = BACKGROUNDS[pick(rng, place.origins)]
    return (first, second) if second is not first and rng.random() < MIXED_SHARE else (first,)


def _races(backgrounds: tuple[Background, ...], rng: Random) -> Races:
    drawn = {race for background in backgrounds for race in pick(rng, background.races)}
    return tuple(sorted(drawn))


def _address(place: Place, rng: Random, *, poor: bool) -> str:
    first_street = (place.cell[0] * 5 + place.cell[1] * 7) % len(STREETS)
    street = STREETS[(first_street + rng.randrange(STREETS_A_PLACE)) % len(STREETS)]
    apartment = f" Apt {rng.randint(1, 4)}{rng.choice('ABCD')}" if rng.random() < SHARE_OF_APARTMENTS[poor] else ""
    return f"{rng.randint(1, 240)} {street}{apartment}"


def _insurance(rng: Random, *, poor: bool, other_language: bool) -> CharacteristicValue:
    uninsured = UNINSURED_SHARE[poor] * (UNINSURED_OTHER_LANGUAGE if other_language else 1)
    public = PUBLIC_SHARE[poor]
    return pick(rng, {PUBLIC: public, UNINSURED: uninsured, PRIVATE: 1 - public - uninsured})


def _births(clock: Clock, rng: Random) -> tuple[date, ...]:
    oldest, youngest = clock.days_ago(OLDEST_DAYS), clock.days_ago(YOUNGEST_DAYS)
    born = between(rng, oldest, youngest)
    births = [born]
    wanted = pick(rng, CHILDREN_AT_HOME)
    while len(births) < wanted:
        # Siblings are born before and after the first one drawn, so that no age is short of children.
        step = timedelta(days=rng.randint(*SPACING_DAYS))
        born = min(births) - step if rng.choice((True, False)) else max(births) + step
        wanted -= not oldest <= born <= youngest
        if oldest <= born <= youngest:
            births.append(born)
    if rng.random() < TWIN_SHARE:
        births.append(births[0])
    return tuple(births)
