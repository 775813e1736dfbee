"""What webhooks are told while files are loaded that nobody here wrote; skipped where they are not at hand."""

from collections import Counter
from collections.abc import Iterable

import pytest

from cabinet.importers.load import find_format, load
from cabinet.importers.report import Report
from cabinet.intake.receipt import Verdict
from cabinet.outbox.event import OPEN_TOPICS
from cabinet.viewer import Viewer
from tests.importers.reading import real
from tests.outbox.conftest import Post
from tests.outbox.receiver import Request, receiving

FILES = {
    "district": ("oneroster", ("oneroster", "generated-1.1", "district-medium")),
    "clinic": ("fhir", ("fhir", "synthea-ma-children", "ndjson")),
}


def told(requests: Iterable[Request]) -> dict[str, int]:
    """Add up what was told as created, by topic."""
    total: Counter[str] = Counter()
    for request in requests:
        total[request.told["type"]] += request.told["data"]["created"]
    return dict(total)


def reported(*reports: Report, is_open: bool | None = None) -> dict[str, int]:
    """Return what the reports say was created, of what everybody may know, of what not, or of all."""
    total: Counter[str] = Counter()
    for report in reports:
        for kind, verdicts in report.counts.items():
            topic = f"{kind}.posted"
            if verdicts[Verdict.CREATED] and is_open in (None, topic in OPEN_TOPICS):
                total[topic] += verdicts[Verdict.CREATED]
    return dict(total)


@pytest.fixture
def files() -> dict[str, tuple[str, object]]:
    return {code: (format_, real(*parts)) for code, (format_, parts) in FILES.items()}


async def test_each_is_told_exactly_its_own_counts_and_nothing_of_a_child(post: Post, files) -> None:
    world, reports = post.world, {}
    async with receiving() as district, receiving() as clinic, receiving() as library:
        for code, receiver in (("district", district), ("clinic", clinic), ("arts", library)):
            await post.hook(receiver.url, code)
        for code, (format_, path) in files.items():
            reports[code] = await load(
                world.database, Viewer("test-loader"), world.harbor, find_format(format_), path, source=code
            )
        await post.once()
    supply = reported(*reports.values(), is_open=True)
    assert told(library.requests) == supply
    assert told(district.requests) == {**reported(reports["district"], is_open=False), **supply}
    assert told(clinic.requests) == {**reported(reports["clinic"], is_open=False), **supply}
    assert told(district.requests)["child.posted"] == 778
    assert told(clinic.requests)["child.posted"] == 73
    for request in (*district.requests, *clinic.requests, *library.requests):
        named = {name: value for name, value in request.told["data"].items() if not isinstance(value, int)}
        assert named.keys() <= {"community", "organization"}
