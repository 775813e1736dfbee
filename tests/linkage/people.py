"""Records for tests: a child in a few words, and a small invented town as two sources write it down."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from bench.population import AS_OF, Written, as_written, children
from cabinet.linkage.features import Features, features_of
from cabinet.linkage.model import Model
from cabinet.linkage.record import Record
from cabinet.tables.terms import Sex

ANA = Record(
    "ana",
    given_name="Ana",
    middle_name="Lucia",
    family_name="Reyes",
    birth_date=date(2018, 3, 14),
    sex=Sex.FEMALE,
    address="12 Elm Street",
    postal_code="60601",
    guardians=("Rosa Reyes",),
    phones=("312 555 0101",),
)


def features(record: Record = ANA, **changed: Any) -> Features:
    return features_of(replace(record, **changed), AS_OF)


@dataclass(frozen=True)
class Town:
    """Two sources' records of one town's children, made comparable, and a model learned from them alone."""

    school: list[Features]
    clinic: list[Features]
    child: dict[str, str]
    model: Model


def sources(count: int) -> tuple[Written, Written]:
    of = children(7, count)
    return as_written(8, of, "S"), as_written(9, of, "C", care=1.5)


def compared(source: Written) -> list[Features]:
    return [features_of(record, AS_OF) for record in source.records]
