"""The audit: who asked for or wrote what; written in the transaction of the deed itself."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from cabinet.db import Connection
from cabinet.viewer import Viewer

_INSERT = """
INSERT INTO audit_event (community_id, subject, roles, action, detail) VALUES ($1, $2, $3, $4, $5)
"""


async def record(
    connection: Connection, viewer: Viewer, community_id: UUID, action: str, detail: Mapping[str, Any]
) -> None:
    """Write one audit event; `detail` holds the question or the counts, never a child's identity."""
    roles = " ".join(sorted(viewer.roles(community_id)))
    await connection.execute(_INSERT, community_id, viewer.subject, roles, action, dict(detail))
