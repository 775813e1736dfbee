"""Who asks: from the bearer token to the memberships in our own tables."""

import asyncio
import secrets
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from time import time
from typing import Any
from uuid import UUID

import jwt
from sqlalchemy import func, or_, select

from cabinet.db import Database
from cabinet.errors import DataFolderUnusable, TokenInvalid
from cabinet.recent import Recent
from cabinet.references import padded_key
from cabinet.scope import Scope
from cabinet.settings import Settings
from cabinet.tables import membership
from cabinet.tables.security import Login
from cabinet.tables.terms import Role

DEVELOPMENT_ISSUER = "childrens-cabinet-development"
DEVELOPMENT_ALGORITHM = "HS256"
ANONYMOUS = "anonymous"
_SECRETS = """
SELECT community_id, secret FROM community_secret WHERE community_id = ANY ($1) AND purpose = 'CHILD_REFERENCES'
"""
_ADD_SECRETS = """
INSERT INTO community_secret (community_id, purpose) SELECT unnest($1::uuid[]), 'CHILD_REFERENCES'
ON CONFLICT DO NOTHING
"""
_LEEWAY_SECONDS = 30
_VERIFIED_SECONDS = 60
"""After which a token's signature is looked at again: its key may have been taken back."""


@dataclass(frozen=True)
class Membership:
    """One role in one community; an agency's with its organization, a steward's with the sector."""

    community_id: UUID
    role: Role
    organization_id: UUID | None = None
    sector: str | None = None
    reference_key: str | None = field(default=None, repr=False)
    """An agency's own, by which it calls children (`cabinet.references`)."""


@dataclass(frozen=True)
class Viewer:
    """Who asks, and what our tables say of them. Without a token: anonymous, and PUBLIC everywhere."""

    subject: str
    memberships: tuple[Membership, ...] = ()
    decided: dict[Hashable, Any] = field(default_factory=dict, compare=False, repr=False)
    """What was worked out for this viewer and stays so as long as it is believed (`cabinet.read.roots`)."""

    def within(self, community_id: UUID) -> tuple[Membership, ...]:
        return tuple(m for m in self.memberships if m.community_id == community_id)

    def roles(self, community_id: UUID) -> frozenset[Role]:
        """Return the roles in a community; PUBLIC is everybody's."""
        return frozenset({Role.PUBLIC, *(m.role for m in self.within(community_id))})

    def reference_keys(self, community_id: UUID) -> tuple[str, ...]:
        """Return the keys of the organizations acted for, the longest known organization first."""
        own = {m.organization_id: m.reference_key for m in self.within(community_id) if m.organization_id}
        return tuple(key for _, key in sorted(own.items()) if key is not None)

    @property
    def communities(self) -> tuple[UUID, ...]:
        return tuple(dict.fromkeys(m.community_id for m in self.memberships))


@dataclass(frozen=True)
class Verified:
    """Whose token it is, and until when it is good, as seconds of the epoch."""

    subject: str
    until: float


class Tokens:
    """Verifies bearer tokens and, in demo and development mode, issues them."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def verify(self, token: str) -> Verified:
        """Return whose token it is, if it is signed, in time, and meant for us; raise TokenInvalid."""
        try:
            claims = jwt.decode(
                token,
                self._key(token),
                algorithms=self._algorithms,
                audience=self.settings.token_audience,
                issuer=self._issuer,
                leeway=_LEEWAY_SECONDS,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except (jwt.PyJWTError, ValueError) as error:
            raise TokenInvalid(f"The bearer token cannot be accepted: {_reason(error)}.") from error
        return Verified(str(claims["sub"]), claims["exp"] + _LEEWAY_SECONDS)

    def issue(self, subject: str, lifetime: timedelta = timedelta(days=30)) -> str:
        """Sign a development token; the caller has checked that the mode allows it."""
        now = datetime.now(UTC)
        claims = {
            "sub": subject,
            "iss": DEVELOPMENT_ISSUER,
            "aud": self.settings.token_audience,
            "iat": now,
            "exp": now + lifetime,
        }
        return jwt.encode(claims, self.development_key, algorithm=DEVELOPMENT_ALGORITHM)

    @cached_property
    def development_key(self) -> str:
        return development_key(self.settings.data)

    @cached_property
    def _jwks(self) -> jwt.PyJWKClient | None:
        url = self.settings.token_jwks_url
        return jwt.PyJWKClient(url, timeout=5) if url else None

    def _key(self, token: str) -> "str | bytes | jwt.PyJWK":
        if self.settings.issues_tokens:
            return self.development_key
        if self._jwks is not None:
            return self._jwks.get_signing_key_from_jwt(token)
        if self.settings.token_public_key is not None:
            return self.settings.token_public_key.read_bytes()
        raise TokenInvalid(
            "This server accepts no tokens yet.",
            hint="Its operator sets CABINET_TOKEN_ISSUER and CABINET_TOKEN_JWKS_URL or CABINET_TOKEN_PUBLIC_KEY.",
        )

    @property
    def _algorithms(self) -> list[str]:
        return [DEVELOPMENT_ALGORITHM] if self.settings.issues_tokens else list(self.settings.token_algorithms)

    @property
    def _issuer(self) -> str:
        if self.settings.issues_tokens:
            return DEVELOPMENT_ISSUER
        if self.settings.token_issuer is None:
            raise TokenInvalid(
                "This server accepts no tokens yet.", hint="Its operator sets CABINET_TOKEN_ISSUER."
            )
        return self.settings.token_issuer


def development_key(folder: Path) -> str:
    """Return the signing key of the development issuer; made once, readable by its owner only."""
    path = folder / "development-key"
    try:
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(48))
        return path.read_text()
    except OSError as error:
        raise DataFolderUnusable(f"The signing key {path} cannot be used: {error.strerror}.") from error


def bearer(authorization: str | None) -> str | None:
    """Return the token of an Authorization header, or None where there is no header."""
    if authorization is None:
        return None
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise TokenInvalid("The Authorization header is not `Bearer` and a token.")
    return token.strip()


class Viewers:
    """Finds out who asks; what was verified and read is believed for a moment, so that few requests wait."""

    def __init__(self, database: Database, tokens: Tokens, seconds: float) -> None:
        async def verify(token: str) -> Verified:
            return await asyncio.to_thread(tokens.verify, token)

        self._anonymous = Viewer(ANONYMOUS)
        self._verified = Recent[str, Verified](verify, _VERIFIED_SECONDS)
        self._found = Recent[str, Viewer](lambda subject: find_viewer(database, subject), seconds)

    async def find(self, token: str | None) -> Viewer:
        """Return the viewer of a token; without one it is anonymous. Raises TokenInvalid."""
        if token is None:
            return self._anonymous
        verified = self._verified.known(token) or await self._verified.get(token)
        if verified.until < time():
            raise TokenInvalid("The bearer token cannot be accepted: it has expired.")
        return self._found.known(verified.subject) or await self._found.get(verified.subject)


async def find_viewer(database: Database, subject: str) -> Viewer:
    """Read the memberships that stand today; what a token claims beside its subject is not looked at."""
    table = membership.c
    standing = select(table.community_id, table.role, table.organization_id, table.sector).where(
        table.subject == subject,
        table.begins <= func.current_date(),
        or_(table.ends.is_(None), table.ends >= func.current_date()),
    )
    try:
        scope = Scope(Login.OPERATOR, subject=subject)
        scope.statement()
    except ValueError as error:
        raise TokenInvalid("The bearer token names nobody we could know.") from error
    rows = [dict(row) for row in await database.fetch(scope, standing)]
    secrets_of = await _reference_secrets(database, {r["community_id"] for r in rows if r["organization_id"]})
    return Viewer(subject, tuple(_memberships(rows, secrets_of)))


async def _reference_secrets(database: Database, communities: Collection[UUID]) -> Mapping[UUID, bytes]:
    """Read the communities' secrets for references to children; one that has none yet is given one."""
    if not communities:
        return {}
    asked = list(communities)
    async with database.transaction(Scope(Login.OPERATOR, tuple(asked))) as connection:
        if len(found := await connection.fetch(_SECRETS, asked)) < len(asked):
            await connection.execute(_ADD_SECRETS, asked)
            found = await connection.fetch(_SECRETS, asked)
    return {row["community_id"]: row["secret"] for row in found}


def _memberships(rows: Iterable[dict[str, Any]], secrets_of: Mapping[UUID, bytes]) -> Iterable[Membership]:
    for row in rows:
        organization_id = row["organization_id"]
        key = padded_key(secrets_of[row["community_id"]], organization_id) if organization_id else None
        yield Membership(
            community_id=row["community_id"],
            role=Role(row["role"]),
            organization_id=organization_id,
            sector=row["sector"],
            reference_key=key,
        )


def _reason(error: Exception) -> str:
    known = {
        jwt.ExpiredSignatureError: "it has expired",
        jwt.InvalidSignatureError: "its signature is not ours",
        jwt.InvalidAudienceError: "it is meant for another service",
        jwt.InvalidIssuerError: "its issuer is not the one we trust",
        jwt.InvalidAlgorithmError: "its algorithm is not allowed",
        jwt.MissingRequiredClaimError: "a claim is missing",
    }
    return next((text for kind, text in known.items() if isinstance(error, kind)), "it is not a valid token")
