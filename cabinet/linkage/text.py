"""Names, streets and dates as text that can be compared letter by letter."""

import re
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files

from anyascii import anyascii

_SPLIT = re.compile(r"[^a-z0-9]+")
_PARTICLES = frozenset(
    {
        *(
            "da",
            "de",
            "del",
            "della",
            "der",
            "des",
            "di",
            "do",
            "dos",
            "du",
            "el",
            "la",
            "las",
            "le",
            "los",
            "san",
        ),
        *("van", "von", "y", "ii", "iii", "iv", "jr", "sr"),
    }
)
_STREET_WORDS = frozenset(
    {
        *(
            "alley",
            "aly",
            "ave",
            "av",
            "avenue",
            "blvd",
            "boulevard",
            "cir",
            "circle",
            "ct",
            "court",
            "dr",
            "drive",
        ),
        *("hwy", "highway", "ln", "lane", "pike", "pkwy", "parkway", "pl", "place", "plz", "plaza", "rd", "road"),
        *(
            "sq",
            "square",
            "st",
            "str",
            "street",
            "ter",
            "terrace",
            "trl",
            "trail",
            "way",
            "e",
            "east",
            "n",
            "north",
        ),
        *("s", "south", "w", "west"),
    }
)
_FILLERS = ("of", "the")
_UNIT = re.compile(r"\s(?:apartment|apt|unit|suite|ste|no|#)\.?\s*#?\s*(\S+)\s*$|\s#\s*(\S+)\s*$")
_DIGITS = str.maketrans("oOQ|lIiZzSsBgq", "00011112255899")
"""Letters that an eye or a scanner takes for digits."""

DATE_FIGURES, PHONE_FIGURES = 8, 10
ENOUGH_FIGURES = 6
"""Figures a date needs at least, to be compared with others figure by figure."""


def words(text: str | None) -> tuple[str, ...]:
    """Return the words of a name in plain lower-case letters: `José-Luis O'Brien` is jose, luis, obrien.

    Letters of every script are written with Latin ones, so that Юлия and Yuliya are the same.
    """
    if not text:
        return ()
    plain = text.lower() if text.isascii() else anyascii(text).lower()
    plain = plain.replace("'", "").replace("`", "").replace(".", "").replace("|", "l")
    return tuple(word for word in _SPLIT.split(plain) if word)


@lru_cache(maxsize=100_000)
def name_words(name: str | None) -> tuple[str, ...]:
    """Return the words of a name; none for a lone initial, and none where the words only stand in for a name."""
    found = words(name)
    is_initial = len("".join(found)) == 1
    is_stand_in = " ".join(found) in _stand_ins() or {*_stand_ins(), *_FILLERS}.issuperset(found)
    return () if is_initial or is_stand_in else found


def main_words(found: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words of a name without particles and suffixes, unless it is made of nothing else."""
    return tuple(word for word in found if word not in _PARTICLES) or found


@lru_cache(maxsize=100_000)
def roots(word: str) -> tuple[str, ...]:
    """Return the names that a given name may stand for, itself included, in alphabetical order."""
    return tuple(sorted({word, *_nicknames().get(word, ())}))


@lru_cache(maxsize=100_000)
def sound(word: str) -> str:
    """Return the American Soundex of a plain word (National Archives, 2007): a letter and three figures."""
    figures = [_SOUNDEX.get(letter, "") for letter in word]
    kept, last = word[:1], figures[:1]
    for letter, figure in zip(word[1:], figures[1:], strict=True):
        if figure and [figure] != last:
            kept += figure
        if letter not in "hw":
            last = [figure]
    return f"{kept}000"[:4]


def birth_digits(birth: date | str | None) -> str | None:
    """Return a birth date as YYYYMMDD, with figures in place of letters that look like them."""
    if isinstance(birth, date):
        return f"{birth:%Y%m%d}".rjust(8, "0")
    figures = re.sub(r"\D", "", (birth or "").translate(_DIGITS))
    return figures if ENOUGH_FIGURES <= len(figures) <= DATE_FIGURES else None


@lru_cache(maxsize=100_000)
def address_parts(address: str | None) -> tuple[str | None, str | None, str | None]:
    """Return house number, street and unit of an address line, each None where it is not there.

    The street comes without its kind and direction, which are written in too many ways, unless it has no other
    name.
    """
    line = " ".join((anyascii(address) if address else "").lower().split())
    unit = _UNIT.search(line)
    found = words(line[: unit.start()] if unit else line)
    has_number = bool(found) and found[0][0].isdigit()
    street = found[1:] if has_number else found
    named = "".join(word for word in street if word not in _STREET_WORDS) or "".join(street)
    return found[0] if has_number else None, named or None, (unit[1] or unit[2]) if unit else None


def phone_digits(phone: str) -> str | None:
    """Return the last ten figures of a telephone number: the North American number without country and marks."""
    figures = re.sub(r"\D", "", phone)[-PHONE_FIGURES:]
    return figures if len(figures) == PHONE_FIGURES and len(set(figures)) > 1 else None


def _lines(name: str) -> list[str]:
    text = (files("cabinet.linkage") / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@cache
def _stand_ins() -> frozenset[str]:
    return frozenset(_lines("not_names.txt"))


@cache
def _nicknames() -> dict[str, list[str]]:
    """Return the names that each short one stands for."""
    found: dict[str, list[str]] = {}
    for line in _lines("nicknames.txt"):
        name, _, shorts = line.partition(":")
        for short in shorts.split():
            found.setdefault("".join(words(short)), []).append(name)
    return found


_SOUNDEX = {
    letter: figure
    for figure, letters in {"1": "bfpv", "2": "cgjkqsxz", "3": "dt", "4": "l", "5": "mn", "6": "r"}.items()
    for letter in letters
}
