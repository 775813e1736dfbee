"""A list of objects that is held field by field: whoever writes it need not make an object of each."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")


class Columns(Sequence[T], Generic[T]):
    """Objects that `make` makes of a value for each name; what a column holds is worked out when it is read."""

    def __init__(
        self, make: Callable[..., T], size: int, columns: Mapping[str, Callable[[], Sequence[Any]]]
    ) -> None:
        self._make, self._size, self._columns = make, size, columns

    def column(self, name: str) -> Sequence[Any] | None:
        """Return a field of all objects; None where it is not held, but follows from the others."""
        return self._columns[name]() if name in self._columns else None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(list(self))

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[T]:
        every = [column() for column in self._columns.values()]
        return (self._make(**dict(zip(self._columns, row, strict=True))) for row in zip(*every, strict=True))

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[T]: ...
    def __getitem__(self, place: int | slice) -> T | Sequence[T]:
        return list(self)[place]
