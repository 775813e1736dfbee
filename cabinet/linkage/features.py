"""What is compared about children: a record made plain, once, so that every later comparison is cheap."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from cabinet.linkage.record import Record
from cabinet.linkage.text import (
    address_parts,
    birth_digits,
    main_words,
    name_words,
    phone_digits,
    roots,
    sound,
    words,
)
from cabinet.tables.terms import Sex

OLDEST = 26
"""Years. Some states teach young people with disabilities until they turn 26; older dates are a parent's."""

CROWD = 300
"""Records that may share a key. What more of them share is too common; they are found by their other keys."""


@dataclass(frozen=True, slots=True)
class Features:
    """A record as it is compared. Names of fields are names of columns; what is missing is None or empty.

    `given` and `family` are all letters of the name in one; `*_parts` its words without particles; `given_roots`
    the names it may be short for. `birth` is YYYYMMDD, `birth_order` the same with month and day in ascending
    order, so that a swapped date is equal in it. `ids` are `system=value`, `systems` the systems alone. Records
    are worth comparing if they share one of `keys`.
    """

    record_id: str
    given: str | None
    given_parts: list[str]
    given_roots: list[str]
    family: str | None
    family_parts: list[str]
    middle: str | None
    birth: str | None
    birth_order: str | None
    is_plausible: bool
    sex: str | None
    number: str | None
    street: str | None
    unit: str | None
    postal_code: str | None
    guardians: list[str]
    phones: list[str]
    ids: list[str]
    systems: list[str]
    keys: list[str]


def features_of(record: Record, as_of: date, oldest: int = OLDEST) -> Features:
    """Make a record comparable. A birth date counts in full for somebody up to `oldest` years old `as_of`."""
    given, family = name_words(record.given_name), name_words(record.family_name)
    given_parts, family_parts = list(main_words(given)), list(main_words(family))
    birth = birth_digits(record.birth_date)
    order = None if birth is None else birth[:4] + "".join(sorted((birth[4:6], birth[6:])))
    number, street, unit = address_parts(record.address)
    identifiers = sorted((system, plain) for system, value in record.identifiers.items() if (plain := _id(value)))
    given_roots = sorted({root for part in given_parts for root in roots(part)})
    phones = sorted({digits for phone in record.phones if (digits := phone_digits(phone))})
    ids = [f"{system}={value}" for system, value in identifiers]
    place = f"{number}/{street}" if number and street else None
    return Features(
        record_id=record.record_id,
        given="".join(given) or None,
        given_parts=given_parts,
        given_roots=given_roots,
        family="".join(family) or None,
        family_parts=family_parts,
        middle="".join(words(record.middle_name)) or None,
        birth=birth,
        birth_order=order,
        is_plausible=birth is not None and as_of.year - oldest <= int(birth[:4]) <= as_of.year,
        sex=None if record.sex is Sex.UNKNOWN else record.sex.value,
        number=number,
        street=street,
        unit=unit,
        postal_code="".join(words(record.postal_code))[:5] or None,
        guardians=_plain_names(record.guardians),
        phones=phones,
        ids=ids,
        systems=[system for system, _ in identifiers],
        keys=sorted({*_name_keys(given_roots, family_parts, birth), *_other_keys(order, place, phones, ids)}),
    )


def _name_keys(given_roots: Iterable[str], family_parts: list[str], birth: str | None) -> Iterator[str]:
    """Yield keys that outlive a nickname, one name of two, swapped names, or a misspelling in the right year."""
    ends = family_parts[:1] + family_parts[-1:]
    both = [(root, last) for root in given_roots for last in ends]
    yield from (" ".join(("name", *sorted(names))) for names in both)
    if birth:
        yield from (" ".join(("sound", *sorted(map(sound, names)), birth[:4])) for names in both)
        yield from (f"given {root} {birth[4:]}" for root in given_roots)
        yield from (f"family {last} {birth[:6]}" for last in ends)


def _other_keys(birth: str | None, place: str | None, phones: Iterable[str], ids: Iterable[str]) -> Iterator[str]:
    if birth:
        yield f"birth {birth}"
    if place:
        yield f"place {place}"
    yield from (f"phone {phone}" for phone in phones)
    yield from (f"id {identifier}" for identifier in ids)


def _plain_names(names: Iterable[str]) -> list[str]:
    return sorted({"".join(found) for name in names if (found := name_words(name))})


def _id(value: str) -> str:
    """Return an identifier's letters and figures without leading zeros, which spreadsheets drop."""
    return "".join(words(value)).lstrip("0")
