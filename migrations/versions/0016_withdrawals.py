"""Records posted in error can be withdrawn: they are taken out and kept aside.

Reversible: yes, without what was withdrawn; it stays out until its source sends it again.
"""

from pathlib import Path

from alembic import op

revision = "0016"
down_revision = "0015"

HERE = Path(__file__).parent


def upgrade() -> None:
    for statement in (HERE / "0016_withdrawals.sql").read_text().split(";\n\n"):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    for statement in (HERE / "0016_withdrawals_down.sql").read_text().split(";\n\n"):
        op.get_bind().exec_driver_sql(statement)
