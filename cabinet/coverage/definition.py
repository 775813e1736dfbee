"""A population as it is kept: JSON, with the names of the API's dimensions and service types."""

from collections.abc import Mapping
from typing import Any

from cabinet.coverage.dimensions import Dimension
from cabinet.coverage.population import Ages, Population, Reference

_WORDS = ("race_ethnicity", "in_need_of", "served_by", "sectors")


def to_json(population: Population) -> dict[str, Any]:
    """Return what a population says, without what its names stand for."""
    given = {name: getattr(population, name) for name in _WORDS}
    said: dict[str, Any] = {name: list(words) for name, words in given.items() if words is not None}
    if population.values:
        said["values"] = {str(dimension): list(words) for dimension, words in population.values.items()}
    if population.ages is not None:
        said["ages"] = [population.ages.minimum, population.ages.maximum]
    if population.named is not None:
        said["named"] = {"code": population.named.code, "version": population.named.version}
    elif population.all_of:
        said["and"] = [to_json(child) for child in population.all_of]
    if population.any_of is not None:
        said["or"] = [to_json(child) for child in population.any_of]
    if population.none_of is not None:
        said["not"] = to_json(population.none_of)
    return said


def from_json(said: Mapping[str, Any]) -> Population:
    """Read a population back; its names are not looked up."""
    words = {name: tuple(said[name]) for name in _WORDS if name in said}
    return Population(
        all_of=tuple(from_json(child) for child in said.get("and", ())),
        any_of=tuple(from_json(child) for child in said["or"]) if "or" in said else None,
        none_of=from_json(said["not"]) if "not" in said else None,
        values={Dimension(name): tuple(each) for name, each in said.get("values", {}).items()},
        ages=Ages(*said["ages"]) if "ages" in said else None,
        named=Reference(said["named"]["code"], said["named"]["version"]) if "named" in said else None,
        **words,
    )
