"""The ordinary resolvers of relations: what the compiler writes as SQL, looked up row by row."""

from collections.abc import Awaitable, Callable
from enum import Enum
from inspect import Parameter, Signature
from typing import Any
from uuid import UUID

from strawberry import ID, UNSET, Parent
from strawberry.utils.str_converters import to_camel_case

from cabinet.access import Action, Grant, supply_everywhere
from cabinet.read.filters import Condition, Test
from cabinet.read.pages import Page, read_page
from cabinet.read.relations import Many, One, Pages, Said
from cabinet.read.rows import Row
from cabinet.read.windows import DEFAULT_PAGE, read_window
from cabinet.tables.catalog import is_shared
from resolvers.context import Ask

Resolver = Callable[..., Awaitable[Any]]


def one(relation: One) -> Resolver:
    async def resolve(root: Parent[Row], info: Ask) -> Row | None:
        return await info.context.loaders.one(root.grant, relation.table, getattr(root, relation.column))

    return resolve


def many(relation: Many) -> Resolver:
    async def resolve(root: Parent[Row], info: Ask) -> list[Row]:
        return await rows_of(root, info, relation)

    return resolve


async def rows_of(root: Row, info: Ask, relation: Many | Said) -> list[Row]:
    """Return the rows that name this row in the relation's column."""
    key = getattr(root, relation.column)
    # Communities may have been read in the scope of all of them; what belongs to one is read in its own.
    grant = info.context.grant(root.community_id, Action.READ_SUPPLY) if is_shared(root.table) else root.grant
    return await info.context.loaders.many(grant, relation.table, relation.column, key)


def said(relation: Said, put_together: Callable[[list[Row]], Any]) -> Resolver:
    async def resolve(root: Parent[Row], info: Ask) -> Any:
        column = relation.table.c[relation.masked_by] if relation.masked_by else None
        if column is not None and not root.grant.sees(column.info["label"]):
            info.context.withhold(info)
            return None
        return put_together(await rows_of(root, info, relation))

    return resolve


def pages(relation: Pages, filter_type: Any, order_type: Any) -> Resolver:
    """Return the resolver of a list: of what names this row or, at the root, of a community, or of communities."""
    where: dict[str, Any] = (
        {"root": Parent[Row]} if relation.column else {"community": ID} if relation.action else {}
    )

    async def resolve(info: Ask, root: Row | None = None, community: str | None = None, **given: Any) -> Page:
        return await _read(info, relation, root, community, given)

    asked = {"first": (int, DEFAULT_PAGE), "after": (str | None, None)}
    if filter_type is not None:
        asked["filter"] = (filter_type | None, None)
    if order_type is not None:
        asked["order_by"] = (order_type | None, None)
    resolve.__signature__ = Signature(  # type: ignore[attr-defined]
        [
            *(Parameter(name, Parameter.KEYWORD_ONLY, annotation=type_) for name, type_ in where.items()),
            Parameter("info", Parameter.KEYWORD_ONLY, annotation=Ask),
            *(
                Parameter(name, Parameter.KEYWORD_ONLY, annotation=type_, default=default)
                for name, (type_, default) in asked.items()
            ),
        ],
        return_annotation=Page,
    )
    return resolve


async def _read(
    info: Ask, relation: Pages, root: Row | None, community: str | None, given: dict[str, Any]
) -> Page:
    ask = info.context
    grant = await _grant(info, relation, root, community)
    window = read_window(
        relation.table, grant.community_id, {to_camel_case(n): _plain(v) for n, v in given.items()}
    )
    own: tuple[Condition, ...] = ()
    if root is not None and relation.column and relation.column != "community_id":
        own = (Condition(relation.column, Test.ONE_OF, [getattr(root, relation.column)]),)
    return await read_page(ask.database, ask.viewer, grant, relation.table, window.narrowed(own))


async def _grant(info: Ask, relation: Pages, root: Row | None, community: str | None) -> Grant:
    ask = info.context
    if relation.action is None:
        return supply_everywhere(ask.viewer)
    where: UUID = (
        root.community_id if root is not None else (await ask.find_community(str(community))).community_id
    )
    return ask.grant(where, relation.action)


def _plain(value: Any) -> Any:
    """Return an input as the API's plain values, by the names it has there."""
    definition = getattr(type(value), "__strawberry_definition__", None)
    if definition is None or isinstance(value, Enum):
        return value
    sent = {
        each.graphql_name or to_camel_case(each.python_name): getattr(value, each.python_name)
        for each in definition.fields
    }
    return {name: _plain(each) for name, each in sent.items() if each is not None and each is not UNSET}
