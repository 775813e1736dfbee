"""What every error has: a code, a status, a message and a hint."""

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


def all_errors(root: type[CabinetError] = CabinetError) -> Iterator[type[CabinetError]]:
    """Yield every error class below `root`, in the order of the tree."""
    for child in root.__subclasses__():
        yield child
        yield from all_errors(child)
