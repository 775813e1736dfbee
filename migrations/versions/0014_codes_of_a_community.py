"""What a community's own codes mean is kept for every file that comes in.

Reversible: yes, without the mappings; their files can be set again.
"""

from pathlib import Path

from alembic import op

revision = "0014"
down_revision = "0010"

HERE = Path(__file__).parent


def upgrade() -> None:
    for statement in (HERE / "0014_codes_of_a_community.sql").read_text().split(";\n\n"):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    op.get_bind().exec_driver_sql("DROP TABLE code_mapping")
