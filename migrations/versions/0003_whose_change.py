"""Whose change it was: organization and sector of every row of the ledger, so that it is told to nobody else.

Reversible: yes, by dropping the two columns. Changes written before have neither; nobody asks for them any more.
"""

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"

HERE = Path(__file__).parent


def upgrade() -> None:
    for statement in (HERE / "0003_whose_change.sql").read_text().split(";\n\n"):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    for column in ("organization_id", "sector"):
        op.get_bind().exec_driver_sql(f"ALTER TABLE change DROP COLUMN {column}")
