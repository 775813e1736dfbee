"""How a table is written down: every column with its access label and its description.

The database's comments, grants and row-level security are generated from what is written here
(`cabinet.tables.security`), and a test compares them with a migrated database.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    TextClause,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.schema import SchemaItem

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_key",
        "fk": "%(table_name)s_%(referred_table_name)s_fk",
        "uq": "%(table_name)s_%(column_0_N_name)s_once",
        "ck": "%(table_name)s_%(constraint_name)s",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    }
)

NEW_KEY = "uuidv7()"
"""What a row's key is by itself; of many rows, `cabinet.keys` makes them sooner."""


class Holds(StrEnum):
    """What a table holds; the login roles' grants follow from it."""

    REFERENCE = "reference"
    COMMUNITY = "community"
    SUPPLY = "supply"
    DEFINITION = "definition"
    COUNTED = "counted"
    IDENTITY = "identity"
    LINKAGE = "linkage"
    LEDGER = "ledger"
    OUTBOX = "outbox"
    WEBHOOK = "webhook"
    DELIVERY = "delivery"
    IMPORT = "import"
    MEMBERSHIP = "membership"
    KEYS = "keys"
    CODES = "codes"
    AUDIT = "audit"
    VIEW = "view"


class Label(StrEnum):
    """Who a column is for."""

    PUBLIC = "public"
    COUNTED = "counted"
    SENSITIVE = "sensitive"
    IDENTITY = "identity"
    INTERNAL = "internal"


def is_shared(table: Table) -> bool:
    """Whether the table's rows belong to no community's cabinet: communities themselves, and reference data."""
    return table.info["holds"] in (Holds.COMMUNITY, Holds.REFERENCE)


def is_about_children(table: Table) -> bool:
    """Whether a row is a child's, so that it is read within the own sector or organization only."""
    return table.info["holds"] in (Holds.COUNTED, Holds.IDENTITY)


def column(
    name: str,
    type_: Any,
    label: Label,
    comment: str,
    *,
    nullable: bool = False,
    default: str | None = None,
) -> Column[Any]:
    """Describe one column; `default` is an SQL expression."""
    server_default = text(default) if default is not None else None
    return Column(
        name, type_, nullable=nullable, comment=comment, server_default=server_default, info={"label": label}
    )


def recorded_at() -> Column[Any]:
    return column(
        "recorded_at",
        TIMESTAMP(timezone=True),
        Label.INTERNAL,
        "When this server took the row in.",
        default="now()",
    )


def community_table(
    name: str,
    holds: Holds,
    comment: str,
    *items: SchemaItem,
    key: Sequence[str] = (),
    beside_key: Sequence[str] = (),
    is_withdrawable: bool = False,
) -> Table:
    """Describe a table whose rows belong to one community.

    `community_id` comes first in the table, in its primary key and in every index and reference, so that
    the table can be distributed by it. Without `key`, the table has a uuid named after it. What stands
    `beside_key` in the key's index is read from there. A row of a withdrawable table can be taken out by
    its source, into withdrawn_record.
    """
    own_key: list[SchemaItem] = []
    if not key:
        key = (f"{name}_id",)
        # A uuid v7 tells when it was made: of a child, that would be when somebody first knew it.
        version, default = ("v4", "gen_random_uuid()") if name == "child" else ("v7", NEW_KEY)
        own_key = [column(key[0], Uuid(), Label.PUBLIC, f"Key of the {name}, uuid {version}.", default=default)]
    # A row that must refer to another of its community needs no check of its own that the community is there.
    required = {item.name for item in items if isinstance(item, Column) and not item.nullable}
    refers = any(
        isinstance(item, ForeignKeyConstraint)
        and "community_id" in item.column_keys
        and required.issuperset(set(item.column_keys) - {"community_id"})
        for item in items
    )
    return Table(
        name,
        metadata,
        column("community_id", Uuid(), Label.PUBLIC, "The community this row belongs to."),
        *own_key,
        *items,
        PrimaryKeyConstraint("community_id", *key, postgresql_include=list(beside_key)),
        *([] if refers else [ForeignKeyConstraint(["community_id"], ["community.community_id"])]),
        comment=comment,
        info={"holds": holds, "key": key[0] if own_key else None, "is_withdrawable": is_withdrawable},
    )


def ref(table: str, column_name: str | None = None) -> ForeignKeyConstraint:
    """Refer to another row of the same community."""
    own = column_name or f"{table}_id"
    return ForeignKeyConstraint(
        ["community_id", own], [f"{table}.community_id", f"{table}.{table}_id"], name=f"{own}_fk"
    )


def of_sector() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["sector"], ["sector.code"])


def once(*columns: str) -> UniqueConstraint:
    return UniqueConstraint("community_id", *columns)


def index(name: str, *columns: str | TextClause, **options: Any) -> Index:
    return Index(name, "community_id", *columns, **options)


def one_of(column_name: str, words: Sequence[str]) -> CheckConstraint:
    """Allow only the words of a vocabulary (or NULL where the column allows it)."""
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column_name} IN ({listed})", name=f"{column_name}_known")


def in_order(first: str, last: str) -> CheckConstraint:
    return CheckConstraint(f"{last} >= {first}", name=f"{last}_not_before_{first}")


def code_column(comment: str) -> Column[Any]:
    return column("code", Text(), Label.PUBLIC, comment)
