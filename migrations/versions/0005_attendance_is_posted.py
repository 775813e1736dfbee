"""Attendance comes in under the record ids and versions of its source, several sessions a day if need be.

Reversible: yes, as long as no day has two sessions and no category is ABSENT. No door wrote to the table before:
the columns that every row has from now on are missing in none.
"""

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"

HERE = Path(__file__).parent


def upgrade() -> None:
    for statement in (HERE / "0005_attendance_is_posted.sql").read_text().split(";\n\n"):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    for statement in (HERE / "0005_attendance_is_posted_down.sql").read_text().split(";\n\n"):
        op.get_bind().exec_driver_sql(statement)
