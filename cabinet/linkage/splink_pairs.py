"""The pairs of two sources as Splink finds and scores them in DuckDB: what learning goes by."""

import logging
from collections.abc import Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from splink import DuckDBAPI, Linker

from cabinet.linkage.comparisons import COMPARISONS
from cabinet.linkage.features import Features
from cabinet.linkage.frequencies import FREQUENT, Frequencies
from cabinet.linkage.model import Beliefs, Model
from cabinet.linkage.pairs import HOPELESS, Pairs
from cabinet.linkage.tables import crowded, frequency_table, settings_of, table_of
from cabinet.linkage.weights import Places, Weights

_LEVELS = [f"gamma_{each.name}" for each in COMPARISONS]
_RARITY = [f"mw_tf_adj_{each.name}" for each in COMPARISONS if any(level.frequency for level in each.levels)]


def make_linker(
    sources: Sequence[Sequence[Features]], beliefs: Beliefs, match_probability: float, rounds: int = 1
) -> Linker:
    """Return a Splink linker of these sources, on a DuckDB of its own in memory."""
    api, without = DuckDBAPI(), crowded(sources)
    tables = [
        api.register(table_of(source, without), dataset_display_name=f"source_{place}")
        for place, source in enumerate(sources)
    ]
    linker = Linker(tables, settings_of(beliefs, match_probability, rounds), log_level=logging.ERROR)
    frequencies = Frequencies(chain.from_iterable(sources))
    for column in FREQUENT:
        table = api.register(frequency_table(frequencies, column), table_name=f"frequency_of_{column}")
        linker.table_management.register_term_frequency_lookup(table, column)
    return linker


def find_pairs(model: Model, left: Sequence[Features], right: Sequence[Features]) -> Pairs:
    """Compare all records of two sources that share a key, and return the pairs that are not hopeless."""
    if not left or not right:
        none = np.zeros(0)
        return Pairs(none.astype(int), none.astype(int), np.zeros((0, len(COMPARISONS)), int), none, none)
    weights = Weights(model, len(left), len(right))
    linker = make_linker((left, right), model.beliefs, weights.probability)
    found = linker.inference.predict(threshold_match_weight=HOPELESS, warning_mode="never")
    wanted = ["unique_id_l", "unique_id_r", "match_weight", f"{' + '.join(_RARITY)} AS rarity", *_LEVELS]
    columns = found.as_duckdbpyrelation().order("unique_id_l, unique_id_r").select(", ".join(wanted)).fetchnumpy()
    return Pairs(
        columns["unique_id_l"],
        columns["unique_id_r"],
        _places(columns),
        columns["rarity"],
        columns["match_weight"],
    )


def _places(columns: dict[str, NDArray[np.int64]]) -> Places:
    """Return Splink's levels by our count: it counts from the last one up, -1 being the missing one."""
    levels = np.stack([columns[name].astype(np.int64) for name in _LEVELS], axis=1)
    return np.where(levels < 0, 0, np.array([len(each.levels) for each in COMPARISONS]) - 1 - levels)
