"""Resource directories that nobody here wrote go in, and a second time change nothing."""

import pytest

from cabinet.importers.load import find_format, load
from cabinet.intake.receipt import Verdict
from tests.importers.reading import real
from tests.world import LOADER, World

DIRECTORIES = (
    "ohana/data/sample-csv",
    "spec/hsds-3.0/examples",
    "spec/hsds-3.0/examples/csv",
    "spec/hsds-3.0/examples/service_full.json",
    "spec/hsds-3.0/examples/organization_full.json",
    "spec/hsds-3.0/examples/service_at_location_full.json",
    "transformer-fixtures/spec/fixtures/base_transformer/output/data",
    "transformer-fixtures/spec/fixtures/custom/ilao/output",
)


@pytest.mark.parametrize("directory", DIRECTORIES)
async def test_a_directory_goes_in_and_a_second_time_changes_nothing(world: World, directory: str) -> None:
    path, hsds = real("hsds", *directory.split("/")), find_format("hsds")
    first = await load(world.database, LOADER, world.harbor, hsds, path)
    assert first.total(Verdict.CREATED) > 0
    again = await load(world.database, LOADER, world.harbor, hsds, path)
    assert first.total(Verdict.REJECTED) == again.total(Verdict.REJECTED)
    taken = {verdict for counts in again.counts.values() for verdict, count in counts.items() if count}
    assert taken <= {Verdict.UNCHANGED, Verdict.REJECTED}
