"""Children by what an agency calls them: its own references, found among its own clients and nowhere else.

Only its clients' references are ever compared, so that another agency's is as unknown as one that was made up.
What it called a client by before the child was joined with another, or parted, means that client still.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import CompoundSelect, Uuid, func, select, union_all

from cabinet.tables import child, child_alias


def own_children(asked: Sequence[UUID]) -> CompoundSelect[tuple[UUID]]:
    """Select the keys of the children that the scope's references mean."""
    own, padded_key = child.alias("own"), func.unnest(func.app_references()).column_valued("padded_key")
    former, former_key = (
        child_alias.alias("former"),
        func.unnest(func.app_references()).column_valued("padded_key"),
    )
    return union_all(
        select(own.c.child_id).where(
            own.c.community_id == func.any(func.app_communities()),
            own.c.organization_ids.op("&&")(func.app_organizations()),
            func.app_reference(own.c.child_id, padded_key, type_=Uuid()).in_(asked),
        ),
        select(former.c.child_id).where(
            former.c.community_id == func.any(func.app_communities()),
            former.c.organization_id == func.any(func.app_organizations()),
            func.app_reference(former.c.former_id, former_key, type_=Uuid()).in_(asked),
        ),
    )


def own_children_sql(asked: str) -> str:
    """Write the same, for an SQL expression of the references."""
    return (
        "(SELECT own.child_id FROM child own, unnest(app_references()) AS padded_key"
        " WHERE own.community_id = ANY (app_communities()) AND own.organization_ids && app_organizations()"
        f" AND app_reference(own.child_id, padded_key) = ANY ({asked}::uuid[])"
        " UNION ALL SELECT former.child_id FROM child_alias former, unnest(app_references()) AS padded_key"
        " WHERE former.community_id = ANY (app_communities())"
        " AND former.organization_id = ANY (app_organizations())"
        f" AND app_reference(former.former_id, padded_key) = ANY ({asked}::uuid[]))"
    )
