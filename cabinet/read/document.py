"""A GraphQL document, parsed once a text and held within limits before anything else looks at it."""

from functools import lru_cache

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSyntaxError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
)

from cabinet.errors import DocumentInvalid, DocumentTooLarge

MAX_CHARACTERS = 15_000
MAX_TOKENS = 1_000
MAX_DEPTH = 12
MAX_FIELDS = 500
_CACHED = 512

Size = tuple[int, int]


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
    measured: dict[str, Size | None] = {}
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            depth, fields = _measure(node.selection_set, fragments, measured)
            if depth > MAX_DEPTH:
                raise DocumentTooLarge(f"The document asks for {depth} levels; {MAX_DEPTH} are answered.")
            if fields > MAX_FIELDS:
                raise DocumentTooLarge(f"The document asks for more than {MAX_FIELDS} fields.")


def _measure(
    selections: SelectionSetNode,
    fragments: dict[str, SelectionSetNode],
    measured: dict[str, Size | None],
) -> Size:
    """Return depth and number of fields with fragments spread; each fragment is measured once."""
    depth = fields = 0
    for node in selections.selections:
        below = (0, 0)
        if isinstance(node, FieldNode):
            inner = _measure(node.selection_set, fragments, measured) if node.selection_set else (0, 0)
            below = (inner[0] + 1, inner[1] + 1)
        elif isinstance(node, InlineFragmentNode):
            below = _measure(node.selection_set, fragments, measured)
        elif isinstance(node, FragmentSpreadNode):
            below = _measure_fragment(node.name.value, fragments, measured)
        depth, fields = max(depth, below[0]), fields + below[1]
    return depth, fields


def _measure_fragment(name: str, fragments: dict[str, SelectionSetNode], measured: dict[str, Size | None]) -> Size:
    """Measure a fragment; an unknown one and one that spreads itself are left to validation."""
    if name not in measured and name in fragments:
        measured[name] = None
        measured[name] = _measure(fragments[name], fragments, measured)
    return measured.get(name) or (0, 0)
