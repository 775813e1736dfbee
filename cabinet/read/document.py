"""A GraphQL document, parsed, held within limits and validated once a text, before anything else looks at it."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from graphql import (
    DirectiveNode,
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    NamedTypeNode,
    Node,
    NonNullTypeNode,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    TypeNode,
    VariableNode,
    parse,
    validate,
)
from graphql.execution.collect_fields import FragmentDetails

from cabinet.errors import DocumentInvalid, DocumentTooDeep, DocumentTooLarge, IntrospectionForbidden
from cabinet.read.limits import MAX_CHARACTERS, MAX_TOKENS, check_size

_KEPT = 256
_TEXTS = {"ID", "String"}


@dataclass(eq=False)
class Document:
    """A document that is valid for the schema, with what is worked out of it as requests come."""

    text: str
    ast: DocumentNode
    selections: dict[Any, Any] = field(default_factory=dict)
    """The fields it selects (`cabinet.read.selection`), by the values of its switches."""

    @cached_property
    def operation(self) -> OperationDefinitionNode:
        return next(n for n in self.ast.definitions if isinstance(n, OperationDefinitionNode))

    @cached_property
    def fragments(self) -> dict[str, FragmentDetails]:
        found = [node for node in self.ast.definitions if isinstance(node, FragmentDefinitionNode)]
        return {node.name.value: FragmentDetails(node) for node in found}

    @cached_property
    def switches(self) -> tuple[str, ...]:
        """Return the variables that decide which fields are there at all: those in directives."""
        directives = [node for node in nodes_of(self.ast) if isinstance(node, DirectiveNode)]
        variables = (n.name.value for d in directives for n in nodes_of(d) if isinstance(n, VariableNode))
        return tuple(sorted(set(variables)))

    @cached_property
    def texts(self) -> tuple[str, ...] | None:
        """Return the variables' names, if there are any and all of them are plain texts without a default."""
        declared = self.operation.variable_definitions or ()
        types = [_type_name(each.type) for each in declared]
        if not declared or any(each.default_value for each in declared) or set(types) - _TEXTS:
            return None
        return tuple(each.variable.name.value for each in declared)

    def check_name(self, name: str | None) -> None:
        """Raise DocumentInvalid unless the operation has this name, or no name was given."""
        own = self.operation.name.value if self.operation.name else None
        if name is not None and name != own:
            raise DocumentInvalid(f"The document holds no operation named {name!r}.")


class Documents:
    """The documents of one schema, the latest ones kept; what is invalid is remembered as such."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self._kept: OrderedDict[tuple[str, bool], Document | Exception] = OrderedDict()

    def read(self, text: str, *, member: bool) -> Document:
        """Return a document. Raises DocumentInvalid and its kin, or ValidationFailed with all that is wrong.

        To members the schema is described, and messages suggest what could have been meant; to others neither.
        """
        found = self._kept.get((text, member))
        if found is None:
            found = self._kept[text, member] = self._read(text, member=member)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end((text, member))
        if isinstance(found, Exception):
            raise found.with_traceback(None)
        return found

    def _read(self, text: str, *, member: bool) -> Document | Exception:
        try:
            document = Document(text, parse_document(text))
        except DocumentInvalid as error:
            return error
        if not member and validate(self.schema, document.ast, [NoSchemaIntrospectionCustomRule]):
            return IntrospectionForbidden()
        errors = validate(self.schema, document.ast, hide_suggestions=not member)
        return ValidationFailed(errors) if errors else document


class ValidationFailed(Exception):
    """The document does not fit the schema; `errors` says where and why."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__(errors)
        self.errors = errors


def parse_document(text: str) -> DocumentNode:
    """Parse a document and hold it to the limits. Raises DocumentInvalid and its kin."""
    if len(text) > MAX_CHARACTERS:
        raise DocumentTooLarge(f"The document has more than {MAX_CHARACTERS:,} characters.")
    try:
        document = parse(text, max_tokens=MAX_TOKENS, no_location=False)
    except GraphQLSyntaxError as error:
        if "token" in error.message and str(MAX_TOKENS) in error.message:
            raise DocumentTooLarge(f"The document has more than {MAX_TOKENS:,} tokens.") from error
        if "nested too deeply" in error.message:
            raise DocumentTooDeep("The document is nested too deeply to be read.") from None
        places = [{"line": line, "column": column} for line, column in error.locations or ()]
        raise DocumentInvalid(error.message, locations=places) from error
    if not any(isinstance(node, OperationDefinitionNode) for node in document.definitions):
        raise DocumentInvalid("The document holds no operation.")
    check_size(document)
    return document


def _type_name(node: TypeNode) -> str | None:
    """Return the name of a type that is no list."""
    inner = node.type if isinstance(node, NonNullTypeNode) else node
    return inner.name.value if isinstance(inner, NamedTypeNode) else None


def nodes_of(node: Node) -> Iterator[Node]:
    """Yield the nodes below a node, itself included."""
    yield node
    for key in node.keys:
        below = getattr(node, key, None)
        for each in below if isinstance(below, list | tuple) else (below,):
            if isinstance(each, Node):
                yield from nodes_of(each)
