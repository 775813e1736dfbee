"""Seats have versions, since agencies post them; and each agency gets references to children of its own.

Reversible: yes.
"""

from pathlib import Path

from alembic import op

revision = "0009"
down_revision = "0008"

HERE = Path(__file__).parent


def upgrade() -> None:
    for statement in (HERE / "0009_seats_and_references.sql").read_text().split(";\n\n"):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    for statement in (HERE / "0009_seats_and_references_down.sql").read_text().split(";\n\n"):
        op.get_bind().exec_driver_sql(statement)
