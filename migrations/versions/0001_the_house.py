"""The first tables: supply, children, participation, access; with logins, grants and row-level security.

Reversible: yes, by dropping what it made. The login roles stay, because they belong to the server and other
databases may use them.
"""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None

HERE = Path(__file__).parent


def upgrade() -> None:
    for statement in (HERE / "0001_the_house.sql").read_text().split(";\n\n"):
        if statement.strip():
            op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    for statement in (HERE / "0001_the_house_down.sql").read_text().split(";\n"):
        if statement.strip():
            op.get_bind().exec_driver_sql(statement)
