"""How many rows an answer could have: pages multiply down the tree, which no limit on each of them bounds."""

from collections.abc import Iterable, Iterator

from graphql.execution.values import VariableValues

from cabinet.errors import CostTooHigh, PageTooLarge
from cabinet.read.fields import Fields
from cabinet.read.limits import ROWS_PER_PAGE_ROW, SHORT_LIST
from cabinet.read.relations import ById, Many, Pages
from cabinet.read.selection import Selected


def check_cost(selected: Iterable[Selected], variables: VariableValues, fields: Fields, page_limit: int) -> None:
    """Raise PageTooLarge or CostTooHigh for more rows than are given at a time."""
    total = sum(_rows(each, variables, fields, page_limit) for each in selected)
    limit = ROWS_PER_PAGE_ROW * page_limit
    if total > limit:
        raise CostTooHigh(f"The answer could have {total:,} rows; {limit:,} are given at a time.")


def _rows(each: Selected, variables: VariableValues, fields: Fields, page_limit: int) -> int:
    below = sum(_rows(inner, variables, fields, page_limit) for inner in _below(each, fields))
    relation = each.relation
    if isinstance(relation, Pages):
        first = each.arguments(variables).get("first")
        if not isinstance(first, int) or not 1 <= first <= page_limit:
            raise PageTooLarge(f"`first` is between 1 and {page_limit}.", field=each.key)
        return first * (1 + below)
    if isinstance(relation, Many):
        return SHORT_LIST * (1 + below)
    return below


def _below(each: Selected, fields: Fields) -> Iterator[Selected]:
    """Yield what is asked below; of what may be of several types, all that is asked of any."""
    yield from each.own_fields()
    if isinstance(each.relation, ById):
        for row in fields.rows.values():
            if row.type.interfaces:
                yield from each.fields(row.type)
