"""A server that is asked the same questions as ours, in its own dialect, by its own settings."""

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from bench.children import Bench
from bench.questions import ROWS, Asking, Question


@dataclass(frozen=True)
class Peer(ABC):
    """One server process on the bench's database; `page` is the number of rows it gives in one list."""

    name: ClassVar[str]

    bench: Bench
    page: int

    @property
    def pages(self) -> int:
        """How many lists a request needs for all its rows."""
        return ROWS // self.page

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Content-Type": "application/json"}

    @abstractmethod
    def command(self, port: int) -> list[str]:
        """Return what starts it, listening on /graphql of the port, as one process."""

    @property
    def environment(self) -> Mapping[str, str]:
        """Return what is set for it beside what is set for us."""
        return {}

    @abstractmethod
    def body(self, asking: Asking) -> dict[str, Any]:
        """Return the request in its dialect."""

    def request(self, asking: Asking) -> str:
        """Return the body of the request as `JSON.stringify` writes it, which most clients of GraphQL do."""
        return json.dumps(self.body(asking), ensure_ascii=False, separators=(",", ":"))

    @abstractmethod
    def answer(self, question: Question, data: Any) -> Any:
        """Return what was answered in the words of none of the dialects, to be compared."""
