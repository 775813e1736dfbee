"""Neighborhoods as a GeoJSON FeatureCollection (RFC 7946), the way a city's planning office exports them."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cabinet.errors import ColumnUnknown, FileUnreadable, RowInvalid
from cabinet.importers.documents import read_json
from cabinet.importers.format import Format, Oddity
from cabinet.importers.guide import Guide, Part
from cabinet.importers.guide_limits import OF_JSON, OF_PACKAGES
from cabinet.importers.package import open_package
from cabinet.importers.tally import Tally
from cabinet.importers.values import fold, present, slug
from cabinet.intake.rows import Kind, Raw

ZIP_CODE = ("zipcode", "zcta5ce20", "zcta5ce10")
CODE = ("code", "id", "geoid", "geoid20", *ZIP_CODE)
NAME = ("name", "neighborhood", "namelsad", "label")
TRACTS = ("tracts", "censustracts")
POSTAL_CODES = ("postalcodes", "zipcodes", "zips", *ZIP_CODE)
PROPERTIES = (*CODE, *NAME, *TRACTS, *POSTAL_CODES)
MEMBERS = ("type", "id", "properties", "geometry", "bbox")
"""What GeoJSON itself gives a feature."""


def read(path: Path) -> Iterator[Raw | Oddity]:
    """Yield one neighborhood a feature; `line` is the feature's number, from 1."""
    with open_package(path) as package:
        name = package.find(*(name for name in package.names if name.casefold().endswith("json")))
        if name is None:
            raise FileUnreadable(f"{path.name} holds no GeoJSON file.", file=path.name)
        yield from package.unread([name])
        unread = Tally()
        for number, feature in enumerate(_features(name, read_json(package, name)), start=1):
            if isinstance(feature, dict) and isinstance(feature.get("properties"), dict):
                _count_unread(feature, unread, (name, number))
                yield Raw(Kind.NEIGHBORHOOD, _neighborhood(feature), name, number)
            else:
                yield Oddity(RowInvalid("The feature has no properties."), name, number)
        yield from unread.oddities()


def _count_unread(feature: Mapping[str, Any], unread: Tally, at: tuple[str, int]) -> None:
    unknown = {key: value for key, value in feature["properties"].items() if fold(key) not in PROPERTIES}
    unknown |= {key: value for key, value in feature.items() if key not in MEMBERS}
    for key, value in unknown.items():
        if value not in (None, "", [], {}):
            unread.add(ColumnUnknown(f"The property {key[:60]!r} has no meaning here."), *at, key[:60])


def _features(name: str, document: Any) -> list[Any]:
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        raise FileUnreadable(f"{name} is not a GeoJSON FeatureCollection.", file=name)
    return features


def _neighborhood(feature: Mapping[str, Any]) -> dict[str, Any]:
    properties = {fold(key): value for key, value in feature["properties"].items()}
    code = _first(properties, CODE) or _text(feature.get("id"))
    name = _first(properties, NAME)
    return present(
        code=code or slug(name),
        name=name or code,
        geometry=feature.get("geometry"),
        tracts=_listed(properties, TRACTS),
        postal_codes=_listed(properties, POSTAL_CODES),
    )


def _first(properties: Mapping[str, Any], keys: tuple[str, ...]) -> str:
    return next((text for key in keys if (text := _text(properties.get(key)))), "")


def _text(value: Any) -> str:
    return str(value).strip() if isinstance(value, str | int) else ""


def _listed(properties: Mapping[str, Any], keys: tuple[str, ...]) -> tuple[str, ...]:
    """Return a list, or a text with commas, as texts."""
    value = next((properties[key] for key in keys if properties.get(key)), ())
    items = value if isinstance(value, list) else _text(value).split(",")
    return tuple(text for item in items if (text := _text(item)))


NEIGHBORHOODS = Format(
    name="neighborhoods",
    help="GeoJSON FeatureCollection; properties code, name, and if known postal_codes and tracts.",
    read=read,
    guide=Guide(
        about=__doc__ or "",
        part="property",
        parts=[
            Part("code", "its code; without one a short form of its name", (*CODE, "the feature's id")),
            Part("name", "its name", NAME),
            Part("tracts", "census tracts inside it, a list or with commas", TRACTS),
            Part("postal_codes", "ZIP codes inside it, a list or with commas", POSTAL_CODES),
            Part("geometry", "where it lies", ("the feature's geometry",)),
        ],
        without_home="Properties that are not read are counted with the values in them.",
        limits=(OF_PACKAGES, OF_JSON),
        errors=(ColumnUnknown,),
    ),
)
