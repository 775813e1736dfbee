"""Tokens: of a real identity provider in production mode, and for how long what they say is believed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from cabinet.communities import add_member, end_membership, find_community
from cabinet.db import Database
from cabinet.errors import TokenInvalid
from cabinet.settings import Mode, Settings
from cabinet.tables.terms import Role
from cabinet.viewer import DEVELOPMENT_ISSUER, Tokens, Viewers, bearer

ISSUER = "https://login.example.org"


@pytest.fixture(scope="module")
def provider() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def production(provider: rsa.RSAPrivateKey, tmp_path: Path) -> Tokens:
    pem = provider.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    (tmp_path / "provider.pem").write_bytes(pem)
    return Tokens(
        Settings(
            mode=Mode.PRODUCTION,
            data=tmp_path,
            token_issuer=ISSUER,
            token_public_key=tmp_path / "provider.pem",
        )
    )


def signed(key: Any, algorithm: str = "RS256", **changes: Any) -> str:
    claims = {
        "sub": "staff@example.org",
        "iss": ISSUER,
        "aud": "childrens-cabinet",
        "exp": datetime.now(UTC) + timedelta(minutes=5),
    }
    wanted = {name: value for name, value in {**claims, **changes}.items() if value is not None}
    return jwt.encode(wanted, key, algorithm=algorithm)


def test_a_token_of_the_provider_is_believed(production: Tokens, provider: rsa.RSAPrivateKey) -> None:
    assert production.verify(signed(provider)).subject == "staff@example.org"


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://login.example.com"},
        {"aud": "another"},
        {"exp": datetime(2020, 1, 1, tzinfo=UTC)},
        {"exp": None},
        {"sub": None},
    ],
)
def test_any_other_claim_is_not(production: Tokens, provider: rsa.RSAPrivateKey, changes: dict[str, Any]) -> None:
    with pytest.raises(TokenInvalid):
        production.verify(signed(provider, **changes))


def test_no_other_key_and_no_other_algorithm_will_do(production: Tokens, provider: rsa.RSAPrivateKey) -> None:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    development = signed(production.development_key, "HS256", iss=DEVELOPMENT_ISSUER)
    for token in (signed(other), signed("", "none"), signed(provider, "PS256"), development):
        with pytest.raises(TokenInvalid):
            production.verify(token)


def test_a_production_server_without_a_provider_believes_nobody(tmp_path: Path) -> None:
    for settings in (Settings(data=tmp_path), Settings(data=tmp_path, token_issuer=ISSUER)):
        tokens = Tokens(settings)
        with pytest.raises(TokenInvalid, match="accepts no tokens yet"):
            tokens.verify(signed(tokens.development_key, "HS256", iss=DEVELOPMENT_ISSUER))


def test_the_development_key_is_its_owners_alone(tmp_path: Path) -> None:
    tokens = Tokens(Settings(mode=Mode.DEVELOPMENT, data=tmp_path))
    assert tokens.verify(tokens.issue("me")).subject == "me"
    assert (tmp_path / "development-key").stat().st_mode & 0o777 == 0o600


def test_only_a_bearer_header_is_a_token() -> None:
    assert (bearer(None), bearer("Bearer abc"), bearer("bearer  abc ")) == (None, "abc", "abc")
    for header in ("Basic abc", "Bearer", "Bearer  ", ""):
        with pytest.raises(TokenInvalid):
            bearer(header)


async def test_a_viewer_is_read_again_after_a_moment_and_never_believed_beyond_the_token(
    database: Database,
) -> None:
    tokens = Tokens(database.settings)
    harbor = await find_community(database, "harbor")
    await add_member(database, harbor, "ann", Role.CABINET_STAFF)
    forever, briefly = Viewers(database, tokens, seconds=60), Viewers(database, tokens, seconds=0)
    token, stale = tokens.issue("ann"), tokens.issue("ann", timedelta(seconds=-60))
    for viewers in (forever, briefly):
        assert [m.role for m in (await viewers.find(token)).memberships] == [Role.CABINET_STAFF]
    await end_membership(database, harbor, "ann")
    assert [m.role for m in (await forever.find(token)).memberships] == [Role.CABINET_STAFF]
    assert (await briefly.find(token)).memberships == ()
    assert (await briefly.find(None)).memberships == ()
    with pytest.raises(TokenInvalid, match="expired"):
        await forever.find(stale)


async def test_a_token_that_expires_while_it_is_remembered_is_refused(database: Database, monkeypatch) -> None:
    tokens = Tokens(database.settings)
    viewers = Viewers(database, tokens, seconds=60)
    token = tokens.issue("ann", timedelta(seconds=60))
    await viewers.find(token)
    monkeypatch.setattr("cabinet.viewer.time", lambda: time() + 3600)
    with pytest.raises(TokenInvalid, match="expired"):
        await viewers.find(token)
