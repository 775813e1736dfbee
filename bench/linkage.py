"""How well and how fast children are matched: `python -m bench.linkage DATA`; see bench/README.md.

Learns each model from the records alone, matches, and only then asks who is who. Prints a table and, at the end,
one line of JSON.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations
from pathlib import Path
from statistics import median
from typing import Any

from bench.linkage_door import posted
from bench.linkage_sources import Source, febrl3, febrl4, sector
from bench.linkage_stock import stock_links
from bench.population import AS_OF, Written, as_written, children
from cabinet.linkage.decide import Outcome
from cabinet.linkage.features import Features, features_of
from cabinet.linkage.known import KnownChildren
from cabinet.linkage.link import link
from cabinet.linkage.model import Model
from cabinet.linkage.training import train

LINKED, SHOWN = (Outcome.LINK,), (Outcome.LINK, Outcome.REVIEW)
ROWS = 1_000
SHARE = 0.8

Pair = tuple[str, str]


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.linkage", description="Measure how children are matched."
    )
    add = parser.add_argument
    add("data", type=Path, help="the folder of real inputs, with linkage/children-3-sector in it")
    add("--known", type=int, default=50_000, help="children in the database that rows are posted to one by one")
    add("--rows", type=int, default=100_000, help="new rows, and children that are known, in the timed run")
    return parser.parse_args()


def measured(found: set[Pair], left: Source, right: Source) -> dict[str, float]:
    """Compare pairs with who is who; false ones of one household are brothers, sisters and twins taken for one."""
    theirs = Counter(right.truth[each.record_id] for each in right.features)
    true = sum(theirs[left.truth[each.record_id]] for each in left.features)
    wrong = [(one, other) for one, other in found if left.truth[one] != right.truth[other]]
    right_ones = len(found) - len(wrong)
    return {
        "pairs": len(found),
        "precision": round(right_ones / len(found), 4) if found else 1.0,
        "recall": round(right_ones / true, 4),
        "f1": round(2 * right_ones / (len(found) + true), 4),
        "false": len(wrong),
        "false_in_household": sum(left.household[one] == right.household[other] for one, other in wrong),
    }


def compare(sources: Sequence[Source]) -> dict[str, Any]:
    """Match every two of the sources, ours and Splink's own way, and add the pairs up."""
    model, seconds = timed(lambda: train([each.features for each in sources]))
    outcomes: dict[str, list[dict[str, float]]] = {"auto": [], "with_review": [], "splink_stock": []}
    for left, right in combinations(sources, 2):
        decisions = link(model, left.features, right.features).decisions
        for name, wanted in (("auto", LINKED), ("with_review", SHOWN)):
            pairs = {(each.left, each.right) for each in decisions if each.outcome in wanted}
            outcomes[name].append(measured(pairs, left, right))
        outcomes["splink_stock"].append(measured(stock_links(left.rows, right.rows), left, right))
    added = {name: added_up(parts) for name, parts in outcomes.items()}
    return {
        **added,
        "thresholds": [round(model.auto, 4), round(model.review, 4)],
        "train_seconds": round(seconds, 1),
    }


def added_up(parts: Sequence[dict[str, float]]) -> dict[str, float]:
    """Return the figures of all pairs of sources together."""
    if len(parts) == 1:
        return parts[0]
    pairs, false = sum(part["pairs"] for part in parts), sum(part["false"] for part in parts)
    true = sum((part["pairs"] - part["false"]) / part["recall"] for part in parts if part["recall"])
    return {
        "pairs": pairs,
        "precision": round(1 - false / pairs, 4),
        "recall": round((pairs - false) / true, 4),
        "f1": round(2 * (pairs - false) / (pairs + true), 4),
        "false": false,
        "false_in_household": sum(part["false_in_household"] for part in parts),
    }


def timed(run: Callable[[], Any]) -> tuple[Any, float]:
    begun = time.perf_counter()
    return run(), time.perf_counter() - begun


def speed(rows: int) -> dict[str, Any]:
    """Match so many new rows with so many children, from records to decisions; then a thousand one at a time."""
    of = children(1, round(rows / SHARE))
    known, new = as_written(2, of, "K", share=SHARE), as_written(3, of, "N", share=SHARE)
    model, train_seconds = timed(lambda: train([compared(known), compared(new)]))
    cpu = time.process_time()
    linkage, seconds = timed(lambda: link(model, compared(new), compared(known)))
    cpu = time.process_time() - cpu
    linked = [each for each in linkage.decisions if each.outcome is Outcome.LINK]
    wrong = sum(new.child[each.left] != known.child[each.right] for each in linked)
    return {
        "rows": rows,
        "seconds": round(seconds, 1),
        "cpu_seconds": round(cpu, 1),
        "train_seconds": round(train_seconds, 1),
        "linked": len(linked),
        "false": wrong,
        **one_at_a_time(model, compared(known), compared(new)[:ROWS]),
    }


def compared(source: Written) -> list[Features]:
    return [features_of(record, AS_OF) for record in source.records]


def one_at_a_time(model: Model, known: Iterable[Features], new: Sequence[Features]) -> dict[str, float]:
    index = KnownChildren(model, ((each.record_id, each) for each in known))
    wall, cpu = zip(*(_timed_row(index, each) for each in new), strict=True)
    return {
        "row_ms_median": round(median(wall), 2),
        "row_ms_p99": round(sorted(wall)[len(wall) * 99 // 100], 2),
        "row_cpu_ms_p99": round(sorted(cpu)[len(cpu) * 99 // 100], 2),
    }


def _timed_row(index: KnownChildren[str], row: Features) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    index.match(row)
    return 1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - cpu)


def contests(data: Path) -> Iterator[tuple[str, list[Source]]]:
    education, health, ost = (sector(data, name) for name in ("education", "health", "ost"))
    yield "education x health", [education, health]
    yield "education x ost", [education, ost]
    yield "health x ost", [health, ost]
    yield "febrl4", list(febrl4())
    yield "febrl3", febrl3()


def main() -> None:
    given, summary = options(), dict[str, Any]()
    print(f"{'':<20}{'':<14}{'pairs':>7}{'precision':>11}{'recall':>9}{'F1':>9}{'false':>7}{'in household':>14}")
    for name, sources in contests(given.data):
        summary[name] = compare(sources)
        for way in ("auto", "with_review", "splink_stock"):
            of = summary[name][way]
            figures = f"{of['pairs']:>7}{of['precision']:>11.4f}{of['recall']:>9.4f}{of['f1']:>9.4f}"
            print(f"{name:<20}{way:<14}{figures}{of['false']:>7}{of['false_in_household']:>14}", flush=True)
    summary["speed"] = speed(given.rows)
    summary["posted"] = posted(given.known)
    print(json.dumps(summary))


if __name__ == "__main__":
    main()
