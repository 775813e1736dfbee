"""What is wrong with a request: unreadable, from nobody we know, not allowed, or about nothing there is."""

from cabinet.errors.base import CabinetError


class RequestError(CabinetError):
    """The request body is not a GraphQL request."""

    code, status = "MALFORMED_REQUEST", 400
    hint = 'Send a JSON object such as {"query": "{ communities { nodes { name } } }"}.'


class MethodNotAllowed(RequestError):
    """This address does not answer this method."""

    code, status = "METHOD_NOT_ALLOWED", 405
    hint = "Send the query as the JSON body of a POST. By GET only queries of trusted documents are answered."


class BodyTooLarge(RequestError):
    """The request body is larger than this server takes."""

    code, status = "BODY_TOO_LARGE", 413
    hint = "Post at most 1,000 rows at a time."


class BodyTimeout(RequestError):
    """The request body did not arrive in time."""

    code, status = "BODY_TIMEOUT", 408
    hint = "Send the whole body at once; post fewer rows over a slow line."


class UnsupportedMediaType(RequestError):
    """The request body is not declared as plain JSON."""

    code, status = "UNSUPPORTED_MEDIA_TYPE", 415
    hint = "Send Content-Type: application/json, in UTF-8 and without Content-Encoding."


class NotAcceptable(RequestError):
    """No answer can be given in a form that the request accepts."""

    code, status = "NOT_ACCEPTABLE", 406
    hint = "Accept application/graphql-response+json or application/json, and identity, gzip, br or zstd."


class HeadersTooLarge(RequestError):
    """The address and the headers of the request are larger than this server takes."""

    code, status = "HEADERS_TOO_LARGE", 431
    hint = "Send documents and variables in the body of a POST."


class EventStreamNeeded(RequestError):
    """A subscription is answered as a stream of events, which the request does not accept."""

    code, status = "EVENT_STREAM_NEEDED", 406
    hint = "Send Accept: text/event-stream; the graphql-sse protocol, distinct connections mode."


class DocumentInvalid(RequestError):
    """The GraphQL document cannot be parsed, or does not fit the schema."""

    code, status = "DOCUMENT_INVALID", 400
    hint = "Compare the document with schema/schema.graphql."


class DocumentTooLarge(DocumentInvalid):
    """The GraphQL document is longer than this server takes."""

    code, status = "DOCUMENT_TOO_LARGE", 400
    hint = "Pass rows and long lists as variables, and ask for less at a time."


class TooManyOperations(DocumentTooLarge):
    """The GraphQL document holds more than one operation."""

    code = "TOO_MANY_OPERATIONS"
    hint = "Send each operation in a request of its own."


class DocumentTooDeep(DocumentTooLarge):
    """The GraphQL document asks for more levels than this server answers."""

    code = "DOCUMENT_TOO_DEEP"
    hint = "Begin again at the inner object, with `node(id)`."


class TooManyRootFields(DocumentTooLarge):
    """The GraphQL document asks for more root fields than this server answers."""

    code = "TOO_MANY_ROOT_FIELDS"
    hint = "Spread them over several requests."


class TooManyFields(DocumentTooLarge):
    """The GraphQL document asks for more fields than this server answers, its fragments spread."""

    code = "TOO_MANY_FIELDS"
    hint = "Spread them over several requests."


class TooManyAliases(DocumentTooLarge):
    """The GraphQL document gives more aliases than this server answers."""

    code = "TOO_MANY_ALIASES"
    hint = "Ask for lists with a filter in the place of many fields by id."


class TooManyRepeats(DocumentTooLarge):
    """The GraphQL document asks for the same fields in the same place more often than this server answers."""

    code = "TOO_MANY_REPEATS"
    hint = "Ask for each field of an object once: asking again answers nothing more."


class TooManyDirectives(DocumentTooLarge):
    """The GraphQL document carries more directives than this server answers."""

    code = "TOO_MANY_DIRECTIVES"
    hint = "Put one directive on a fragment in the place of one on each field."


class PageTooLarge(DocumentTooLarge):
    """A page has more rows than this server answers at a time."""

    code = "PAGE_TOO_LARGE"
    hint = "Ask for the next page with `after`, or export the whole list: `GET /export/{community}/{list}.csv`."


class CostTooHigh(DocumentTooLarge):
    """The answer could have more rows than this server gives at a time."""

    code = "COST_TOO_HIGH"
    hint = "Ask for smaller pages: `first` counts once for every row around it."


class IntrospectionForbidden(DocumentInvalid):
    """The schema is described to members only; `__typename` may be asked by everybody."""

    code = "INTROSPECTION_FORBIDDEN"
    hint = "Send a token of somebody with a role, or read schema/schema.graphql."


class PersistedQueryNotFound(DocumentInvalid):
    """This server has no trusted document under this id."""

    code = "PERSISTED_QUERY_NOT_FOUND"
    hint = "Send the document itself as `query`, or ask the operator to add it to the manifest."


class TokenInvalid(CabinetError):
    """The bearer token cannot be accepted."""

    code, status = "TOKEN_INVALID", 401
    hint = "Sign in again; in development, make a token with `cabinet token`."


class Forbidden(CabinetError):
    """Your role does not allow this."""

    code, status = "FORBIDDEN", 403
    hint = "`viewer { can { action allowed reason } }` lists what you may do in each community."


class DocumentNotTrusted(Forbidden):
    """This server answers trusted documents only, and this is none of them."""

    code = "DOCUMENT_NOT_TRUSTED"
    hint = "Ask the operator to add the document to the manifest (CABINET_TRUSTED_DOCUMENTS)."


class DevelopmentOnly(Forbidden):
    """This works in demo and development mode only."""

    code = "DEVELOPMENT_ONLY"
    hint = "Set CABINET_MODE=development on a machine that holds no real children's records."


class NotFound(CabinetError):
    """There is no such thing, or it is not yours to see."""

    code, status = "NOT_FOUND", 404
    hint = "Ids are opaque: use them as another answer gave them."
