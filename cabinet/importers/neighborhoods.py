"""Neighborhoods as a GeoJSON FeatureCollection (RFC 7946), the way a city's planning office exports them."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cabinet.errors import FileUnreadable, RowInvalid
from cabinet.importers.documents import read_json
from cabinet.importers.format import Format, Oddity
from cabinet.importers.package import open_package
from cabinet.importers.values import fold, present, slug
from cabinet.intake.rows import Kind, Raw

ZIP_CODE = ("zipcode", "zcta5ce20", "zcta5ce10")
CODE = ("code", "id", "geoid", "geoid20", *ZIP_CODE)
NAME = ("name", "neighborhood", "namelsad", "label")
TRACTS = ("tracts", "censustracts")
POSTAL_CODES = ("postalcodes", "zipcodes", "zips", *ZIP_CODE)


def read(path: Path) -> Iterator[Raw | Oddity]:
    """Yield one neighborhood a feature; `line` is the feature's number, from 1."""
    with open_package(path) as package:
        name = package.find(*(name for name in package.names if name.casefold().endswith("json")))
        if name is None:
            raise FileUnreadable(f"{path.name} holds no GeoJSON file.", file=path.name)
        yield from package.unread([name])
        for number, feature in enumerate(_features(name, read_json(package, name)), start=1):
            if isinstance(feature, dict) and isinstance(feature.get("properties"), dict):
                yield Raw(Kind.NEIGHBORHOOD, _neighborhood(feature), name, number)
            else:
                yield Oddity(RowInvalid("The feature has no properties."), name, number)


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
)
