"""What finished answers are written with, and the indexes that pages of enrollments are read by.

Reversible: yes. While the indexes are built, posts of enrollments wait: a few seconds for each million of them.
"""

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"

HERE = Path(__file__).parent


def upgrade() -> None:
    for statement in (HERE / "0002_answers.sql").read_text().split(";\n\n"):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    for statement in (HERE / "0002_answers_down.sql").read_text().split(";\n\n"):
        op.get_bind().exec_driver_sql(statement)
