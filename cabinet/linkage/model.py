"""The parameters of record linkage: what a community's data have taught, kept as JSON to be used again."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from cabinet.errors import FileUnreadable
from cabinet.linkage.comparisons import COMPARISONS
from cabinet.linkage.levels import MISSING

FORMAT, VERSION = "childrens-cabinet/linkage", 1
MOST = 100
"""No household has so many children, and every other number of a model is a share."""


@dataclass(frozen=True)
class Belief:
    """How often a level holds: of two records of one child, of two children, of two children of one household."""

    m: float
    u: float
    sibling: float


Beliefs = Mapping[str, Mapping[str, Belief]]
"""By comparison and level."""


def judged() -> dict[str, dict[str, Belief]]:
    """Return what is believed before any data were seen. Siblings share a household as one child's records do."""
    return {
        each.name: {
            level.name: Belief(level.m, level.u, level.sibling if each.is_of_the_child else level.m)
            for level in each.levels
            if level.name != MISSING
        }
        for each in COMPARISONS
    }


@dataclass(frozen=True)
class Model:
    """What decides whether two records are one child's. It holds no name and nothing else of a child.

    `match_share` is the share of one source's records that the larger other source also has; `siblings` how many
    brothers and sisters of a child there are to be taken for it. `auto` and `review` are the probabilities from
    which a pair is linked, and from which a person is asked; `false_links` the share of false ones that `auto` was
    derived from.
    """

    beliefs: Beliefs = field(default_factory=judged)
    match_share: float = 0.5
    siblings: float = 0.7
    auto: float = 0.98
    review: float = 0.1
    false_links: float = 0.001

    def to_json(self) -> str:
        return json.dumps({"format": FORMAT, "version": VERSION, **asdict(self)}, indent=1) + "\n"

    def save(self, path: Path) -> None:
        path.write_text(self.to_json())


def load_model(path: Path) -> Model:
    """Read what `Model.save` wrote.

    Raises FileUnreadable where it is something else, or for other comparisons than this version's.
    """
    try:
        return model_of(path.read_text())
    except (OSError, ValueError) as error:
        hint = "Train the model anew, or use the version of this server that wrote the file."
        raise FileUnreadable(
            f"{path.name} is not a linkage model of version {VERSION}: {error}.", hint=hint
        ) from error


def model_of(text: str) -> Model:
    """Read what `Model.to_json` wrote; raises ValueError for what is something else, or of another version."""
    try:
        return _model(json.loads(text))
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"{type(error).__name__}: {error}") from error


def _model(stored: Mapping[str, Any]) -> Model:
    kept = dict(stored)
    if (kept.pop("format"), kept.pop("version")) != (FORMAT, VERSION):
        raise ValueError("another format or version")
    beliefs = {
        name: {level: Belief(**numbers) for level, numbers in levels.items()}
        for name, levels in kept.pop("beliefs").items()
    }
    expected = judged()
    if {name: set(levels) for name, levels in beliefs.items()} != {name: set(of) for name, of in expected.items()}:
        raise ValueError("it knows other comparisons")
    if not all(
        0 < number <= 1 for of in beliefs.values() for each in of.values() for number in asdict(each).values()
    ):
        raise ValueError("a probability is not between 0 and 1")
    if not all(isinstance(number, int | float) and 0 < number < MOST for number in kept.values()):
        raise ValueError("a share, a threshold or a number of siblings is not above 0")
    return Model(beliefs=beliefs, **kept)
