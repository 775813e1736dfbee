"""DuckDB and Polars on the same children: the same counts, from tables that are made easy for them.

They are given what our index works out from the records itself: who is here on the day with every dimension
resolved, and who is eligible and in need of what; and spans of services in the place of programs. What is left to
them is whom each service reaches on the day, the population, and counting.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb
import numpy as np
import polars as pl

from cabinet.coverage.dimensions import Dimension
from cabinet.coverage.index.bits import unpacked
from cabinet.coverage.index.columns import Columns
from cabinet.coverage.index.day import Day
from cabinet.coverage.index.spans import Spans

ASKED = (Dimension.ECONOMICALLY_DISADVANTAGED, Dimension.SEX, Dimension.GRADE, Dimension.NEIGHBORHOOD)
CONDITION = "ECONOMICALLY_DISADVANTAGED = 'YES' AND (SEX = 'FEMALE' OR GRADE IN ('01', '02', '03'))"
Found = Mapping[tuple[str | None, ...], tuple[int, ...]]
"""Eligible, in need, served and waitlisted, by service and group."""

_QUESTION = """
WITH asked AS (SELECT slot{groups} FROM profile WHERE {condition}),
reached AS (SELECT DISTINCT slot, type FROM reaching WHERE begins <= {day} AND ends >= {day}),
waited AS (SELECT DISTINCT slot, type FROM waiting WHERE begins <= {day} AND ends >= {day})
SELECT e.type{groups}, count(*), count(*) FILTER (in_need), count(*) FILTER (in_need AND r.slot IS NOT NULL),
  count(*) FILTER (in_need AND r.slot IS NULL AND w.slot IS NOT NULL)
FROM eligible e JOIN asked a ON a.slot = e.slot
LEFT JOIN reached r ON r.slot = e.slot AND r.type = e.type
LEFT JOIN waited w ON w.slot = e.slot AND w.type = e.type
GROUP BY ALL
"""


@dataclass(frozen=True)
class Tables:
    """What the peers are given for one day."""

    day: int
    codes: Sequence[str]
    profile: pl.DataFrame
    eligible: pl.DataFrame
    reaching: pl.DataFrame
    waiting: pl.DataFrame

    @classmethod
    def of(cls, columns: Columns, day: date) -> "Tables":
        made = Day(columns, day)
        here, bits = made.profile.here, made._bits  # noqa: SLF001 - a peer gets what an API would not give.
        kinds = []
        for number in range(len(bits)):
            inside, needed = unpacked(bits[number, :2], made.size)
            slots = np.flatnonzero(inside & here).astype(np.int32)
            kinds.append(
                pl.DataFrame({"slot": slots, "type": np.full(len(slots), number, np.uint8)}).with_columns(
                    pl.Series("in_need", needed[slots])
                )
            )
        return cls(
            columns.year.place(day),
            columns.catalog.kinds.names,
            pl.DataFrame(
                {
                    "slot": np.flatnonzero(here).astype(np.int32),
                    **{dimension.value: _labels(made, dimension, here) for dimension in ASKED},
                }
            ),
            pl.concat(kinds),
            pl.concat([_by_type(columns, columns.enrolled), _rows(columns.encounters)]),
            _by_type(columns, columns.waiting),
        )


class DuckDB:
    """In memory, on one thread."""

    name = "duckdb"

    def __init__(self, tables: Tables) -> None:
        self._tables, self._connection = tables, duckdb.connect(config={"threads": 1})
        for name in ("profile", "eligible", "reaching", "waiting"):
            self._connection.register("given", getattr(tables, name).to_arrow())
            self._connection.execute(f"CREATE TABLE {name} AS SELECT * FROM given")
            self._connection.unregister("given")

    def ask(self, by: Sequence[Dimension]) -> list[tuple[object, ...]]:
        groups = "".join(f", {dimension}" for dimension in by)
        sql = _QUESTION.format(groups=groups, condition=CONDITION, day=self._tables.day)
        return self._connection.execute(sql).fetchall()


class Polars:
    """On as many threads as it takes."""

    name = "polars"

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def ask(self, by: Sequence[Dimension]) -> list[tuple[object, ...]]:
        given, on, groups = self._tables, ["slot", "type"], [dimension.value for dimension in by]
        asked = (
            given.profile.lazy()
            .filter(
                (pl.col("ECONOMICALLY_DISADVANTAGED") == "YES")
                & ((pl.col("SEX") == "FEMALE") | pl.col("GRADE").is_in(["01", "02", "03"]))
            )
            .select("slot", *groups)
        )
        active = (pl.col("begins") <= given.day) & (pl.col("ends") >= given.day)
        reached, waited = (
            table.lazy().filter(active).select(on).unique().with_columns(pl.lit(value=True).alias(name))
            for table, name in ((given.reaching, "r"), (given.waiting, "w"))
        )
        joined = given.eligible.lazy().join(asked, on="slot").join(reached, on=on, how="left")
        need, served = pl.col("in_need"), pl.col("r").fill_null(value=False)
        waits = pl.col("w").fill_null(value=False)
        counted = (
            joined.join(waited, on=on, how="left")
            .group_by("type", *groups)
            .agg(
                pl.len(),
                need.sum(),
                (need & served).sum().alias("served"),
                (need & ~served & waits).sum().alias("waitlisted"),
            )
        )
        return counted.collect().rows()


def found(rows: Sequence[tuple[object, ...]], codes: Sequence[str]) -> Found:
    """Return a peer's rows as counts by the service's code and the group."""
    return {(codes[int(str(row[0]))], *map(str, row[1:-4])): tuple(map(int, row[-4:])) for row in rows}  # type: ignore[call-overload]


def _labels(day: Day, dimension: Dimension, here: np.ndarray) -> pl.Series:
    places, labels = day.profile.facet(dimension)
    return pl.Series(np.array(labels)[places[here]]).cast(pl.Categorical)


def _rows(spans: Spans) -> pl.DataFrame:
    slot, what, begins, ends = (column[: spans._size] for column in spans._columns)  # noqa: SLF001 - the same.
    return pl.DataFrame({"slot": slot, "type": what.astype(np.uint8), "begins": begins, "ends": ends})


def _by_type(columns: Columns, spans: Spans) -> pl.DataFrame:
    """Return spans in programs as spans of the types that the programs give."""
    slot, what, begins, ends = (column[: spans._size] for column in spans._columns)  # noqa: SLF001 - the same.
    given = [(program, kind) for program, kinds in columns.catalog.given_by.items() for kind in kinds]
    programs = pl.DataFrame(given, schema={"program": pl.UInt16, "type": pl.UInt8}, orient="row")
    rows = pl.DataFrame({"slot": slot, "program": what, "begins": begins, "ends": ends})
    return rows.join(programs, on="program").select("slot", "type", "begins", "ends")
