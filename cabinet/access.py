"""The policy: who may do what, on whose rows, seeing which columns, and why.

Read POLICY as the whole of it. The database enforces the row scopes again by itself (cabinet.tables.security).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from uuid import UUID

from cabinet.errors import Forbidden
from cabinet.scope import Scope
from cabinet.tables.catalog import Label
from cabinet.tables.security import Login
from cabinet.tables.terms import Role
from cabinet.viewer import Viewer


class Action(StrEnum):
    """What can be asked of a community."""

    READ_SUPPLY = "READ_SUPPLY"
    READ_CHILDREN = "READ_CHILDREN"
    READ_ENROLLMENTS = "READ_ENROLLMENTS"
    READ_COVERAGE = "READ_COVERAGE"
    POST_ENROLLMENTS = "POST_ENROLLMENTS"
    IMPORT_FILES = "IMPORT_FILES"
    READ_LINKAGE = "READ_LINKAGE"
    REVIEW_MATCHES = "REVIEW_MATCHES"
    SAVE_POPULATIONS = "SAVE_POPULATIONS"
    CHANGE_CATALOG = "CHANGE_CATALOG"
    READ_VIEWS = "READ_VIEWS"
    SAVE_VIEWS = "SAVE_VIEWS"


class Level(StrEnum):
    """How much of a community's children a role sees.

    SECTOR: the rows of its own sector. CLIENTS: those of its own organization. COMMUNITY: counts over all
    children, with small cells withheld, and no child's row. SHARED: what is one's own or shared with one.
    """

    SECTOR = "SECTOR"
    CLIENTS = "CLIENTS"
    COMMUNITY = "COMMUNITY"
    OPEN = "OPEN"
    SHARED = "SHARED"


_SUPPLY = {Action.READ_SUPPLY: Level.OPEN}
_VIEWS = {Action.READ_VIEWS: Level.SHARED}
_COUNTS = {**_SUPPLY, **_VIEWS, Action.READ_COVERAGE: Level.COMMUNITY}
_SAVED = {**_COUNTS, Action.SAVE_VIEWS: Level.SHARED}

POLICY: Mapping[Role, Mapping[Action, Level]] = {
    Role.PUBLIC: _SUPPLY,
    Role.OPERATOR: _SUPPLY,
    Role.CABINET_MEMBER: {**_COUNTS, Action.READ_LINKAGE: Level.COMMUNITY},
    Role.CABINET_STAFF: {
        **_SAVED,
        Action.READ_LINKAGE: Level.COMMUNITY,
        Action.SAVE_POPULATIONS: Level.COMMUNITY,
        Action.CHANGE_CATALOG: Level.COMMUNITY,
    },
    Role.SITE_CONSULTANT: {**_SAVED, Action.SAVE_POPULATIONS: Level.COMMUNITY},
    Role.RESEARCHER: _COUNTS,
    Role.SECTOR_STEWARD: {
        **_SUPPLY,
        **_VIEWS,
        Action.READ_CHILDREN: Level.SECTOR,
        Action.READ_ENROLLMENTS: Level.SECTOR,
        Action.READ_COVERAGE: Level.SECTOR,
        Action.READ_LINKAGE: Level.SECTOR,
        Action.REVIEW_MATCHES: Level.SECTOR,
    },
    Role.PARTNER_AGENCY: {
        **_SUPPLY,
        **_VIEWS,
        Action.READ_CHILDREN: Level.CLIENTS,
        Action.READ_ENROLLMENTS: Level.CLIENTS,
        Action.READ_COVERAGE: Level.CLIENTS,
        Action.POST_ENROLLMENTS: Level.CLIENTS,
        Action.IMPORT_FILES: Level.CLIENTS,
    },
}

LABELS: Mapping[Level, frozenset[Label]] = {
    Level.OPEN: frozenset({Label.PUBLIC}),
    Level.SHARED: frozenset({Label.PUBLIC}),
    Level.COMMUNITY: frozenset({Label.PUBLIC}),
    # An agency learns of a client what it said itself; what another sector knows better stays masked.
    Level.CLIENTS: frozenset({Label.PUBLIC, Label.COUNTED, Label.IDENTITY}),
    Level.SECTOR: frozenset({Label.PUBLIC, Label.COUNTED, Label.IDENTITY, Label.SENSITIVE}),
}
"""The column labels each level sees; every other column is answered with null."""

_BROADEST = (Level.COMMUNITY, Level.SECTOR, Level.CLIENTS, Level.SHARED, Level.OPEN)
"""Of several levels a viewer holds in one community, the first of these answers."""

_WHY = {
    Level.OPEN: "Anyone may read what services there are.",
    Level.SHARED: "A view is for whoever saved it and whom it is shared with.",
    Level.COMMUNITY: "Your role counts all children of the community; small counts are withheld.",
    Level.SECTOR: "A sector steward reads the records of the own sector.",
    Level.CLIENTS: "A partner agency reads and posts the records of its own clients.",
}


@dataclass(frozen=True)
class Decision:
    """What the policy says, and why."""

    action: Action
    allowed: bool
    reason: str
    level: Level | None = None


@dataclass(frozen=True)
class Grant:
    """A permission, ready for use: the level and the scope the database is to be asked with."""

    community_id: UUID
    level: Level
    scope: Scope

    @cached_property
    def shape(self) -> tuple[str, bool, bool, bool]:
        """Return what makes a difference to a statement: the level, and what the scope goes by."""
        scope = self.scope
        return str(self.level), bool(scope.sectors), bool(scope.organizations), bool(scope.references)

    @property
    def is_exact(self) -> bool:
        """Whether counts are of children whose rows the viewer may read anyway."""
        return self.level in (Level.SECTOR, Level.CLIENTS)

    def sees(self, label: Label) -> bool:
        return label in LABELS[self.level]


def decide(viewer: Viewer, community_id: UUID, action: Action) -> Decision:
    """Look the viewer's roles up in POLICY."""
    levels = {POLICY[role].get(action) for role in viewer.roles(community_id)}
    for level in _BROADEST:
        if level in levels:
            return Decision(action, allowed=True, reason=_WHY[level], level=level)
    holders = [role for role in Role if action in POLICY[role]]
    return Decision(action, allowed=False, reason=f"{action} is for: {', '.join(holders)}.")


def grant(viewer: Viewer, community_id: UUID, action: Action) -> Grant:
    """Return what the viewer may use, or raise Forbidden with the reason."""
    decision = decide(viewer, community_id, action)
    if decision.level is None:
        raise Forbidden(f"Your role does not allow this. {decision.reason}", action=action)
    scope = _scope(viewer, community_id, decision.level)
    if decision.level is Level.SECTOR and action is not Action.READ_COVERAGE:
        # A steward who also acts for an agency reads the rows of both.
        own = _scope(viewer, community_id, Level.CLIENTS).organizations
        scope = replace(scope, organizations=own)
    return Grant(community_id, decision.level, scope)


def _scope(viewer: Viewer, community_id: UUID, level: Level) -> Scope:
    here, subject = viewer.within(community_id), viewer.subject
    if level is Level.SECTOR:
        sectors = tuple(m.sector for m in here if m.sector is not None)
        return Scope(Login.READER_CHILD, (community_id,), sectors=sectors, subject=subject)
    if level is Level.CLIENTS:
        organizations = tuple(m.organization_id for m in here if m.organization_id is not None)
        scope = Scope(Login.READER_CHILD, (community_id,), organizations=organizations, subject=subject)
        return replace(scope, references=viewer.reference_keys(community_id))
    return Scope(Login.READER_AGGREGATE, (community_id,), subject=subject)


def writing(viewer: Viewer, community_id: UUID) -> Scope:
    """Return the scope to write in, for what was granted by another look at the policy."""
    return Scope(Login.WRITER, (community_id,), subject=viewer.subject)


def supply_everywhere(viewer: Viewer) -> Grant:
    """Return the grant for what is open in every community at once: their names."""
    return Grant(UUID(int=0), Level.OPEN, Scope(Login.READER_AGGREGATE, subject=viewer.subject))
