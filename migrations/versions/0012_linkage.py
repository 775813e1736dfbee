"""Record linkage has its parameters, its records as compared and its expected quality in the database.

Reversible: yes. Links that a model made stay; guardians and telephone numbers are lost, and come back when the
exports are loaded again.
"""

from pathlib import Path

from alembic import op

revision = "0012"
down_revision = "0011"

HERE = Path(__file__).parent


def upgrade() -> None:
    for statement in (HERE / "0012_linkage.sql").read_text().split(";\n\n"):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    for statement in (HERE / "0012_linkage_down.sql").read_text().split(";\n\n"):
        op.get_bind().exec_driver_sql(statement)
