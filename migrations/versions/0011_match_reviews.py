"""Stewards review doubtful matches: candidates, decisions with a journal to undo them by, what people settled.

What is said of a child says by which source record, so that it goes where the record goes.

Reversible: yes, without the decisions and their journal; links by the model become exact ones, and of two open
enrollments of a child in a program the second becomes NOT_ENROLLED.
"""

from pathlib import Path

from alembic import op

revision = "0011"
down_revision = "0010"

HERE = Path(__file__).parent


def upgrade() -> None:
    for statement in (HERE / "0011_match_reviews.sql").read_text().split(";\n\n"):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    for statement in (HERE / "0011_match_reviews_down.sql").read_text().split(";\n\n"):
        op.get_bind().exec_driver_sql(statement)
