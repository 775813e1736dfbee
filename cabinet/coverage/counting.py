"""Questions counted: from an index in memory where there is one to ask, else by the SQL statement."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from cabinet.coverage.dimensions import Dimension
from cabinet.coverage.index.count import Counted
from cabinet.coverage.index.indexes import Indexes
from cabinet.coverage.population import Population
from cabinet.coverage.question import Question, write_question
from cabinet.coverage.tabulation import Approach, Tabulation, fold, most_frequent
from cabinet.coverage.tally import COVERAGE, MAX_ROWS, Counting
from cabinet.db import Connection
from cabinet.errors import InputInvalid

Rows: TypeAlias = Sequence[Mapping[str, Any]]
Answered: TypeAlias = Rows | Counted


async def count_all(
    connection: Connection,
    questions: Sequence[Question],
    indexes: Indexes | None,
    counting: Counting = COVERAGE,
    longest: int = MAX_ROWS,
) -> list[Answered]:
    """Return the counts of each question by service and group; both ways give the same in the same order.

    The questions of one school year are counted at one moment. Indexes count everybody's word, as who counts whole
    communities does: whoever reads rows is answered by SQL, in the scope of the connection; so is what indexes do
    not hold. Raises InputInvalid where the answer would have more rows than are given.
    """
    # Written for the index as well: what is nested too deeply to be asked is found there.
    written = [write_question(question, counting.template) for question in questions]
    counts_coverage = counting is COVERAGE and not any(question.is_exact for question in questions)
    counted = await indexes.count_all(questions) if indexes is not None and counts_coverage else None
    if counted is not None:
        if not any(question.tabulation.is_by_combination for question in questions):
            check_length(sum(map(len, counted)), longest)
        found = await asyncio.to_thread(lambda: [_told(*each) for each in zip(questions, counted, strict=True)])
        check_length(sum(map(len, found)), longest)
        return found
    # The planner cannot know how many children a condition leaves; a loop in a loop is never worth the risk.
    await connection.execute("SET LOCAL enable_nestloop = off")
    answers: list[Answered] = []
    length = 0
    for question, statement in zip(questions, written, strict=True):
        if question.is_folded and counting.statistics:
            rows = await _by_group(connection, question, counting)
        else:
            rows = fold(await _fetch(connection, statement), question.breakdown_by, question.tabulation)
        answers.append(_in_order(rows))
        length += len(answers[-1])
        check_length(length, longest)
    return answers


async def _by_group(connection: Connection, question: Question, counting: Counting) -> Rows:
    """Count each group's children together: a group's median does not follow from those of its parts."""
    rows = await _fetch(connection, write_question(question, counting.template, by_group=True))
    if question.overlap is None:
        return rows
    totals = await _fetch(connection, write_question(replace(question, breakdown_by=()), counting.template))
    names = [f"d{position}" for position in range(len(question.breakdown_by))]
    of_all: Rows = [{**row, **dict.fromkeys(names)} for row in totals]
    return [*of_all, *(row for row in rows if row[names[0]] is not None)]


async def _fetch(connection: Connection, written: tuple[str, list[Any]]) -> Rows:
    statement, arguments = written
    rows: Rows = await connection.fetch(statement, *arguments)
    return rows


def _told(question: Question, counted: Counted) -> Answered:
    """Return rows where combinations are added up, and otherwise the counts as they are."""
    if not question.is_folded:
        return counted.in_order()
    return _in_order(fold(counted.rows(), question.breakdown_by, question.tabulation))


async def find_tabulation(
    connection: Connection, question: Question, indexes: Indexes | None, approach: Approach
) -> Tabulation:
    """Return how a question is tabulated by an approach: the combinations most frequent among all children.

    They are those of the day, whatever the population, so that answers about several can be laid side by side.
    """
    if approach is not Approach.MOST_FREQUENT or Dimension.RACE_ETHNICITY not in question.breakdown_by:
        return Tabulation(approach)
    all_of_them = replace(
        question,
        population=Population(),
        services=(),
        breakdown_by=(Dimension.RACE_ETHNICITY,),
        tabulation=Tabulation(approach),
    )
    (rows,) = await count_all(connection, [all_of_them], indexes)
    return most_frequent(rows.rows() if isinstance(rows, Counted) else rows)


def check_length(rows: int, longest: int = MAX_ROWS) -> None:
    if rows > longest:
        raise InputInvalid(
            f"The answer would have {rows:,} rows, a service and a group each; {longest:,} are given.",
            hint="Name fewer services, or break down by fewer or coarser dimensions.",
        )


def _in_order(rows: Rows) -> Rows:
    """Order rows the same everywhere, whatever the database's collation: what is withheld may depend on it."""
    dimensions = ("d0", "d1", "d2")
    return sorted(rows, key=lambda row: (row["service_type"], *(row.get(name) or "" for name in dimensions)))
