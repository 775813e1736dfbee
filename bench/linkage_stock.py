"""Splink as one sets it up from its library, to compare with: names, a birth date, and nothing about siblings."""

import logging
from collections.abc import Sequence

import pyarrow as pa
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from bench.real_inputs import Row

RULES = (("first_name", "surname"), ("dob",), ("surname", "street"), ("first_name", "street"))
THRESHOLD = 0.95


def stock_links(left: Sequence[Row], right: Sequence[Row]) -> set[tuple[str, str]]:
    """Return the pairs that are likelier than THRESHOLD, at most one a record, the likeliest first."""
    api = DuckDBAPI()
    tables = [api.register(_table(rows), dataset_display_name=name) for name, rows in (("a", left), ("b", right))]
    linker = Linker(tables, _settings(), log_level=logging.ERROR)
    linker.training.estimate_probability_two_random_records_match(
        [block_on("first_name", "surname", "dob")], recall=0.7
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e7, seed=1)
    for columns in (("dob",), ("first_name", "surname")):
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(*columns))
    found = linker.inference.predict(threshold_match_probability=THRESHOLD, warning_mode="never").as_record_list()
    return _one_to_one(sorted(found, key=lambda each: -each["match_probability"]))


def _one_to_one(found: Sequence[dict[str, object]]) -> set[tuple[str, str]]:
    pairs: dict[str, str] = {}
    for each in found:
        one, other = str(each["unique_id_l"]), str(each["unique_id_r"])
        if one not in pairs and other not in pairs.values():
            pairs[one] = other
    return set(pairs.items())


def _table(rows: Sequence[Row]) -> pa.Table:
    return pa.table({name: pa.array([row[name] or None for row in rows], pa.string()) for name in rows[0]})


def _settings() -> SettingsCreator:
    return SettingsCreator(
        link_type="link_only",
        comparisons=[
            cl.NameComparison("first_name").configure(term_frequency_adjustments=True),
            cl.NameComparison("surname").configure(term_frequency_adjustments=True),
            cl.DateOfBirthComparison("dob", input_is_string=True, datetime_format="%Y-%m-%d"),
            cl.ExactMatch("sex"),
            cl.JaroWinklerAtThresholds("street", [0.9, 0.7]),
            cl.ExactMatch("zipcode"),
        ],
        blocking_rules_to_generate_predictions=[block_on(*columns) for columns in RULES],
    )
