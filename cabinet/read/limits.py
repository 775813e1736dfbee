"""What a document may ask for, each limit with an error of its own; a fragment is measured once."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
)

from cabinet.errors import (
    DocumentTooDeep,
    DocumentTooLarge,
    TooManyAliases,
    TooManyDirectives,
    TooManyFields,
    TooManyOperations,
    TooManyRepeats,
    TooManyRootFields,
)

MAX_CHARACTERS = 15_000
MAX_TOKENS = 1_000
ROWS_PER_PAGE_ROW = 50
"""An answer may have this many times the rows of one page: 5,000 where a page has 100."""
SHORT_LIST = 3
"""Rows that a list which is short by nature is taken to have, where a cost is counted."""
MAX_REPEATS = 500
_REPEATED_OBJECT = 10
"""An object that is asked for once more counts as so many plain fields."""

_DESCRIBES_SCHEMA = {"__schema", "__type"}
_FURTHER_LEVELS = 6
"""Levels that a description of the schema may have beyond: the one that client tools send has 15.

Validation itself bounds how often such a description may go around in circles.
"""


class Size(NamedTuple):
    """How much a selection asks for, its fragments spread."""

    levels: int = 0
    fields: int = 0
    root_fields: int = 0
    aliases: int = 0
    directives: int = 0


NOTHING = Size()
LIMITS: dict[str, tuple[int, type[DocumentTooLarge]]] = {
    "levels": (12, DocumentTooDeep),
    "fields": (500, TooManyFields),
    "root_fields": (10, TooManyRootFields),
    "aliases": (15, TooManyAliases),
    "directives": (20, TooManyDirectives),
}

Fragments = dict[str, FragmentDefinitionNode]
Measured = dict[str, Size]


def check_size(document: DocumentNode) -> None:
    """Raise an error of the kind DocumentTooLarge for what is beyond a limit."""
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if len(operations) > 1:
        raise TooManyOperations
    fragments = {n.name.value: n for n in document.definitions if isinstance(n, FragmentDefinitionNode)}
    for operation in operations:
        size = _measure(operation.selection_set, fragments, {})
        size = size._replace(directives=size.directives + len(operation.directives or ()))
        for what, (limit, error) in LIMITS.items():
            found = getattr(size, what)
            if found > limit:
                raise error(f"The document has {found} {what.replace('_', ' ')}; {limit} are answered.")
    if _repeats(document) > MAX_REPEATS:
        raise TooManyRepeats


def _measure(selections: SelectionSetNode, fragments: Fragments, measured: Measured) -> Size:
    sizes = [_measure_node(node, fragments, measured) for node in selections.selections]
    levels = max((size.levels for size in sizes), default=0)
    return Size(levels, *(sum(each) for each in zip(*(size[1:] for size in sizes), strict=True)))


def _measure_node(node: SelectionNode, fragments: Fragments, measured: Measured) -> Size:
    carried = len(node.directives or ())
    if isinstance(node, FieldNode):
        inner = _measure(node.selection_set, fragments, measured) if node.selection_set else NOTHING
        aliases = inner.aliases + (node.alias is not None)
        levels = inner.levels + 1 - (_FURTHER_LEVELS if node.name.value in _DESCRIBES_SCHEMA else 0)
        return Size(levels, inner.fields + 1, 1, aliases, inner.directives + carried)
    if isinstance(node, InlineFragmentNode):
        inner = _measure(node.selection_set, fragments, measured)
    else:
        inner = _measure_fragment(node, fragments, measured)
    return inner._replace(directives=inner.directives + carried)


def _measure_fragment(node: SelectionNode, fragments: Fragments, measured: Measured) -> Size:
    name = node.name.value if isinstance(node, FragmentSpreadNode) else ""
    if name not in measured and name in fragments:
        # A fragment that spreads itself, and one that is not there, are left to validation.
        measured[name] = NOTHING
        measured[name] = _measure(fragments[name].selection_set, fragments, measured)
    return measured.get(name, NOTHING)


def _repeats(document: DocumentNode) -> int:
    """Count how often a key comes again where it stands already, in fragments that nobody spreads as well.

    Validation compares each of them with every other, and the fields below those with one another: documents of a
    few kilobytes would take it half a second, with everybody else waiting.
    """
    definitions = [
        n for n in document.definitions if isinstance(n, OperationDefinitionNode | FragmentDefinitionNode)
    ]
    found, merged = 0, [[node.selection_set] for node in definitions]
    while merged:
        keys = defaultdict(list)
        for field in _fields(merged.pop()):
            keys[(field.alias or field.name).value].append(field)
        for fields in keys.values():
            below = [field.selection_set for field in fields if field.selection_set]
            found += (len(fields) - 1) * (_REPEATED_OBJECT if below else 1)
            merged += [below] if below else []
    return found


def _fields(merged: Sequence[SelectionSetNode]) -> Iterator[FieldNode]:
    """Yield the fields of selections that are merged, and those of the inline fragments among them."""
    left = list(merged)
    while left:
        for node in left.pop().selections:
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, InlineFragmentNode):
                left.append(node.selection_set)
