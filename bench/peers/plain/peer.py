"""Strawberry as its documentation has it: types with resolvers, SQLAlchemy's ORM, dataloaders, its own view."""

import sys
from uuid import UUID

from bench.peers.ours.peer import Ours


class Plain(Ours):
    """The same documents as our server's, with the keys themselves as ids and as cursors."""

    name = "strawberry"

    def command(self, port: int) -> list[str]:
        told = (self.bench.url, port, self.page, self.bench.settings.pool_size)
        return [sys.executable, "-m", "bench.peers.plain.app", *map(str, told)]

    def program_id(self, key: UUID) -> str:
        return str(key)

    def cursor(self, key: UUID, rows: str) -> str:  # noqa: ARG002 - here a key is a cursor of any rows.
        return str(key)
