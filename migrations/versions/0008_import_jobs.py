"""Files over HTTP: a job for each, and what was said of its rows.

Reversible: yes, by dropping both tables; what was taken in of the files stays.
"""

from pathlib import Path

from alembic import op

revision = "0008"
down_revision = "0007"

HERE = Path(__file__).parent


def upgrade() -> None:
    for statement in (HERE / "0008_import_jobs.sql").read_text().split(";\n\n"):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    for table in ("import_remark", "import_job"):
        op.get_bind().exec_driver_sql(f"DROP TABLE {table}")
