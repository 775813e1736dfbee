"""A population: an AND / OR / NOT tree over the dimensions, and its condition in SQL."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cabinet.coverage.dimensions import FACETS, Dimension
from cabinet.errors import InputInvalid
from cabinet.sectors import SECTORS

MAX_DEPTH = 12
MAX_CONDITIONS = 200


@dataclass(frozen=True)
class Ages:
    """Completed years on the day asked, both ends inclusive; a child of unknown age is in no range."""

    minimum: int | None = None
    maximum: int | None = None


@dataclass(frozen=True)
class Reference:
    """A named population; without a version, the newest. With one it was looked up."""

    code: str
    version: int | None = None
    is_found: bool = False


@dataclass(frozen=True)
class Population:
    """Children for whom every given condition holds; without any, all children.

    `values` gives, for a dimension, the values of which one must hold; UNKNOWN is a value like any other,
    so that NOT of a condition is exactly the rest. `race_ethnicity` asks "alone or in combination"; MULTIPLE is
    who is of more than one, UNKNOWN of whom none is known.
    Services are codes of service types; `sectors` asks for any service of the sector.
    """

    all_of: tuple["Population", ...] = ()
    any_of: tuple["Population", ...] | None = None
    none_of: "Population | None" = None
    values: dict[Dimension, tuple[str, ...]] = field(default_factory=dict)
    ages: Ages | None = None
    race_ethnicity: tuple[str, ...] | None = None
    in_need_of: tuple[str, ...] | None = None
    served_by: tuple[str, ...] | None = None
    sectors: tuple[str, ...] | None = None
    named: Reference | None = None
    """A population by its name; `all_of` holds its definition once it was looked up."""

    @property
    def references(self) -> frozenset[Reference]:
        """Every named population the tree uses, those that named ones use among them."""
        own = frozenset({self.named} if self.named else ())
        return own.union(*(child.references for child in self._children))

    @property
    def dimensions(self) -> frozenset[Dimension]:
        """Every dimension the tree asks by, so that the policy can look at them."""
        own = set(self.values)
        if self.race_ethnicity is not None:
            own.add(Dimension.RACE_ETHNICITY)
        return frozenset(own).union(*(child.dimensions for child in self._children))

    def words(self) -> Iterator[tuple[Dimension, tuple[str, ...]]]:
        """Yield every dimension with the values asked for, all down the tree."""
        yield from self.values.items()
        for child in self._children:
            yield from child.words()

    def without(self, dimension: Dimension) -> "Population":
        """Return who it would be but for the values of a dimension that all of them must have."""
        rest = {each: words for each, words in self.values.items() if each is not dimension}
        return replace(self, values=rest, all_of=tuple(child.without(dimension) for child in self.all_of))

    def may_hold(self, dimension: Dimension, value: str) -> bool:
        """Return whether a child of a value can be in it, whatever else is true of the child."""
        own = self.values.get(dimension)
        return (
            (own is None or value in own)
            and all(child.may_hold(dimension, value) for child in self.all_of)
            and (self.any_of is None or any(child.may_hold(dimension, value) for child in self.any_of))
            and (self.none_of is None or not self.none_of.must_hold(dimension, value))
        )

    def must_hold(self, dimension: Dimension, value: str) -> bool:
        """Return whether every child of a value is in it."""
        return (
            self._conditions <= {dimension}
            and value in self.values.get(dimension, (value,))
            and all(child.must_hold(dimension, value) for child in self.all_of)
            and (self.any_of is None or any(child.must_hold(dimension, value) for child in self.any_of))
            and (self.none_of is None or not self.none_of.may_hold(dimension, value))
        )

    @property
    def _conditions(self) -> frozenset[object]:
        """The conditions of its own: dimensions, and the rest by what they say."""
        rest = (self.ages, self.race_ethnicity, self.in_need_of, self.served_by, self.sectors)
        return frozenset((*self.values, *(each for each in rest if each is not None)))

    def check_ages(self) -> None:
        """Raise InputInvalid for ages from more to less, all down the tree: they would read as nobody."""
        low, high = (self.ages.minimum, self.ages.maximum) if self.ages else (None, None)
        if low is not None and high is not None and low > high:
            raise InputInvalid(f"Nobody's age is from {low} to {high}.", hint="Name the lower one first.")
        for child in self._children:
            child.check_ages()

    @property
    def services(self) -> frozenset[str]:
        own = frozenset((*(self.in_need_of or ()), *(self.served_by or ())))
        return own.union(*(child.services for child in self._children))

    @property
    def asked_sectors(self) -> frozenset[str]:
        """Every sector of whose services the tree asks; all of them, where it asks how many serve a child."""
        counted = Dimension.SECTORS_SERVING in self.values
        own = frozenset(sector.code for sector in SECTORS) if counted else frozenset(self.sectors or ())
        return own.union(*(child.asked_sectors for child in self._children))

    def without_names(self) -> "Population":
        """Return what it says, with what its names stand for in their places; they must have been looked up."""
        return replace(
            self,
            all_of=tuple(child.without_names() for child in self.all_of),
            any_of=None if self.any_of is None else tuple(child.without_names() for child in self.any_of),
            none_of=self.none_of.without_names() if self.none_of else None,
            named=None,
        )

    @property
    def _children(self) -> tuple["Population", ...]:
        return (*self.all_of, *(self.any_of or ()), *((self.none_of,) if self.none_of else ()))


@dataclass
class Arguments:
    """The positional arguments of a statement as it is written."""

    values: list[Any] = field(default_factory=list)
    populations: int = 0

    def add(self, value: Any, kind: str) -> str:
        self.values.append(value)
        return f"${len(self.values)}::{kind}"


def condition(population: Population, arguments: Arguments, depth: int = 0) -> str:
    """Return the condition on a profile `p`; two-valued, because no facet is ever null."""
    arguments.populations += 1
    if depth > MAX_DEPTH or arguments.populations > MAX_CONDITIONS:
        raise InputInvalid(
            "The population is nested too deeply or has too many conditions.",
            hint=f"At most {MAX_DEPTH} levels and {MAX_CONDITIONS} conditions.",
        )
    if population.named is not None and not population.named.is_found:
        # It would read as everybody.
        raise InputInvalid(f"The population {population.named.code!r} was not looked up.")
    parts = [*_own_conditions(population, arguments)]
    parts += [condition(child, arguments, depth + 1) for child in population.all_of]
    if population.any_of is not None:
        either = [condition(child, arguments, depth + 1) for child in population.any_of]
        parts.append(f"({' OR '.join(either) or 'false'})")
    if population.none_of is not None:
        parts.append(f"NOT {condition(population.none_of, arguments, depth + 1)}")
    return f"({' AND '.join(parts) or 'true'})"


def _own_conditions(population: Population, arguments: Arguments) -> Sequence[str]:
    parts = [
        f"{FACETS[dimension].sql} = ANY ({arguments.add(list(wanted), 'text[]')})"
        for dimension, wanted in population.values.items()
    ]
    if population.ages is not None:
        low = arguments.add(population.ages.minimum, "int")
        high = arguments.add(population.ages.maximum, "int")
        parts.append(f"coalesce(p.age BETWEEN coalesce({low}, 0) AND coalesce({high}, 200), false)")
    if population.race_ethnicity is not None:
        wanted = arguments.add(list(population.race_ethnicity), "text[]")
        # Of one category alone both say the same; MULTIPLE and UNKNOWN are said by the facet only.
        parts.append(f"(p.race_ethnicity && {wanted} OR {FACETS[Dimension.RACE_ETHNICITY].sql} = ANY ({wanted}))")
    if population.in_need_of is not None:
        parts.append(_among("needing", "service_type", population.in_need_of, arguments))
    if population.served_by is not None:
        parts.append(_among("reached", "service_type", population.served_by, arguments))
    if population.sectors is not None:
        parts.append(_among("reached", "sector", population.sectors, arguments))
    return parts


def _among(table: str, column: str, wanted: Sequence[str], arguments: Arguments) -> str:
    listed = arguments.add(list(wanted), "text[]")
    return f"p.child_id IN (SELECT child_id FROM {table} WHERE {column} = ANY ({listed}))"
