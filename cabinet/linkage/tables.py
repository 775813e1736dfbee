"""Features as the columns of a table that DuckDB reads, and Splink's settings for them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any, cast

import pyarrow as pa
from splink import SettingsCreator, block_on

from cabinet.linkage.comparisons import COMPARISONS
from cabinet.linkage.features import CROWD, Features
from cabinet.linkage.frequencies import Frequencies
from cabinet.linkage.levels import Comparison, Level
from cabinet.linkage.model import Belief, Beliefs

_TYPES = {list[str]: pa.list_(pa.string()), bool: pa.bool_()}
_COLUMNS = {each.name: _TYPES.get(cast("type", each.type), pa.string()) for each in fields(Features)}


def crowded(sources: Iterable[Sequence[Features]]) -> frozenset[str]:
    """Return the keys that more than CROWD records of one source share."""
    found: set[str] = set()
    for source in sources:
        counted = Counter(key for each in source for key in each.keys)
        found |= {key for key, count in counted.items() if count > CROWD}
    return frozenset(found)


def table_of(source: Sequence[Features], without: frozenset[str] = frozenset()) -> pa.Table:
    """Return the features as a table; `unique_id` is the place in the sequence."""
    columns = {
        name: pa.array([getattr(each, name) for each in source], type_)
        for name, type_ in _COLUMNS.items()
        if name != "keys"
    }
    keys = [[key for key in each.keys if key not in without] for each in source]
    columns["keys"] = pa.array(keys, _COLUMNS["keys"])
    return pa.table({"unique_id": pa.array(range(len(source)), pa.int64()), **columns})


def frequency_table(frequencies: Frequencies, column: str) -> pa.Table:
    return pa.table(frequencies.table(column), pa.schema({column: pa.string(), f"tf_{column}": pa.float64()}))


def settings_of(beliefs: Beliefs, match_probability: float, rounds: int = 1) -> SettingsCreator:
    """Return the comparisons as Splink takes them, with our beliefs as their parameters.

    `rounds` are those of expectation maximisation at most.
    """
    return SettingsCreator(
        link_type="link_only",
        comparisons=[_comparison(each, beliefs[each.name]) for each in COMPARISONS],
        blocking_rules_to_generate_predictions=[block_on("keys", arrays_to_explode=["keys"])],
        probability_two_random_records_match=match_probability,
        max_iterations=rounds,
        retain_matching_columns=True,  # Without them Splink keeps no levels either.
        retain_intermediate_calculation_columns=True,
    )


def _comparison(comparison: Comparison, beliefs: Mapping[str, Belief]) -> dict[str, Any]:
    return {
        "output_column_name": comparison.name,
        "comparison_levels": [_level(level, beliefs.get(level.name)) for level in comparison.levels],
    }


def _level(level: Level, belief: Belief | None) -> dict[str, Any]:
    described: dict[str, Any] = {"sql_condition": level.sql, "label_for_charts": level.name}
    if belief is None:
        return {**described, "is_null_level": True}
    if level.frequency:
        described |= {"tf_adjustment_column": level.frequency, "tf_adjustment_weight": 1.0}
    return {**described, "m_probability": belief.m, "u_probability": belief.u}
