"""Views: saved questions with their versions.

Reversible: yes, without the views.
"""

from pathlib import Path

from alembic import op

revision = "0017"
down_revision = "0016"

HERE = Path(__file__).parent


def upgrade() -> None:
    for statement in (HERE / "0017_views.sql").read_text().split(";\n\n"):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    for statement in (HERE / "0017_views_down.sql").read_text().split(";\n\n"):
        op.get_bind().exec_driver_sql(statement)
