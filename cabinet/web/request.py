"""A GraphQL request as GraphQL over HTTP has it, out of the body of a POST or the address of a GET."""

from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from cabinet.errors import DocumentNotTrusted, MethodNotAllowed, RequestError
from cabinet.web.strict_json import OF_A_QUERY, Bounds, read_json
from cabinet.web.trusted import TrustedDocuments, digest

_MAX_PARAMETERS = 20
_JSON_PARAMETERS = ("variables", "extensions")
_SHA256 = "sha256:"


class GraphQLRequest(NamedTuple):
    """What is asked; `size` counts the bytes of the body."""

    query: str
    variables: dict[str, Any] | None
    operation_name: str | None
    size: int


def request_from_body(body: bytes, trusted: TrustedDocuments, bounds: Bounds = OF_A_QUERY) -> GraphQLRequest:
    """Read the body of a POST strictly. Raises RequestError and its kin."""
    value = read_json(body, bounds=bounds)
    if not isinstance(value, dict):
        raise RequestError("The request body is JSON, but not an object.")
    return _request(value, trusted, len(body))


def request_from_query(query_string: bytes, trusted: TrustedDocuments) -> GraphQLRequest:
    """Read the query component of a GET's address, which may name a trusted document and hold none."""
    try:
        pairs = parse_qsl(
            query_string.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MAX_PARAMETERS
        )
    except ValueError as error:
        raise RequestError(f"The parameters of the address cannot be read: {error}.") from error
    value: dict[str, Any] = dict(pairs)
    if len(value) != len(pairs):
        raise RequestError("The address names a parameter twice.")
    if any("\0" in text for text in value.values()):
        raise RequestError("The address has a NUL character in a parameter.")
    if "query" in value:
        raise MethodNotAllowed("By GET a document is named by its hash, as `documentId`, and never sent.")
    for name in _JSON_PARAMETERS:
        if name in value:
            value[name] = read_json(value[name].encode(), f"`{name}`")
    return _request(value, trusted, 0)


def _request(value: dict[str, Any], trusted: TrustedDocuments, size: int) -> GraphQLRequest:
    get = value.get
    variables, name, extensions = get("variables"), get("operationName"), get("extensions")
    if variables is not None and not isinstance(variables, dict):
        raise RequestError("`variables` must be an object or null.")
    if name is not None and not isinstance(name, str):
        raise RequestError("`operationName` must be text or null.")
    if extensions is not None and not isinstance(extensions, dict):
        raise RequestError("`extensions` must be an object or null.")
    named = _named(get("documentId"), extensions or {}) if extensions or "documentId" in value else None
    document = _document(get("query"), named, trusted)
    return GraphQLRequest(document, variables, name or None, size)


def _named(document_id: Any, extensions: dict[str, Any]) -> str | None:
    """Return the hash by which the request names its document, in either of the two ways to name one.

    `documentId` is that of GraphQL over HTTP (its appendix on persisted documents), `persistedQuery` Apollo's.
    """
    apollo = extensions.get("persistedQuery")
    named = [document_id, apollo.get("sha256Hash") if isinstance(apollo, dict) else apollo]
    if any(each is not None and not isinstance(each, str) for each in named):
        raise RequestError("`documentId` and `persistedQuery.sha256Hash` must be text.")
    hashes = {each.removeprefix(_SHA256) for each in named if each is not None}
    if len(hashes) > 1:
        raise RequestError("`documentId` and `persistedQuery` name different documents.")
    return hashes.pop() if hashes else None


def _document(query: Any, named: str | None, trusted: TrustedDocuments) -> str:
    """Return the text of the document that is sent or named."""
    if query is None and named is not None:
        return trusted.find(named)
    if not isinstance(query, str) or not query.strip():
        raise RequestError("`query` must be the text of a GraphQL document, or `documentId` name a trusted one.")
    if named is not None and digest(query) != named:
        raise RequestError("`query` is not the document that `documentId` or `persistedQuery` names.")
    if trusted.only and query not in trusted:
        raise DocumentNotTrusted
    return query
