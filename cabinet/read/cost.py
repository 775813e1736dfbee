"""How many rows an answer could have: pages multiply down the tree, which no limit on each of them bounds."""

from collections.abc import Iterator

from graphql import GraphQLError

from cabinet.errors import CostTooHigh, PageTooLarge
from cabinet.read.arguments import Arguments
from cabinet.read.fields import Fields
from cabinet.read.limits import ROWS_PER_PAGE_ROW, SHORT_LIST
from cabinet.read.relations import ById, FoundPages, Many, Pages
from cabinet.read.selection import Selected, Selection

_KEPT = 100
_OF_PAGES = ("nodes", "edges")


def check_cost(
    selection: Selection, arguments: Arguments, fields: Fields, page_limit: int, *, times: int = 1
) -> None:
    """Raise PageTooLarge or CostTooHigh for more rows than are given at a time."""
    pages = _pages(selection, fields)
    # Sizes that stand in the document itself are the same for every request.
    varying = tuple([_first(page, arguments) for page in pages if page.variables])
    if varying in selection.affordable:
        return
    firsts = {page: _first(page, arguments) for page in pages}
    for page, first in firsts.items():
        if not 1 <= first <= page_limit:
            raise PageTooLarge(f"`first` is between 1 and {page_limit}.", field=page.key)
    total = times * sum(_rows(each, firsts, fields) for each in selection.fields)
    limit = ROWS_PER_PAGE_ROW * page_limit
    if total > limit:
        raise CostTooHigh(f"The answer could have {total:,} rows; {limit:,} are given at a time.")
    if len(selection.affordable) >= _KEPT:
        selection.affordable.clear()
    selection.affordable.add(varying)


def _first(page: Selected, arguments: Arguments) -> int:
    try:
        return int(arguments.of(page)["first"])
    except GraphQLError:
        # The resolver will say at its place what is wrong with the argument, and read nothing.
        return 1


def _pages(selection: Selection, fields: Fields) -> tuple[Selected, ...]:
    if selection.pages is None:
        selection.pages = tuple(page for each in selection.fields for page in _pages_of(each, fields))
    return selection.pages


def _pages_of(root: Selected, fields: Fields) -> Iterator[Selected]:
    """Yield the lists with pages of a root field; of what may be of several types, those of each."""
    if not isinstance(root.relation, ById):
        yield from root.pages()
        return
    for row in fields.nodes.values():
        yield from root.pages(row.type)


def _rows(each: Selected, firsts: dict[Selected, int], fields: Fields) -> int:
    below = sum(_rows(inner, firsts, fields) for inner in _below(each, fields))
    if isinstance(each.relation, Pages | FoundPages):
        return firsts[each] * (1 + below)
    if isinstance(each.relation, Many):
        return SHORT_LIST * (1 + below)
    # Other lists are made by resolvers, such as what a viewer may do: what is read for each of them adds up.
    return SHORT_LIST * below if each.is_list and each.name not in _OF_PAGES else below


def _below(each: Selected, fields: Fields) -> Iterator[Selected]:
    """Yield what is asked below; of what may be of several types, all that is asked of any."""
    yield from each.own_fields()
    if isinstance(each.relation, ById):
        for row in fields.nodes.values():
            yield from each.fields(row.type)
