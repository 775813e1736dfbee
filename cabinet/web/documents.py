"""A document, parsed and validated once for members and once for everybody else."""

from functools import lru_cache
from typing import NamedTuple

from graphql import DocumentNode, GraphQLError

from cabinet.errors import IntrospectionForbidden
from cabinet.read.document import read_document
from schema.api import api

_CACHED = 512


class Document(NamedTuple):
    """A document that was parsed, with what validation has against it."""

    node: DocumentNode
    errors: tuple[GraphQLError, ...]


@lru_cache(maxsize=_CACHED)
def check_document(text: str, *, member: bool) -> Document:
    """Parse and validate a document. Raises DocumentInvalid and its kin.

    To members the schema is described, and messages suggest what could have been meant. To others neither is so.
    """
    node = read_document(text)
    if not member and api.introspects(node):
        raise IntrospectionForbidden
    return Document(node, tuple(api.validate(node, hide_suggestions=not member)))
