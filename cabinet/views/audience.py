"""Whom a view is shared with: the cabinet, a role, or people by name."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from cabinet.access import POLICY, Action
from cabinet.communities import subjects_among
from cabinet.db import Database
from cabinet.errors import InputInvalid
from cabinet.tables.terms import Role
from cabinet.viewer import Viewer

CABINET = "CABINET"
"""The cabinet itself: its members and its staff."""

MAX_AUDIENCES = 200
MAX_SUBJECT = 255
MAX_NAMED = 80
"""Letters of an unknown name that are said again."""
_PERSON = "PERSON:"
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
    return f"{_PERSON}{subject.strip()}"


def people_of(audiences: Iterable[str]) -> list[str]:
    """Return the subjects of the people among some audiences."""
    return [each.removeprefix(_PERSON) for each in audiences if each.startswith(_PERSON)]


async def check_people(database: Database, community_id: UUID, subjects: Sequence[str]) -> None:
    """Raise InputInvalid for somebody who has no role in the community that views are for."""
    roles = [role for role in Role if Action.READ_VIEWS in POLICY[role]]
    known = await subjects_among(database, community_id, subjects, roles) if subjects else set()
    if unknown := sorted(set(subjects) - known):
        raise InputInvalid(
            f"Nobody who sees views in this community goes by {unknown[0][:MAX_NAMED]!r}.",
            hint="A person is named by the subject of their token, letter by letter, once the operator has given"
            " them a role: `viewer { subject }` tells them their own.",
        )


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
    return [f"{_PERSON}{viewer.subject}", *cabinet, *(f"ROLE:{role}" for role in sorted(roles))]
