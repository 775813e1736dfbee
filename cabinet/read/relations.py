"""How a field of the API reaches rows, said once: the ordinary resolvers and the compiler both go by it."""

from dataclasses import dataclass

from sqlalchemy import Table

from cabinet.access import Action
from cabinet.errors import NotFound
from cabinet.tables import (
    attendance_event,
    child,
    community,
    enrollment,
    neighborhood,
    organization,
    program,
    referral,
    school,
    withdrawn_record,
)

READ = "read"
"""The key under which a field's metadata holds its relation."""


@dataclass(frozen=True)
class One:
    """The row that a column of this row names."""

    table: Table
    column: str


@dataclass(frozen=True)
class Many:
    """Every row that names this row in a column; for lists that are short by nature."""

    table: Table
    column: str


@dataclass(frozen=True)
class Pages:
    """Rows page by page: those that name this row in a column or, at the root, all of one community.

    Without an action the rows are communities themselves, which are everybody's.
    """

    table: Table
    action: Action | None = None
    column: str | None = None


@dataclass(frozen=True)
class FoundPages:
    """Rows page by page that only a resolver can find: they cost what pages cost, and are never compiled."""


@dataclass(frozen=True)
class ById:
    """One row by its opaque id, of whatever kind."""


@dataclass(frozen=True)
class CommunityById:
    """A community by its id or its code."""


@dataclass(frozen=True)
class Said:
    """A value put together from what the viewer's own sources say of the row.

    `value` is an SQL aggregate, in JSON text, over `source`: the rows of `table` that name this row in `column`,
    joined to `joined`. Who may not see the column `masked_by` is answered null.
    """

    table: Table
    column: str
    value: str
    joined: str = ""
    masked_by: str | None = None


Relation = One | Many | Pages | FoundPages | ById | CommunityById | Said

_PARTICIPATION = (enrollment, attendance_event, referral, withdrawn_record)
_BY_ID = {
    child.name: Action.READ_CHILDREN,
    **{table.name: Action.READ_ENROLLMENTS for table in _PARTICIPATION},
}


def action_of(table: Table) -> Action:
    """Return what one must be allowed to read a row by its id; raise NotFound where no id leads to one."""
    if table.name in _BY_ID:
        return _BY_ID[table.name]
    if table in (community, neighborhood, organization, program, school):
        return Action.READ_SUPPLY
    raise NotFound("Rows of this kind are reached through what they belong to.")
