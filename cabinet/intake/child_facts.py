"""What a row says of a child: who it is, or which one, and what is counted of it."""

from typing import Self
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from cabinet.intake.fields import Day, Grade, OptionalDay, OptionalText, Row, Text, in_order
from cabinet.tables.terms import CharacteristicKind, CharacteristicValue, RaceEthnicity, Sex

MOST = 10
"""Guardians, and telephone numbers, that one record may name."""


class Identity(Row):
    """Who a child is, as one source says it."""

    given_name: OptionalText = None
    middle_name: OptionalText = None
    family_name: OptionalText = None
    birth_date: OptionalDay = None
    sex: Sex = Sex.UNKNOWN
    address: OptionalText = None
    postal_code: OptionalText = None
    guardians: tuple[Text, ...] = Field(default=(), max_length=MOST)
    """Names of parents and guardians."""
    phones: tuple[Text, ...] = Field(default=(), max_length=MOST)
    identifiers: dict[Text, Text] = Field(default_factory=dict)
    """Shared identifiers by system, for example {"DISTRICT_STUDENT_ID": "4711"}."""

    @property
    def is_complete(self) -> bool:
        return bool(self.identifiers or (self.given_name and self.family_name and self.birth_date))


class ChildReference(Row):
    """Which child a row is about: our reference, or the source's own id, or identity fields."""

    ref: UUID | None = None
    source_id: OptionalText = None
    identity: Identity | None = None

    @model_validator(mode="after")
    def names_a_child(self) -> Self:
        if not (self.ref or self.source_id or (self.identity and self.identity.is_complete)):
            raise PydanticCustomError("identity_incomplete", "the row does not say which child it is about")
        return self


YES_OR_NO = (CharacteristicValue.YES, CharacteristicValue.NO)


class Characteristic(Row):
    kind: CharacteristicKind
    value: CharacteristicValue
    begins: Day
    ends: OptionalDay = None

    @model_validator(mode="after")
    def has_order(self) -> Self:
        if (self.kind is CharacteristicKind.INSURANCE) == (self.value in YES_OR_NO):
            raise PydanticCustomError(
                "value", "{value} says nothing of {kind}", {"value": self.value, "kind": self.kind}
            )
        return in_order(self, self.begins, self.ends)


class ChildFacts(Row):
    """What a source says of a child beside its identity."""

    race_ethnicity: tuple[RaceEthnicity, ...] = ()
    school_year: int | None = Field(default=None, ge=1990, le=2100)
    grade: Grade = None
    school: OptionalText = None
    neighborhood: OptionalText = None
    characteristics: tuple[Characteristic, ...] = ()
