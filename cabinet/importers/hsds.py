"""Open Referral HSDS: a directory of services, as 3.0 CSV, 1.1 CSV (Ohana), 3.0 JSON or NDJSON.

Codes are the directory's own ids. What has no home here, such as hours, contacts, fees and languages, is counted.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from math import floor
from pathlib import Path

from cabinet.errors import RowInvalid
from cabinet.importers.code_files import CodeFile
from cabinet.importers.format import Format, Oddity, Reader
from cabinet.importers.hsds_guide import guide
from cabinet.importers.hsds_nested import nested_files, read_nested
from cabinet.importers.hsds_offers import Offer, Offers
from cabinet.importers.hsds_tables import Directory, read_csv
from cabinet.importers.hsds_words import Codes, read_codes, sector_of
from cabinet.importers.package import open_package
from cabinet.importers.tabular import Record
from cabinet.importers.values import date_of, present
from cabinet.intake.rows import Kind, Raw


def reader(_source: str | None, *mappings: CodeFile) -> Reader:
    """Return the reader of a directory whose words name what these mappings say."""
    codes = read_codes(*mappings)
    return lambda path: _read(path, codes)


def read(path: Path) -> Iterator[Raw | Oddity]:
    """Yield organizations, locations, programs, services and seats, in this order.

    Raises FileUnreadable when the organizations or services are missing, or a file lacks a needed column.
    """
    return _read(path, read_codes())


def _read(path: Path, codes: Codes) -> Iterator[Raw | Oddity]:
    directory = Directory()
    with open_package(path) as package:
        nested = nested_files(package)
        for name in nested:
            yield from read_nested(package, name, directory)
        if not nested or any(name.casefold().endswith(".csv") for name in package.names):
            yield from read_csv(package, directory, nested)
        else:
            yield from package.unread(nested)
    yield from directory.unread.oddities()
    offers = Offers(directory, codes)
    yield from _organizations(directory, offers)
    yield from _locations(directory)
    yield from _programs(directory, offers)
    for offer in offers.found:
        yield _raw(Kind.SERVICE, offer.service, _service(offer, directory))
    yield from _capacities(directory, offers)
    yield from offers.oddities()


def _raw(kind: Kind, item: Record, fields: dict[str, object]) -> Raw:
    return Raw(kind, fields, item.file, item.line)


def _organizations(directory: Directory, offers: Offers) -> Iterator[Raw]:
    types = defaultdict(list)
    for offer in offers.found:
        types[offer.organization].append(offer.service_type)
    for code, item in directory["organization"].items():
        website = item["website"] or item["url"]
        kept = directory.kept.of("organization", code)
        fields = present(code=code, name=item["name"], source_id=code, website=website, payload=kept)
        yield _raw(Kind.ORGANIZATION, item, {**fields, "sector": sector_of(types[code])})


def _locations(directory: Directory) -> Iterator[Raw]:
    addresses: dict[str, Record] = {}
    for address in directory["address"].values():
        # A place may have a postal address as well; children come to the physical one.
        if address["address_type"] != "postal" or address["location_id"] not in addresses:
            addresses[address["location_id"]] = address
    for code, item in directory["location"].items():
        address = addresses.get(code, item)
        name = item["name"] or item["alternate_name"] or address["address_1"] or code
        lines = (address[part] for part in ("address_1", "address_2", "city", "state_province"))
        fields = present(
            code=code,
            name=name,
            address=", ".join(filter(None, lines)),
            postal_code=address["postal_code"],
            latitude=item["latitude"],
            longitude=item["longitude"],
            payload=directory.kept.of("location", code),
        )
        yield _raw(Kind.LOCATION, item, fields)


def _programs(directory: Directory, offers: Offers) -> Iterator[Raw | Oddity]:
    offered = defaultdict(list)
    for offer in offers.found:
        offered[offer.program_code].append(offer)
    for code, item in directory["program"].items():
        organizations = (item["organization_id"], *(offer.organization for offer in offered[code]))
        organization = next((found for found in organizations if found in directory["organization"]), None)
        if organization is None:
            problem = RowInvalid("No organization of the directory runs it.", hint="")
            yield Oddity(problem, item.file, item.line, "organization_id")
        else:
            fields = _program(code, item, organization, offered[code])
            yield _raw(Kind.PROGRAM, item, {**fields, **present(payload=directory.kept.of("program", code))})
    for offer in offers.found:
        if offer.program is None:
            fields = _program(offer.program_code, offer.service, offer.organization, [offer])
            yield _raw(Kind.PROGRAM, offer.service, fields)


def _program(code: str, item: Record, organization: str, offered: list[Offer]) -> dict[str, object]:
    return present(
        code=code,
        name=item["name"],
        organization=organization,
        sector=sector_of(offer.service_type for offer in offered),
        description=item["description"],
    )


def _service(offer: Offer, directory: Directory) -> dict[str, object]:
    return present(
        code=offer.service["id"],
        name=offer.service["name"],
        program=offer.program_code,
        service_type=offer.service_type,
        min_age=_whole(offer.service["minimum_age"]),
        max_age=_whole(offer.service["maximum_age"]),
        locations=offer.locations,
        payload=directory.kept.of("service", offer.service["id"]),
    )


def _whole(text: str) -> int | str:
    """Return a number's whole part: HSDS may say 5.99, and children are counted by completed years."""
    with suppress(ValueError, OverflowError):
        return floor(float(text))
    return text


def _capacities(directory: Directory, offers: Offers) -> Iterator[Raw | Oddity]:
    places = {offer.service["id"]: offer.locations for offer in offers.found}
    for item in directory["service_capacity"].values():
        known = places.get(item["service_id"], ())
        at = (item["location_id"],) if item["location_id"] else known
        if len(at) != 1:
            # HSDS counts seats by service; nothing says how they are shared out among several places.
            message = f"The seats are those of a service at {len(at)} places; they cannot be put at one."
            yield Oddity(RowInvalid(message, hint=""), item.file, item.line, "service_id")
        elif item["available"] or item["maximum"]:
            fields = present(
                service=item["service_id"],
                location=at[0],
                available=_whole(item["available"]),
                maximum=_whole(item["maximum"]),
                updated=date_of(item["updated"]),
            )
            yield _raw(Kind.CAPACITY, item, fields)


HSDS = Format(
    name="hsds",
    help="Open Referral HSDS: a folder or zip of CSV files (3.0, or 1.1 as Ohana), or of 3.0 JSON or"
    " NDJSON files.",
    read=read,
    guide=guide(__doc__ or ""),
    tailored=reader,
)
