"""Which of an Ed-Fi record's addresses children come to or live at, as fields of a row."""

from collections.abc import Mapping
from dataclasses import dataclass

from cabinet.errors import RowProblem
from cabinet.importers.edfi_codes import bare_code
from cabinet.importers.edfi_export import Export
from cabinet.importers.values import fold
from cabinet.importers.xml_records import Node

BEST = ("home", "physical")
ONE_PLACE = RowProblem("Of a record's addresses only one, that is no mailing address, has a home here.", hint="")
NO_PLACE = ("mailing", "billing", "pobox", "shipping")


@dataclass(frozen=True, order=True, slots=True)
class Address:
    """An address; the smallest is the best: a present one, where one lives or works, the latest."""

    rank: tuple[bool, int, tuple[int, ...]]
    street: str
    postal_code: str
    latitude: str
    longitude: str
    line: int

    def at(self) -> Mapping[str, str]:
        """Return the fields of a place that can be found on a map."""
        return {**self.living(), "latitude": self.latitude, "longitude": self.longitude}

    def living(self) -> Mapping[str, str]:
        """Return the fields of somebody's address."""
        return {"address": self.street, "postal_code": self.postal_code}


def address(export: Export, node: Node) -> Address | None:
    """Return the best of a record's addresses, and count the others; none where only mail goes to them."""
    items = node.all("Address")
    found = [_address(item) for item in items if fold(bare_code(item.of("AddressType"))) not in NO_PLACE]
    for item in items[min(len(found), 1) :]:
        export.report(ONE_PLACE, item)
    return min(found, default=None)


def _address(item: Node) -> Address:
    kind = fold(bare_code(item.of("AddressType")))
    parts = ("StreetNumberName", "ApartmentRoomSuiteNumber", "City")
    lines = [*(item.of(part) for part in parts), bare_code(item.of("StateAbbreviation"))]
    ended = bool(item.of("Period", "EndDate"))
    begins = tuple(-int(digits) for digits in item.of("Period", "BeginDate")[:10].split("-") if digits.isdecimal())
    return Address(
        rank=(ended, BEST.index(kind) if kind in BEST else len(BEST), begins),
        street=", ".join(filter(None, lines)),
        postal_code=item.of("PostalCode"),
        latitude=item.of("Latitude"),
        longitude=item.of("Longitude"),
        line=item.line,
    )
