"""The outcome of a GraphQL request, finished for sending, and errors in the one shape they are shown in."""

import logging
from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import uuid4

import orjson
from graphql import GraphQLError

from cabinet.errors import CabinetError, DocumentInvalid, InputInvalid, InternalError
from cabinet.read.answer import Answer
from cabinet.read.document import ValidationFailed

log = logging.getLogger("cabinet")


class Executed(NamedTuple):
    """The JSON of a GraphQL response, and whether execution began.

    It does not begin where the document or its variables are at fault; such a response has no `data` entry.
    """

    content: bytes
    began: bool


def executed(answer: Answer) -> Executed:
    """Finish an answer. Raises what failed outside of any field, the document apart."""
    errors = answer.errors
    if answer.data is None and not any(error.path for error in errors):
        return refused(errors)
    body: dict[str, Any] = {"data": answer.data}
    if errors:
        body["errors"] = [show_error(error) for error in errors]
    if answer.withheld:
        body["extensions"] = {"withheld": list(answer.withheld)}
    return Executed(orjson.dumps(body), began=True)


def refused(errors: Sequence[GraphQLError]) -> Executed:
    """Finish a request that was not executed, for these errors."""
    for error in errors:
        ours = as_ours(error)
        if not isinstance(ours, DocumentInvalid):
            raise ours
    return Executed(orjson.dumps({"errors": [show_error(error) for error in errors]}), began=False)


def document_refused(error: DocumentInvalid | ValidationFailed) -> Executed:
    """Finish a request whose document was refused, before it was validated or by that."""
    if isinstance(error, ValidationFailed):
        return refused(error.errors)
    extensions = error.extensions()
    # GraphQL has the places of an error beside its message.
    places = {"locations": extensions.pop("locations")} if "locations" in extensions else {}
    shown = {"message": error.message, **places, "extensions": extensions}
    return Executed(orjson.dumps({"errors": [shown]}), began=False)


def show_error(error: GraphQLError) -> dict[str, Any]:
    """Return an error in the one shape; what is not ours and not GraphQL's own is masked."""
    ours = as_ours(error)
    shown: dict[str, Any] = {"message": ours.message, "extensions": ours.extensions()}
    if error.locations:
        shown["locations"] = [{"line": at.line, "column": at.column} for at in error.locations]
    if error.path:
        shown["path"] = list(error.path)
    return shown


def as_ours(error: GraphQLError) -> CabinetError:
    """Return the error of ours that an error of graphql-core is or stands for."""
    cause: BaseException | None = error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    if isinstance(cause, CabinetError):
        return cause
    if isinstance(cause, GraphQLError):
        return (InputInvalid if error.path else DocumentInvalid)(error.message)
    return mask(cause or error)


def mask(error: BaseException) -> CabinetError:
    """Log what nobody expected under an id, and return what a client may know of it."""
    name = uuid4().hex
    log.error("internal error %s", name, exc_info=error)
    return InternalError(id=name)
