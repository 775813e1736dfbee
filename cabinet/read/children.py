"""Children by what an agency calls them: its own references, found among its own clients and nowhere else.

Only its clients' references are ever compared, so that another agency's is as unknown as one that was made up.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, Uuid, func, select

from cabinet.tables import child


def own_children(asked: Sequence[UUID]) -> Select[tuple[UUID]]:
    """Select the keys of the children that the scope's references mean."""
    own, padded_key = child.alias("own"), func.unnest(func.app_references()).column_valued("padded_key")
    return select(own.c.child_id).where(
        own.c.community_id == func.any(func.app_communities()),
        own.c.organization_ids.op("&&")(func.app_organizations()),
        func.app_reference(own.c.child_id, padded_key, type_=Uuid()).in_(asked),
    )


def own_children_sql(asked: str) -> str:
    """Write the same, for an SQL expression of the references."""
    return (
        "(SELECT own.child_id FROM child own, unnest(app_references()) AS padded_key"
        " WHERE own.community_id = ANY (app_communities()) AND own.organization_ids && app_organizations()"
        f" AND app_reference(own.child_id, padded_key) = ANY ({asked}::uuid[]))"
    )
