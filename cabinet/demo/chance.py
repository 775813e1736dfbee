"""Seeded chance.

Every part of the demo draws from a stream of its own, so that a change in one leaves the others as they
were.
"""

from collections.abc import Mapping
from random import Random
from typing import TypeVar

T = TypeVar("T")


def stream(seed: int, community_code: str, part: str) -> Random:
    # Invented children need repeatable chance, not secrets; a text seeds by SHA-512, equal on every machine.
    return Random(f"{seed}:{community_code}:{part}")  # noqa: S311


def pick(rng: Random, weights: Mapping[T, float]) -> T:
    return rng.choices(tuple(weights), tuple(weights.values()))[0]
