"""One server with two ways to an answer: compiled where it can be, and by the ordinary resolvers alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Never

import orjson

from cabinet.db import Database
from cabinet.errors import CabinetError
from cabinet.read.document import ValidationFailed
from cabinet.read.plan import NotCompiled
from cabinet.settings import Settings
from cabinet.viewer import Tokens
from cabinet.web.documents import documents
from cabinet.web.executed import show_error
from cabinet.web.graphql import GraphQLEndpoint
from cabinet.web.trusted import TrustedDocuments


class NothingCompiled:
    """Stands where the compiler finds the beginnings of root fields, and finds none."""

    async def find(self, *_: Any) -> Never:
        raise NotCompiled


@dataclass(frozen=True)
class Told:
    """What one request was answered."""

    status: int
    body: Mapping[str, Any]

    @property
    def data(self) -> bytes:
        return orjson.dumps(self.body.get("data"))

    @property
    def compiled(self) -> int:
        """Count the root fields that PostgreSQL wrote the answer of."""
        return sum(isinstance(each, orjson.Fragment) for each in (self.body.get("data") or {}).values())

    @property
    def errors(self) -> list[tuple[str, str]]:
        """Return codes and paths, in an order of their own: resolvers run side by side."""
        found = self.body.get("errors", ())
        return sorted((error["extensions"]["code"], str(error.get("path"))) for error in found)

    @property
    def withheld(self) -> set[str]:
        return set(self.body.get("extensions", {}).get("withheld", ()))


class BothWays:
    """Asks the same of both."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.tokens = Tokens(settings)
        self.compiled = GraphQLEndpoint(database, settings, self.tokens, TrustedDocuments())
        self.ordinary = GraphQLEndpoint(database, settings, self.tokens, TrustedDocuments())
        self.ordinary.reader.finder = NothingCompiled()  # type: ignore[assignment]

    async def ask(self, query: str, subject: str | None, variables: Mapping[str, Any]) -> tuple[Told, Told]:
        compiled = await self.tell(self.compiled, query, subject, variables)
        return compiled, await self.tell(self.ordinary, query, subject, variables)

    async def tell(
        self, endpoint: GraphQLEndpoint, query: str, subject: str | None, variables: Mapping[str, Any]
    ) -> Told:
        """Ask one of the two, as its endpoint does."""
        viewer = await endpoint.viewers.find(None if subject is None else self.tokens.issue(subject))
        try:
            document = documents.read(query, member=bool(viewer.memberships))
            answer = await endpoint.reader.answer(document, dict(variables), viewer)
        except ValidationFailed as failed:
            return Told(400, {"errors": [show_error(error) for error in failed.errors]})
        except CabinetError as error:
            return Told(error.status, error.as_body())
        errors = {"errors": [show_error(error) for error in answer.errors]} if answer.errors else {}
        withheld = {"extensions": {"withheld": list(answer.withheld)}} if answer.withheld else {}
        return Told(200, {"data": answer.data, **errors, **withheld})
