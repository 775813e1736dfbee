"""What a community's own codes mean, and what directories say that has no column, are kept.

Reversible: yes, without both; their files can be set and loaded again.
"""

from pathlib import Path

from alembic import op

revision = "0014"
down_revision = "0013"

HERE = Path(__file__).parent


def upgrade() -> None:
    for statement in (HERE / "0014_codes_and_directories.sql").read_text().split(";\n\n"):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    for table in ("supply_record", "code_mapping"):
        op.get_bind().exec_driver_sql(f"DROP TABLE {table}")
