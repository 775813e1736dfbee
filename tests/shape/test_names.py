"""Names: ours alone at the top, and the same in every room that speaks of the same thing."""

from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
OURS = "childrens-cabinet"

WITHOUT_RESOLVERS = {
    *("api", "children", "enrollments", "filters", "nodes", "services", "terms"),
    *("attendance", "capacity", "encounters", "needs", "referrals", "review_records", "withdrawals"),
}
"""Files of schema/ that put types together or name words, or whose fields are rows or posts and need no more."""

WITHOUT_SCHEMA = {"context"}
"""Files of resolvers/ that every resolver is given, and that answer no field."""


def names_in(package: str) -> set[str]:
    return {path.stem for path in (HOUSE / package).glob("*.py")} - {"__init__"}


@pytest.mark.parametrize("package", ["cabinet", "migrations", "resolvers", "schema"])
def test_no_installed_distribution_owns_our_top_level_names(package: str) -> None:
    assert set(packages_distributions().get(package, [])) <= {OURS}


def test_schema_and_resolvers_share_their_file_names() -> None:
    assert names_in("schema") - WITHOUT_RESOLVERS == names_in("resolvers") - WITHOUT_SCHEMA
