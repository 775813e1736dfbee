"""Whom a view is shared with: the cabinet, a role, or people by name."""

from collections.abc import Iterable
from uuid import UUID

from cabinet.access import POLICY, Action
from cabinet.errors import InputInvalid
from cabinet.tables.terms import Role
from cabinet.viewer import Viewer

CABINET = "CABINET"
"""The cabinet itself: its members and its staff."""

MAX_AUDIENCES = 200
MAX_SUBJECT = 255
_CABINET_ROLES = (Role.CABINET_MEMBER, Role.CABINET_STAFF)


def of_role(role: Role) -> str:
    """Raise InputInvalid for a role that sees no counts: to the public a view is published, not shared."""
    if Action.READ_VIEWS not in POLICY[role]:
        raise InputInvalid(
            f"A view cannot be shared with {role}.",
            hint=f"Share it with one of: {', '.join(each for each in Role if Action.READ_VIEWS in POLICY[each])}.",
        )
    return f"ROLE:{role}"


def of_person(subject: str) -> str:
    if not 1 <= len(subject.strip()) <= MAX_SUBJECT:
        raise InputInvalid(f"A person is named by the subject of their token, 1 to {MAX_SUBJECT} characters.")
    return f"PERSON:{subject.strip()}"


def listed(audiences: Iterable[str]) -> list[str]:
    """Return each audience once, in order."""
    found = sorted(set(audiences))
    if len(found) > MAX_AUDIENCES:
        raise InputInvalid(
            f"A view is shared with up to {MAX_AUDIENCES} people and roles.", hint="Share it with a role."
        )
    return found


def audiences_of(viewer: Viewer, community_id: UUID) -> list[str]:
    """Return the audiences that a viewer is one of, in a community."""
    roles = {membership.role for membership in viewer.within(community_id)}
    cabinet = [CABINET] if roles.intersection(_CABINET_ROLES) else []
    return [f"PERSON:{viewer.subject}", *cabinet, *(f"ROLE:{role}" for role in sorted(roles))]
