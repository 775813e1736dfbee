"""Seats are posted by the agencies that have them, and of one day the highest version holds.

Reversible: yes.
"""

from pathlib import Path

from alembic import op

revision = "0009"
down_revision = "0005"

HERE = Path(__file__).parent


def upgrade() -> None:
    for statement in (HERE / "0009_versions_of_seats.sql").read_text().split(";\n\n"):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    for statement in (HERE / "0009_versions_of_seats_down.sql").read_text().split(";\n\n"):
        op.get_bind().exec_driver_sql(statement)
