"""Populations are saved under a name, version by version, and what a service type said before is kept.

Reversible: yes, without the populations saved and without what service types said before.
"""

from pathlib import Path

from alembic import op

revision = "0015"
down_revision = "0014"

HERE = Path(__file__).parent


def upgrade() -> None:
    for statement in (HERE / "0015_named_and_versioned.sql").read_text().split(";\n\n"):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    for table in ("service_type_version", "named_population"):
        op.get_bind().exec_driver_sql(f"DROP TABLE {table}")
