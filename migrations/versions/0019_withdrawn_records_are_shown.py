"""Withdrawn records can be listed: what stood in them is in columns, each with its label.

Reversible: yes; the row as it stood is kept either way.
"""

from pathlib import Path

from alembic import op

revision = "0019"
down_revision = "0018"

HERE = Path(__file__).parent


def upgrade() -> None:
    for statement in (HERE / "0019_withdrawn_records_are_shown.sql").read_text().split(";\n\n"):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    for statement in (HERE / "0019_withdrawn_records_are_shown_down.sql").read_text().split(";\n\n"):
        op.get_bind().exec_driver_sql(statement)
