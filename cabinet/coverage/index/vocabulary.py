"""How words are numbered in the columns. Zero is always what is not known."""

from collections.abc import Sequence

from cabinet.tables.terms import GRADES, CharacteristicKind, CharacteristicValue, RaceEthnicity, Sex

SEXES: Sequence[str] = (Sex.UNKNOWN, *(sex for sex in Sex if sex is not Sex.UNKNOWN))
RACES: Sequence[str] = tuple(RaceEthnicity)
KINDS: Sequence[str] = tuple(CharacteristicKind)
VALUES: Sequence[str] = ("UNKNOWN", *CharacteristicValue)
KNOWN_GRADES: Sequence[str] = ("UNKNOWN", *GRADES)

YES = VALUES.index(CharacteristicValue.YES)
SEVERAL = 1 << len(RACES)
"""The bit beside those of the races that says more than one was named."""


def sql_list(words: Sequence[str]) -> str:
    """Write words of our own vocabularies, which hold no quotes, as an SQL array."""
    return f"ARRAY[{', '.join(repr(str(word)) for word in words)}]::text[]"
