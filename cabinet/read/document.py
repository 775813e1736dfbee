"""A GraphQL document, parsed once a text and held within limits before anything else looks at it."""

from functools import lru_cache
from typing import NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSyntaxError,
    InlineFragmentNode,
    Node,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
)

from cabinet.errors import DocumentInvalid, DocumentTooLarge

MAX_CHARACTERS = 15_000
MAX_TOKENS = 1_000
LIMITS = {"levels": 12, "fields": 500, "root_fields": 10}
_DESCRIBES_SCHEMA = {"__schema", "__type"}
_FURTHER_LEVELS = 6
"""Levels that a description of the schema may have beyond: the one that client tools send has 15.

Validation itself bounds how often such a description may go around in circles.
"""
_CACHED = 512

Fragments = dict[str, SelectionSetNode]


class Size(NamedTuple):
    """How much a selection asks for, its fragments spread."""

    levels: int
    fields: int
    root_fields: int


NOTHING = Size(0, 0, 0)


@lru_cache(maxsize=_CACHED)
def read_document(text: str) -> DocumentNode:
    """Parse a document. Raises DocumentInvalid, or DocumentTooLarge for one beyond the limits."""
    if len(text) > MAX_CHARACTERS:
        raise DocumentTooLarge(f"The document has more than {MAX_CHARACTERS:,} characters.")
    try:
        document = parse(text, max_tokens=MAX_TOKENS, no_location=False)
    except GraphQLSyntaxError as error:
        if "token" in error.message and str(MAX_TOKENS) in error.message:
            raise DocumentTooLarge(f"The document has more than {MAX_TOKENS:,} tokens.") from error
        places = [{"line": line, "column": column} for line, column in error.locations or ()]
        raise DocumentInvalid(error.message, locations=places) from error
    except RecursionError as error:
        raise DocumentTooLarge("The document is nested too deeply.") from error
    _check_size(document)
    return document


def operation_kind(document: DocumentNode, name: str | None) -> str:
    """Return whether the operation asked for is a query or a mutation; raise DocumentInvalid for neither."""
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    named = [node for node in operations if name is None or (node.name and node.name.value == name)]
    if len(named) != 1:
        raise DocumentInvalid("The document must hold exactly one operation, or `operationName` name one.")
    return named[0].operation.value


def _check_size(document: DocumentNode) -> None:
    fragments = {
        node.name.value: node.selection_set
        for node in document.definitions
        if isinstance(node, FragmentDefinitionNode)
    }
    measured: dict[str, Size] = {}
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            size = _measure(node.selection_set, fragments, measured)
            for what, limit in LIMITS.items():
                if getattr(size, what) > limit:
                    raise DocumentTooLarge(
                        f"The document has {getattr(size, what)} {what.replace('_', ' ')}; {limit} are answered."
                    )


def _measure(selections: SelectionSetNode, fragments: Fragments, measured: dict[str, Size]) -> Size:
    """Measure a selection with its fragments spread; each fragment is looked into once."""
    levels = fields = root_fields = 0
    for node in selections.selections:
        below = _measure_node(node, fragments, measured)
        levels = max(levels, below.levels)
        fields, root_fields = fields + below.fields, root_fields + below.root_fields
    return Size(levels, fields, root_fields)


def _measure_node(node: Node, fragments: Fragments, measured: dict[str, Size]) -> Size:
    if isinstance(node, FieldNode):
        inner = _measure(node.selection_set, fragments, measured) if node.selection_set else NOTHING
        beyond = _FURTHER_LEVELS if node.name.value in _DESCRIBES_SCHEMA else 0
        return Size(inner.levels + 1 - beyond, inner.fields + 1, 1)
    if isinstance(node, InlineFragmentNode):
        return _measure(node.selection_set, fragments, measured)
    name = node.name.value if isinstance(node, FragmentSpreadNode) else ""
    if name not in measured and name in fragments:
        # A fragment that spreads itself, and one that is not there, are left to validation.
        measured[name] = NOTHING
        measured[name] = _measure(fragments[name], fragments, measured)
    return measured.get(name, NOTHING)
