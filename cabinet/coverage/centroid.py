"""The middle of a neighborhood, from its GeoJSON geometry."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from cabinet.coverage.catchment import Point

Ring = Sequence[Sequence[float]]


def centroid(geometry: Mapping[str, Any] | None) -> Point | None:
    """Return the centroid of a Polygon or MultiPolygon (RFC 7946), holes left out; None for anything else.

    On the plane of degrees, which is near enough for a part of a city.
    """
    area = east = north = 0.0
    for ring, sign in _rings(geometry or {}):
        doubled, moment_east, moment_north = _moments(ring)
        factor = sign if doubled >= 0 else -sign
        area, east, north = area + factor * doubled, east + factor * moment_east, north + factor * moment_north
    return Point(north / (3 * area), east / (3 * area)) if area else None


def _rings(geometry: Mapping[str, Any]) -> Iterator[tuple[Ring, int]]:
    """Yield the rings of all polygons, each with 1 if it is an outer one and -1 if it is a hole."""
    coordinates = geometry.get("coordinates", ())
    polygons = {"Polygon": [coordinates], "MultiPolygon": coordinates}
    for polygon in polygons.get(str(geometry.get("type")), ()):
        for position, ring in enumerate(polygon):
            yield ring, -1 if position else 1


def _moments(ring: Ring) -> tuple[float, float, float]:
    """Return twice the signed area of a ring, and the moments that its centroid is found by."""
    doubled = east = north = 0.0
    for (x, y, *_), (next_x, next_y, *_) in pairwise(ring):
        cross = x * next_y - next_x * y
        doubled, east, north = doubled + cross, east + (x + next_x) * cross, north + (y + next_y) * cross
    return doubled, east, north
