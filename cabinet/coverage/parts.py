"""Which counts of the measures beside coverage are parts of which: sums that a reader could take apart."""

from collections.abc import Mapping, Sequence

from cabinet.coverage.dimensions import Dimension
from cabinet.coverage.overlapping import GroupKey
from cabinet.disclosure.suppress import Key, Sum

Groups = Mapping[GroupKey, Mapping[str, int | None]]

_OTHERS = "participants_of_others"


def known(dimension: Dimension) -> str:
    """Return the name of the count of children of whom a dimension is known."""
    return f"known_{dimension.lower()}"


MORE_PARTS = (
    ("served", ("served_enough", "served_not_enough")),
    # Two sums away, and asked for as often: who gets enough is the rest of who needs it.
    ("in_need", ("served_enough", "in_need_and_not_served_enough")),
    ("population", ("could_stay", "could_not_stay")),
    ("could_stay", ("kept", "not_kept")),
    ("population", ("participants", "not_participants")),
    ("population", ("any_participants", "no_participants")),
    ("participations", ("any_participants", "further_participations")),
    *(("population", (known(each), f"not_{known(each)}")) for each in Dimension),
)
"""Each with the two it is the sum of. Of two services, further participations are the children of both: the mean
number of services would tell them."""


def across(
    services: Mapping[str, Groups], total: GroupKey, wholes: Sequence[tuple[GroupKey, tuple[GroupKey, ...]]]
) -> tuple[dict[Key, int], list[Sum]]:
    """Return the cells and the sums that hold between services where it is counted who took part in any.

    Participations are those of every service; who took part in any is who did in one, and who did in others only.
    `wholes` are the sums between groups.
    """
    everybody, others = services.get("", {}), {code: groups for code, groups in services.items() if code}
    if not others or "participations" not in everybody.get(total, ()):
        return {}, []
    cells: dict[Key, int] = {}
    sums: list[Sum] = []
    for group, counts in everybody.items():
        each = {
            (code, group, "participants"): groups[group]["participants"] or 0 for code, groups in others.items()
        }
        sums.append(Sum(("", group, "participations"), tuple(each)))
        for key, number in each.items():
            rest = (key[0], group, _OTHERS)
            cells[rest] = (counts["any_participants"] or 0) - number
            sums.append(Sum(("", group, "any_participants"), (key, rest)))
    for whole, groups in wholes:
        sums += [Sum((code, whole, _OTHERS), tuple((code, group, _OTHERS) for group in groups)) for code in others]
    return cells, sums
