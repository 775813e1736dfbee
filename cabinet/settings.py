"""Every setting: its name (with the prefix CABINET_), its default and its help, in one table."""

from enum import StrEnum
from pathlib import Path
from typing import Any

import orjson
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"
"""How every process of ours writes a line of its log."""


class Mode(StrEnum):
    DEMO = "demo"
    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="CABINET_", extra="ignore")

    mode: Mode = Field(
        Mode.PRODUCTION,
        description="`demo` and `development` accept tokens of the built-in issuer; `production` never does.",
    )
    data: Path = Field(
        Path(".cabinet"),
        description="Folder of the embedded PostgreSQL, the development signing key and files sent in.",
    )
    database_url: str | None = Field(
        None,
        description="Any PostgreSQL 18 server, as postgresql://owner:secret@host/name. "
        "Unset: the embedded PostgreSQL.",
    )
    database_secret: SecretStr | None = Field(
        None,
        description="Secret from which the passwords of the login roles are derived. "
        "Unset: they log in without a password, as the embedded PostgreSQL allows.",
    )
    pool_size: int = Field(8, ge=1, le=200, description="Connections per login role and server process.")
    host: str = Field("127.0.0.1", description="Address the server listens on.")
    port: int = Field(8000, ge=0, le=65535, description="Port the server listens on; PORT does the same.")
    token_issuer: str | None = Field(None, description="`iss` every token must carry.")
    token_audience: str = Field("childrens-cabinet", description="`aud` every token must carry.")
    token_algorithms: tuple[str, ...] = Field(
        ("RS256", "ES256"), description="JSON list of the signature algorithms accepted in production."
    )
    token_public_key: Path | None = Field(None, description="PEM file with the identity provider's public key.")
    token_jwks_url: str | None = Field(None, description="Address of the identity provider's key set (JWKS).")
    viewer_seconds: float = Field(
        1, ge=0, description="Seconds for which memberships just read are believed; then they are read again."
    )
    page_limit: int = Field(100, ge=1, le=10_000, description="Rows a page of a list may have.")
    cors_origins: tuple[str, ...] = Field(
        (), description="JSON list of the web origins whose pages may ask this server from a browser."
    )
    trusted_documents: Path | None = Field(
        None,
        description="Manifest of documents that may be asked by hash, by GET too; `cabinet documents` makes one.",
    )
    trusted_only: bool = Field(
        False, description="Answer no other documents than those of the manifest and of the page."
    )
    body_seconds: float = Field(10, gt=0, description="Seconds in which a request body must have arrived.")
    request_seconds: float = Field(10, gt=0, description="Seconds after which a request is given up.")
    statement_seconds: float = Field(5, gt=0, description="Seconds after which a reading statement is given up.")
    post_seconds: float = Field(30, gt=0, description="The same for the statements of a post or an import.")
    live_poll_seconds: float = Field(
        0.5, gt=0, description="Seconds between two looks for changes, for each community somebody subscribes to."
    )
    live_beat_seconds: float = Field(
        12,
        gt=0,
        le=30,
        description="Seconds after which an open subscription gives a sign of life, and its token and memberships "
        "are looked at again.",
    )
    live_window_seconds: int = Field(
        900, ge=60, description="Who sees counts only is told at most once in so many seconds that they changed."
    )
    live_viewer_limit: int = Field(4, ge=1, description="Open subscriptions per person.")
    live_server_limit: int = Field(200, ge=1, description="Open subscriptions per server process.")
    exports: int = Field(
        2,
        ge=1,
        le=50,
        description="Exports at once, of records and of supply each, per server process; each has a connection.",
    )
    export_seconds: float = Field(600, gt=0, description="Seconds after which an export is given up.")
    export_stall_seconds: float = Field(
        30,
        gt=0,
        description="Seconds for which the client of an export may take nothing; of others, twice as many.",
    )

    webhook_private: bool = Field(
        False,
        description="Deliver also into private networks and to this machine, and by http: for receivers inside.",
    )
    webhook_seconds: float = Field(10, gt=0, le=60, description="Seconds one delivery to a webhook may take.")
    webhook_poll_seconds: float = Field(
        1, gt=0, description="Seconds between two looks for what is to be delivered."
    )
    webhook_retry_seconds: float = Field(
        5,
        gt=0,
        description="Seconds until a webhook that failed is tried again; each time twice as many, up to an hour.",
    )
    webhook_give_up_seconds: float = Field(
        259_200, ge=0, description="Seconds for which a delivery is tried before it is given up; three days."
    )
    import_bytes: int = Field(2 * 1024**3, ge=1, description="Bytes a file that is sent in may have.")
    import_spare_bytes: int = Field(
        1024**3, ge=0, description="Bytes of the data folder's disk that files sent in leave free."
    )
    uploads: int = Field(4, ge=1, le=100, description="Files that may be arriving at once, per server process.")
    upload_seconds: float = Field(
        3600,
        gt=0,
        description="Seconds in which a file must have arrived; every 64 kB of it in CABINET_BODY_SECONDS.",
    )
    import_poll_seconds: float = Field(
        5, gt=0, description="Seconds between two looks for files that another server process took or left behind."
    )
    import_lease_seconds: float = Field(
        30, gt=0, description="Seconds of silence after which a file is taken over from whoever was at work on it."
    )
    import_worker: bool = Field(
        True,
        description="Whether a server has a process of its own for the files sent in; "
        "otherwise `cabinet worker` takes them in.",
    )
    keep_receipts_days: int = Field(
        90,
        ge=1,
        description="Days after which `cabinet tidy` deletes the receipt of a post with its idempotency key.",
    )
    keep_events_days: int = Field(
        30, ge=1, description="The same of events that were told, and of the record that they were."
    )
    keep_imports_days: int = Field(
        90, ge=1, description="The same of files that were taken in, and of what was said of their rows."
    )

    index_bytes: int = Field(
        1024**3,
        ge=0,
        description="Bytes of memory the indexes of coverage may take, per server process; 0: there are none.",
    )

    def as_environment(self) -> dict[str, str]:
        """Return what was set, as the environment in which another process has the same settings."""
        said = self.model_dump(include=self.model_fields_set, exclude_none=True)
        return {f"CABINET_{name.upper()}": _as_text(value) for name, value in said.items()}

    @property
    def issues_tokens(self) -> bool:
        """Whether the built-in development issuer may sign and be believed."""
        return self.mode in (Mode.DEMO, Mode.DEVELOPMENT)


def _as_text(value: Any) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return orjson.dumps(value).decode() if isinstance(value, tuple) else str(value)
