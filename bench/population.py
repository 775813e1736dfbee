"""Invented children as several sources write them down: households, twins, namesakes and the common mistakes.

Names are made of syllables, some frequent and most rare, as names are. The same seed makes the same children.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import accumulate
from random import Random
from typing import Any

from cabinet.linkage.record import Record
from cabinet.tables.terms import Sex

AS_OF = date(2026, 9, 1)
FIRST_BIRTH, BIRTH_DAYS = date(2008, 9, 1), 18 * 365
TWINS, MOVED, TWO_NAMES = 0.015, 0.06, 0.1
ONSETS = "b br c ch d dr f fr g gr h j k kl l m n p pr r s sh st t tr v w z".split()  # noqa: SIM905 - read as a text.
VOWELS = "a e i o u ai ea ia ou".split()  # noqa: SIM905 - read as a text.
CODAS = ["", "", "", "n", "r", "s", "l", "th", "ck", "nd", "m"]
SHORT = {"Alexander": "Alex", "Elizabeth": "Liz", "William": "Bill", "Katherine": "Kate", "Francisco": "Paco"}
EMPTY: dict[str, Any] = {"guardians": (), "phones": (), "sex": Sex.UNKNOWN, "identifiers": {}}
KEYS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Mistakes:
    """How often each field is written wrong or left out; `care` multiplies all of it."""

    typo: float = 0.03
    nickname: float = 0.5
    blank: float = 0.01
    swapped_date: float = 0.015
    wrong_figure: float = 0.015
    swapped_names: float = 0.004
    wrong_sex: float = 0.01


def seeded(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - invented children need repeatable chance, not secrets.


class Names:
    """Names of which the n-th is as frequent as 1 / (n + 10): a few are everywhere, most are in one family."""

    def __init__(self, chance: Random, count: int, syllables: int, first: Sequence[str] = ()) -> None:
        made = dict.fromkeys(first)
        while len(made) < count:
            parts = [chance.choice(ONSETS) + chance.choice(VOWELS) for _ in range(syllables - 1)]
            made["".join((*parts, chance.choice(ONSETS), chance.choice(VOWELS), chance.choice(CODAS))).title()] = (
                None
            )
        self._names = list(made)
        self._weights = list(accumulate(1 / (place + 10) for place in range(len(self._names))))

    def draw(self, chance: Random) -> str:
        return chance.choices(self._names, cum_weights=self._weights)[0]


def children(seed: int, count: int) -> list[Record]:
    """Return children of invented households; the record id is the child, and tells its household: `12-2`."""
    chance, found = seeded(seed), list[Record]()
    given = Names(chance, 60 + count // 30, 2, tuple(SHORT))
    family, street = Names(chance, 200 + count // 4, 3), Names(chance, 50 + count // 40, 3)
    while len(found) < count:
        found += household(chance, len(found), given, family, street)
    return found[:count]


def household(chance: Random, number: int, given: Names, family: Names, street: Names) -> Iterator[Record]:
    """Yield the children of one home: they share all that is the home's, and twins the birth date as well."""
    name, born = family.draw(chance), FIRST_BIRTH + timedelta(chance.randrange(BIRTH_DAYS))
    home = Record(
        "",
        family_name=f"{name}-{family.draw(chance)}" if chance.random() < TWO_NAMES else name,
        address=f"{chance.randrange(1, 2000)} {street.draw(chance)} St",
        postal_code=f"{60600 + chance.randrange(60)}",
        guardians=(f"{given.draw(chance)} {name}",),
        phones=(f"312 {chance.randrange(200, 999)} {chance.randrange(10**4):04}",),
    )
    called = list(dict.fromkeys(given.draw(chance) for _ in range(chance.choices((1, 2, 3, 4), (4, 4, 2, 1))[0])))
    for place, given_name in enumerate(called):
        if place and chance.random() > TWINS:
            born += timedelta(chance.randrange(330, 1500))
        if born > AS_OF:
            return
        yield replace(
            home,
            record_id=f"{number}-{place}",
            given_name=given_name,
            middle_name=given.draw(chance),
            birth_date=born,
            sex=chance.choice((Sex.FEMALE, Sex.MALE)),
        )


@dataclass(frozen=True)
class Written:
    """A source's records, and whose they are: to measure by, never to link by."""

    records: list[Record]
    child: dict[str, str]


def as_written(
    seed: int,
    of: Sequence[Record],
    prefix: str,
    *,
    share: float = 0.8,
    without: Collection[str] = (),
    care: float = 1,
) -> Written:
    """Return a share of the children as one source writes them down, without the fields it does not ask for."""
    chance, written, child = seeded(seed), list[Record](), dict[str, str]()
    for place, each in enumerate(chance.sample(list(of), round(share * len(of)))):
        record = replace(with_mistakes(chance, each, Mistakes(), care), record_id=f"{prefix}{place:06}")
        written.append(replace(record, **{name: EMPTY.get(name) for name in without}))
        child[record.record_id] = each.record_id
    return Written(written, child)


def with_mistakes(chance: Random, record: Record, of: Mistakes, care: float) -> Record:
    """Write a record down as people do."""

    def happens(rate: float) -> bool:
        return chance.random() < rate * care

    given, family, born = record.given_name or "", record.family_name or "", record.birth_date
    if given in SHORT and happens(of.nickname):
        given = SHORT[given]
    given, family = (misspelled(chance, name) if happens(of.typo) else name for name in (given, family))
    if happens(of.swapped_names):
        given, family = family, given
    if isinstance(born, date) and happens(of.swapped_date):
        born = f"{born.year}-{born.day:02}-{born.month:02}"
    elif happens(of.wrong_figure):
        born = f"{born}"[:-1] + chance.choice("0123456789")
    if happens(of.wrong_sex):
        record = replace(record, sex=Sex.MALE if record.sex is Sex.FEMALE else Sex.FEMALE)
    if happens(MOVED):
        record = replace(record, address=f"{chance.randrange(1, 2000)} {misspelled(chance, 'Elmwood')} Ave")
    return replace(
        record,
        given_name=None if happens(of.blank) else given,
        family_name=None if happens(of.blank) else family,
        birth_date=None if happens(of.blank) else born,
    )


def misspelled(chance: Random, name: str) -> str:
    """Change, drop, double or swap one letter."""
    place = chance.randrange(len(name))
    before, letter, after = name[:place], name[place], name[place + 1 :]
    return chance.choice(
        (
            before + chance.choice(KEYS) + after,
            before + after or name,
            before + letter + letter + after,
            before + after[:1] + letter + after[1:],
        )
    )
