"""What a population can be filtered and broken down by: one line each, named as DOMAIN has it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cabinet.sectors import SECTORS
from cabinet.tables.catalog import Label
from cabinet.tables.terms import GRADES, CharacteristicKind, CharacteristicValue, RaceEthnicity, Sex

UNKNOWN = "UNKNOWN"
MULTIPLE = "MULTIPLE"


class Dimension(StrEnum):
    AGE_BAND = "AGE_BAND"
    GRADE = "GRADE"
    SCHOOL = "SCHOOL"
    NEIGHBORHOOD = "NEIGHBORHOOD"
    RACE_ETHNICITY = "RACE_ETHNICITY"
    SEX = "SEX"
    ENGLISH_LEARNER = "ENGLISH_LEARNER"
    IEP = "IEP"
    SECTION_504 = "SECTION_504"
    ECONOMICALLY_DISADVANTAGED = "ECONOMICALLY_DISADVANTAGED"
    HOMELESS = "HOMELESS"
    FOSTER_CARE = "FOSTER_CARE"
    MIGRANT = "MIGRANT"
    MILITARY_CONNECTED = "MILITARY_CONNECTED"
    CHRONICALLY_ABSENT = "CHRONICALLY_ABSENT"
    INSURANCE = "INSURANCE"
    SECTORS_SERVING = "SECTORS_SERVING"


@dataclass(frozen=True)
class Facet:
    """How a dimension reads: an expression over the profile of a child, never null, and who may ask by it."""

    sql: str
    label: Label = Label.COUNTED


def _characteristic(kind: CharacteristicKind) -> Facet:
    return Facet(f"coalesce(p.characteristics ->> '{kind}', '{UNKNOWN}')")


AGE_BANDS: Mapping[str, int | None] = {"0-2": 2, "3-4": 4, "5-10": 10, "11-13": 13, "14-17": 17, "18+": None}
"""The last age of each band, in completed years."""


SECTOR_COUNTS = tuple(str(number) for number in range(len(SECTORS) + 1))
"""By how many sectors a child can be served: none, or any number of those there are."""


def _age_band() -> Facet:
    bands = " ".join(
        f"ELSE '{band}'" if last is None else f"WHEN p.age <= {last} THEN '{band}'"
        for band, last in AGE_BANDS.items()
    )
    return Facet(f"CASE WHEN p.age IS NULL THEN '{UNKNOWN}' {bands} END")


FACETS: Mapping[Dimension, Facet] = {
    Dimension.AGE_BAND: _age_band(),
    Dimension.GRADE: Facet("coalesce(p.grade, 'UNKNOWN')"),
    Dimension.SCHOOL: Facet("coalesce(p.school, 'UNKNOWN')"),
    Dimension.NEIGHBORHOOD: Facet("coalesce(p.neighborhood, 'UNKNOWN')"),
    # SPD-15's "combined multiracial" tabulation: one category alone, or MULTIPLE; so the parts add up.
    Dimension.RACE_ETHNICITY: Facet(
        "CASE cardinality(p.race_ethnicity) WHEN 0 THEN 'UNKNOWN' WHEN 1 THEN p.race_ethnicity[1]"
        f" ELSE '{MULTIPLE}' END",
        Label.SENSITIVE,
    ),
    Dimension.SEX: Facet("p.sex"),
    **{Dimension(kind): _characteristic(kind) for kind in CharacteristicKind},
    # Only in the profile of a question that asks for it: every service of every sector has to be looked at.
    Dimension.SECTORS_SERVING: Facet("coalesce(p.sectors_serving, 0)::text"),
}

_YES_OR_NO = frozenset({CharacteristicValue.YES, CharacteristicValue.NO})

WORDS: Mapping[Dimension, frozenset[str]] = {
    Dimension.AGE_BAND: frozenset(AGE_BANDS),
    Dimension.GRADE: frozenset(GRADES),
    Dimension.RACE_ETHNICITY: frozenset({*RaceEthnicity, MULTIPLE}),
    Dimension.SEX: frozenset(Sex),
    **{Dimension(kind): _YES_OR_NO for kind in CharacteristicKind},
    Dimension.INSURANCE: frozenset(CharacteristicValue) - _YES_OR_NO,
    Dimension.SECTORS_SERVING: frozenset(SECTOR_COUNTS),
}
"""The values that a child can have by a dimension, beside UNKNOWN; of places a community has its own."""
