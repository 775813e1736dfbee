"""Features as they are kept in the database, beside the record that they were made of."""

import hashlib
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from cabinet.linkage.features import Features

FORM = 1
"""Changes with what is compared and how: what is kept in another form is made anew."""

_NAMES = tuple(each.name for each in fields(Features) if each.name != "record_id")
_MISSING: dict[str, Any] = {
    each.name: [] if each.type == list[str] else False if each.type is bool else None
    for each in fields(Features)
    if each.name != "record_id"
}


def as_stored(features: Features) -> dict[str, Any]:
    """Return what is known of the features, without the id of their record."""
    return {name: value for name in _NAMES if (value := getattr(features, name))}


def from_stored(record_id: str, stored: Mapping[str, Any]) -> Features:
    return Features(record_id=record_id, **{**_MISSING, **stored})


def key_hash(key: str) -> int:
    """Return a key as 64 bits. Two keys of one hash lead to a comparison too many, and to nothing else."""
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), signed=True)
