"""A job counts what its reader read, and what of it came to nothing beside what stands.

Reversible: yes, without both counts.
"""

from pathlib import Path

from alembic import op

revision = "0018"
down_revision = "0017"

HERE = Path(__file__).parent


def upgrade() -> None:
    for statement in (HERE / "0018_what_a_file_held.sql").read_text().split(";\n\n"):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    for column in ("rows_read", "passed_over"):
        op.get_bind().exec_driver_sql(f"ALTER TABLE import_job DROP COLUMN {column}")
