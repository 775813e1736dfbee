from cabinet.coverage.basis import Basis
from cabinet.coverage.basis import linked_share as find_linked_share
from cabinet.coverage.figure import Measured
from cabinet.read.executor import Plain
from resolvers.context import Ask


async def linked_share(info: Ask, root: Basis) -> float | None:
    return await find_linked_share(info.context.database, info.context.viewer, root.community_id)


def figures(root: Measured) -> Plain:
    """Return what may be thousands of figures."""
    return Plain(root.figures)
