"""Children by what an agency calls them: its own references, found among its own clients and nowhere else.

Only its clients' references are ever compared, so that another agency's is as unknown as one that was made up.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, Uuid, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from cabinet.tables import child


def own_children(asked: Sequence[UUID]) -> Select[tuple[UUID]]:
    """Select the keys of the children that the scope's references mean."""
    own = child.alias("own")
    return select(own.c.child_id).where(
        own.c.community_id == func.any(func.app_communities()),
        own.c.organization_ids.op("&&")(func.app_organizations()),
        func.app_refers(own.c.child_id, cast(list(asked), ARRAY(Uuid()))),
    )


def own_children_sql(asked: str) -> str:
    """Write the same, for an SQL expression of the references."""
    return (
        "(SELECT own.child_id FROM child own WHERE own.community_id = ANY (app_communities())"
        f" AND own.organization_ids && app_organizations() AND app_refers(own.child_id, {asked}::uuid[]))"
    )
