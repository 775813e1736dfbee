"""Referrals and consents have a table each, needs a diagnosis as their basis, children's records a version.

Reversible: yes, without the referrals, the consents and the needs by diagnosis; loading the exports again brings
them back.
"""

from pathlib import Path

from alembic import op

revision = "0010"
down_revision = "0009"

HERE = Path(__file__).parent


def upgrade() -> None:
    for statement in (HERE / "0010_referrals_and_consents.sql").read_text().split(";\n\n"):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    for statement in (HERE / "0010_referrals_and_consents_down.sql").read_text().split(";\n\n"):
        op.get_bind().exec_driver_sql(statement)
