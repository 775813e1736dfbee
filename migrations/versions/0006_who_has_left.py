"""Until when a child was on an organization's roster, and why no longer.

Reversible: yes, by dropping the two columns. Nobody has left before.
"""

from pathlib import Path

from alembic import op

revision = "0006"
down_revision = "0005"

HERE = Path(__file__).parent


def upgrade() -> None:
    for statement in (HERE / "0006_who_has_left.sql").read_text().split(";\n\n"):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    for column in ("exit_reason", "ends"):
        op.get_bind().exec_driver_sql(f"ALTER TABLE child_year DROP COLUMN {column}")
