"""For many enrollments at once: an index of those that attendance has made, and how the planner is kept up.

Reversible: yes.
"""

from pathlib import Path

from alembic import op

revision = "0013"
down_revision = "0012"

HERE = Path(__file__).parent


def upgrade() -> None:
    for statement in (HERE / "0013_the_lane.sql").read_text().split(";\n\n"):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    for statement in (HERE / "0013_the_lane_down.sql").read_text().split(";\n\n"):
        op.get_bind().exec_driver_sql(statement)
