from typing import Annotated, Any, Generic, TypeVar

import strawberry
from strawberry import Parent
from strawberry.relay import PageInfo

from cabinet.read.pages import Page
from cabinet.read.rows import Row

T = TypeVar("T")


@strawberry.interface(description="Anything with an id of its own; `node(id)` finds it again.")
class Node:
    id: Annotated[strawberry.ID, strawberry.argument(description="Opaque id.")]

    @classmethod
    def is_type_of(cls, value: Any, _: Any) -> bool:
        """Tell a row's type by its table."""
        return isinstance(value, Row) and value.table is getattr(cls, "table", None)


@strawberry.type(description="A row in a list, with the cursor that stands for its place.")
class Edge(Generic[T]):
    cursor: str
    node: T


def edges(root: Parent[Page]) -> list[dict[str, Any]]:
    return [_Edge(root.cursor(row), row) for row in root.nodes]  # type: ignore[misc]


class _Edge:
    def __init__(self, cursor: str, node: Row) -> None:
        self.cursor, self.node = cursor, node


def page_info(root: Parent[Page]) -> PageInfo:
    nodes = root.nodes
    return PageInfo(
        has_next_page=root.has_next_page,
        has_previous_page=root.window.after is not None,
        start_cursor=root.cursor(nodes[0]) if nodes else None,
        end_cursor=root.cursor(nodes[-1]) if nodes else None,
    )


async def total_count(root: Parent[Page]) -> int:
    return await root.total_count()


@strawberry.type(description="One page of a list (Relay's cursor connection).")
class Connection(Generic[T]):
    nodes: list[T]
    edges = strawberry.field(resolver=edges, graphql_type=list[Edge[T]])
    page_info = strawberry.field(resolver=page_info, graphql_type=PageInfo)
    total_count = strawberry.field(
        resolver=total_count, graphql_type=int, description="Rows in the whole list; counted only when asked for."
    )
