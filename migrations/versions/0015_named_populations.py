"""Populations are saved under a name, version by version.

Reversible: yes, without the populations saved.
"""

from pathlib import Path

from alembic import op

revision = "0015"
down_revision = "0010"

HERE = Path(__file__).parent


def upgrade() -> None:
    for statement in (HERE / "0015_named_populations.sql").read_text().split(";\n\n"):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    op.get_bind().exec_driver_sql("DROP TABLE named_population")
