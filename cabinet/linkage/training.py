"""Learning a model's parameters from records alone, without anybody having said who is who.

How often two children agree (u) is counted over random pairs; how often one child's records agree (m) is found by
expectation maximisation, both in Splink (Fellegi and Sunter 1969; Winkler 1988). How alike brothers and sisters
are is counted among each source's own records.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from splink import Linker, block_on

from cabinet.linkage.comparisons import COMPARISONS
from cabinet.linkage.decide import held_back
from cabinet.linkage.features import Features
from cabinet.linkage.levels import Comparison
from cabinet.linkage.matching import compete
from cabinet.linkage.model import Belief, Beliefs, Model, judged
from cabinet.linkage.quality import auto_threshold, review_threshold
from cabinet.linkage.siblings import count_siblings
from cabinet.linkage.splink_pairs import find_pairs, make_linker
from cabinet.linkage.weights import SURE, Weights

RANDOM_PAIRS, SEED = 1_000_000, 20

BLOCKS = (("birth",), ("given", "family"))
"""Pairs equal in these columns are learned from; what is equal in one of them is learned from the other."""

LEAST = 1e-6
"""Nothing is impossible: what is rarer has not been watched long enough to say so."""

FALSE_LINKS, MISSED_LINKS = 0.001, 0.0005
"""Shares. A false link shows a family's record to those who serve another; a missed one counts a child twice."""

EM_ROUNDS = (8, 4, 2, 1)
"""As many as Splink can do: what all records of a child agree in becomes impossible to differ in, ever faster."""

ROUNDS = 10
"""The share of records with a match settles within a few."""


def train(
    sources: Sequence[Sequence[Features]], *, false_links: float = FALSE_LINKS, missed_links: float = MISSED_LINKS
) -> Model:
    """Learn a model from the records of two or more sources, each of which holds a child once.

    `false_links` is the share of links that may be expected to be false, `missed_links` the share of true pairs
    that may be shown to nobody; the thresholds follow from them. What the sources do not show stays as judged
    beforehand.
    """
    sources = [sorted(source, key=lambda each: each.record_id) for source in sources if source]
    if len(sources) < 2:  # noqa: PLR2004 - one source says nothing of another.
        return Model(false_links=false_links)
    learned = _learned(sources)
    beliefs, siblings = count_siblings(sources, learned)
    model = Model(beliefs, siblings=siblings or Model.siblings, false_links=false_links)
    left, right = sorted(sources, key=len)[-2:]
    return _with_thresholds(model, left, right, missed_links)


def _learned(sources: Sequence[Sequence[Features]]) -> dict[str, dict[str, Belief]]:
    linker = make_linker(sources, judged(), _guess(sources))
    linker.training.estimate_u_using_random_sampling(RANDOM_PAIRS, seed=SEED, min_count_per_level=None)
    strangers = _believed(linker)
    for rounds in EM_ROUNDS[:-1]:
        with suppress(ValueError):
            return _maximised(sources, strangers, rounds)
    return _maximised(sources, strangers, EM_ROUNDS[-1])


def _maximised(
    sources: Sequence[Sequence[Features]], beliefs: Beliefs, rounds: int
) -> dict[str, dict[str, Belief]]:
    """Raise ValueError where a probability has become too small for Splink: then fewer rounds have to do."""
    linker = make_linker(sources, beliefs, _guess(sources), rounds)
    for columns in BLOCKS:
        if _share_any(sources, columns):
            linker.training.estimate_parameters_using_expectation_maximisation(block_on(*columns))
    return _believed(linker)


def _share_any(sources: Sequence[Sequence[Features]], columns: tuple[str, ...]) -> bool:
    """Tell whether records of two sources are equal in these columns: without any, Splink learns nothing."""
    seen: set[tuple[str | None, ...]] = set()
    for source in sources:
        values = {tuple(getattr(each, column) for column in columns) for each in source}
        known = {each for each in values if None not in each}
        if known & seen:
            return True
        seen |= known
    return False


def _guess(sources: Sequence[Sequence[Features]]) -> float:
    return Model.match_share / max(map(len, sources))


def _believed(linker: Linker) -> dict[str, dict[str, Belief]]:
    stored = {each["output_column_name"]: each for each in linker.misc.save_model_to_json()["comparisons"]}
    return {each.name: _beliefs(each, stored[each.name]["comparison_levels"]) for each in COMPARISONS}


def _beliefs(comparison: Comparison, stored: Iterable[Mapping[str, Any]]) -> dict[str, Belief]:
    """Return what Splink learned, each kind adding up to one; a level it did not see keeps what was judged."""
    seen = {each["label_for_charts"]: each for each in stored if not each.get("is_null_level")}
    m, u = ({name: max(each[f"{kind}_probability"], LEAST) for name, each in seen.items()} for kind in ("m", "u"))
    return {
        name: Belief(m[name] / sum(m.values()), u[name] / sum(u.values()), before.sibling)
        for name, before in judged()[comparison.name].items()
    }


def _with_thresholds(model: Model, left: Sequence[Features], right: Sequence[Features], missed: float) -> Model:
    """Find which share of records has a match, each round by the last one's odds, then the thresholds."""
    pairs = find_pairs(model, left, right)
    for _ in range(ROUNDS):
        odds = Weights(model, len(left), len(right)).score_all(pairs.places, pairs.rarity).odds
        probabilities = compete(pairs, odds)
        share = float(probabilities.sum()) / max(min(len(left), len(right)), 1)
        model = replace(model, match_share=min(max(share, 1 - SURE), SURE))
    auto = auto_threshold(probabilities[~held_back(pairs.places)], model.false_links)
    return replace(model, auto=auto, review=review_threshold(probabilities, missed))
