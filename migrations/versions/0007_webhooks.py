"""Webhooks: who is told of what, each delivery on its way, and a login that can do nothing else.

Reversible: yes, by dropping what it made; which events were told is forgotten. The login role stays, because it
belongs to the server and other databases may use it.
"""

from pathlib import Path

from alembic import op

revision = "0007"
down_revision = "0006"

HERE = Path(__file__).parent


def upgrade() -> None:
    for statement in (HERE / "0007_webhooks.sql").read_text().split(";\n\n"):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    for statement in (HERE / "0007_webhooks_down.sql").read_text().split(";\n\n"):
        op.get_bind().exec_driver_sql(statement)
