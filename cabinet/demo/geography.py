"""The town's map: a bent grid whose neighborhoods share their corners, so that they tile it without a gap."""

from cabinet.demo.town import Place, Town

WIDTH, HEIGHT = 0.016, 0.012
"""Degrees of longitude and latitude of a cell: about 1.3 km each way at these latitudes."""

Point = tuple[float, float]


def polygon(town: Town, place: Place) -> dict[str, object]:
    """Return a GeoJSON polygon (RFC 7946): one closed ring, counterclockwise, longitude before latitude."""
    column, row = place.cell
    around = ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))
    ring = [list(_corner(town, column + right, row + up)) for right, up in around]
    return {"type": "Polygon", "coordinates": [ring]}


def point(town: Town, place: Place, number: int) -> Point:
    """Return a point well inside a neighborhood, another one for each number."""
    right, up = 0.34 + number * 0.618 % 0.32, 0.34 + number * 0.414 % 0.32
    longitude = town.corner[0] + (place.cell[0] + right) * WIDTH
    return round(longitude, 5), round(town.corner[1] + (place.cell[1] + up) * HEIGHT, 5)


def _corner(town: Town, column: int, row: int) -> Point:
    bend_right = (column * 3 + row * 5) % 7 / 7 - 0.43
    bend_up = (column * 5 + row * 2) % 7 / 7 - 0.43
    longitude = town.corner[0] + (column + bend_right * 0.3) * WIDTH
    return round(longitude, 5), round(town.corner[1] + (row + bend_up * 0.3) * HEIGHT, 5)
