"""Real FHIR goes in whole: every resource is a row or is counted; skipped where the files are not at hand."""

import re
from collections import Counter
from pathlib import Path

from cabinet.importers.load import Report, find_format, load
from cabinet.intake.receipt import Verdict
from cabinet.intake.rows import Kind
from tests.importers.reading import Reading, read, real
from tests.importers.test_fhir_versions import rows
from tests.importers.test_load import counts, take
from tests.world import LOADER, World

ELEMENT = re.compile(r"\w+\.\w+ has no home here|Patient\.(extension|gender)\b")
PROGRAM = {"code": "asthma-care", "name": "Asthma Care", "organization": "clinic", "sector": "HEALTH"}
MAPPING = '[programs]\n"snomed|699728000" = "asthma-care"\n[conditions]\n"snomed|84757009" = "CARE_COORDINATION"\n'


def passed_over(found: Reading) -> int:
    """Return how many resources were passed over; what is told of a part stands beside those taken."""
    whole = (oddity for oddity in found.oddities if not ELEMENT.match(oddity.problem.message))
    return sum(oddity.count for oddity in whole)


def lines(folder: Path) -> int:
    return sum(len(path.read_bytes().splitlines()) for path in folder.glob("*.ndjson"))


async def take_mapped(world: World, folder: Path, mapping: Path) -> Report:
    fhir = find_format("fhir")
    return await load(world.database, LOADER, world.harbor, fhir, folder, source="clinic", mapping=mapping)


def test_every_resource_of_an_export_is_a_row_or_is_counted() -> None:
    folder = real("fhir", "synthea-ma-children", "ndjson")
    found = read("fhir", folder)
    assert found.counts() == {"child": 73, "encounter": 2758, "need": 10}
    assert len(found.raws) + passed_over(found) == lines(folder) == 11_553


def test_every_official_example_is_a_row_or_is_counted() -> None:
    folder = real("fhir", "hl7-r4-examples")
    found = read("fhir", folder)
    assert found.counts() == {"child": 21, "consent": 12, "encounter": 4, "withdrawal": 1}
    # A consent is a row, and counted beside it.
    assert len(found.raws) + passed_over(found) - 12 == len(list(folder.iterdir()))


async def test_an_export_goes_in_by_a_communitys_own_codes_and_goes_in_once(world: World, tmp_path: Path) -> None:
    folder, mapping = real("fhir", "synthea-ma-children", "ndjson"), tmp_path / "ours.toml"
    mapping.write_text(MAPPING)
    await world.fill("clinic", Kind.PROGRAM, [PROGRAM])
    report = await take_mapped(world, folder, mapping)
    assert {str(kind): counts(report, kind) for kind in report.counts} == {
        "child": {"CREATED": 73},
        "encounter": {"CREATED": 2758},
        "need": {"CREATED": 11},
        "enrollment": {"CREATED": 6},
    }
    needs = Counter(await rows(world, "SELECT basis, resolved IS NULL FROM need"))
    assert needs == {("DIAGNOSIS", True): 10, ("DIAGNOSIS", False): 1}
    again = await take_mapped(world, folder, mapping)
    assert again.total(Verdict.UNCHANGED) == sum(counts(again, kind)["UNCHANGED"] for kind in again.counts) == 2848


async def test_the_official_examples_go_in_or_say_what_they_lack(world: World) -> None:
    report = await take(world, "fhir", real("fhir", "hl7-r4-examples"), "clinic")
    assert counts(report, Kind.CHILD) == {"CREATED": 13, "REJECTED": 8}
    refused = {(remark.file, remark.code) for remark in report.remarks if remark.is_rejection}
    assert ("Patient-infant-fetal.json", "IDENTITY_INCOMPLETE") in refused
    assert {code for _, code in refused} == {"IDENTITY_INCOMPLETE", "CHILD_UNKNOWN", "DATE_INVALID"}
    twins = "SELECT count(DISTINCT child_id) FROM child_identity WHERE family_name = 'Solo'"
    assert await rows(world, f"{twins} AND birth_date = '2017-05-15'") == [(2,)]
