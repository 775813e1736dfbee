"""What is asked of rows most often stands in the index they are found by; whose rows they are is seen sooner.

Reversible: yes. While the indexes are built, posts wait: a few seconds for each million enrollments.
"""

from pathlib import Path

from alembic import op

revision = "0004"
down_revision = "0003"

HERE = Path(__file__).parent


def upgrade() -> None:
    for statement in (HERE / "0004_from_the_index.sql").read_text().split(";\n\n"):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    for statement in (HERE / "0004_from_the_index_down.sql").read_text().split(";\n\n"):
        op.get_bind().exec_driver_sql(statement)
