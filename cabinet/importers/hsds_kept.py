"""What a directory says that has no home here, kept with the organization, program, service or place it is of."""

from collections.abc import Mapping
from typing import Any

import orjson

OWNERS = ("service", "location", "program", "organization")
"""Tables whose items are kept; of a row that names several, the first."""


Item = tuple[str, str]
"""A table and an id."""


class Kept:
    """What is to be kept of each item: what it says itself, and the rows of other tables that name it."""

    def __init__(self) -> None:
        self._own: dict[Item, dict[str, Any]] = {}
        self._rows: dict[Item, dict[str, list[Any]]] = {}

    def keep(self, table: str, item: Mapping[str, Any], said: Mapping[str, Any]) -> None:
        """Keep what an item says, or what a row of another table says of the item that it names."""
        if not said:
            return
        if table in OWNERS:
            own = self._own.setdefault((table, str(item.get("id", "")).strip()), {})
            own.update({name: value for name, value in said.items() if name not in own})
        elif owner := _owner(item):
            rows = self._rows.setdefault(owner, {}).setdefault(table, [])
            if dict(said) not in rows:
                rows.append(dict(said))

    def of(self, table: str, code: str) -> dict[str, Any]:
        """Return what is kept of an item; rows in an order of their own, whatever order the files hold them in."""
        own, rows = self._own.get((table, code), {}), self._rows.get((table, code), {})
        return {**own, **{f"{name}_rows" if name in own else name: _sorted(found) for name, found in rows.items()}}


def _owner(row: Mapping[str, Any]) -> Item | None:
    linked = (str(row.get("link_entity") or "service").casefold(), row.get("link_id"))
    named = (*((table, row.get(f"{table}_id")) for table in OWNERS), linked)
    return next(((table, str(key).strip()) for table, key in named if key and table in OWNERS), None)


def _sorted(rows: list[Any]) -> list[Any]:
    return sorted(rows, key=lambda row: orjson.dumps(row, option=orjson.OPT_SORT_KEYS))
