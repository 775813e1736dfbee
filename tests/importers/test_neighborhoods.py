"""What a city is promised of its neighborhoods."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from cabinet.errors import FileUnreadable, RowInvalid
from cabinet.intake.rows import Kind
from tests.importers.reading import Reading, read, real

SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [0, 1], [1, 1], [0, 0]]]}


def city(folder: Path, *features: Any) -> Reading:
    path = folder / "city.geojson"
    path.write_bytes(orjson.dumps({"type": "FeatureCollection", "features": features}))
    return read("neighborhoods", path)


def feature(**properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": SQUARE, "properties": properties}


def test_a_feature_becomes_a_neighborhood_with_its_geometry(tmp_path: Path) -> None:
    reading = city(
        tmp_path,
        feature(code="N", name="North", postal_codes=["02903", 2904], tracts="44007000101, 44007000102"),
        feature(NAME="South Side"),
        {**feature(Name="East"), "id": 7},
    )
    north, south, east = reading.rows(Kind.NEIGHBORHOOD)
    assert (north.code, north.name, north.geometry) == ("N", "North", SQUARE)
    assert (north.postal_codes, north.tracts) == (("02903", "2904"), ("44007000101", "44007000102"))
    assert [(south.code, south.name), (east.code, east.name)] == [("south-side", "South Side"), ("7", "East")]
    assert [raw.line for raw in reading.raws] == [1, 2, 3]


def test_a_feature_without_properties_is_reported_and_the_rest_go_on(tmp_path: Path) -> None:
    reading = city(tmp_path, {"type": "Feature"}, 5, feature(code="N", name="North"))
    assert [(oddity.line, type(oddity.problem)) for oddity in reading.oddities] == [
        (1, RowInvalid),
        (2, RowInvalid),
    ]
    assert [raw.line for raw in reading.raws] == [3]


@pytest.mark.parametrize("content", ['{"type": "Feature"}', "[]", "7", "{", '"\\u0000"', "[" * 150 + "]" * 150])
def test_what_is_no_feature_collection_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "city.geojson"
    path.write_text(content)
    with pytest.raises(FileUnreadable):
        read("neighborhoods", path)


def test_real_zip_code_areas_and_tracts_are_read_whole() -> None:
    areas = read("neighborhoods", real("ost", "houston", "zip-code-geometry.geojson"))
    assert areas.rows(Kind.NEIGHBORHOOD)[0].postal_codes == ("77047",)
    tracts = read("neighborhoods", real("public", "hartford-ct", "tract-centroids.geojson"))
    assert (tracts.all_sound(), len(tracts.raws)) == (True, 829)
