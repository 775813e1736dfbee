"""FHIR R4: a Bulk Data export (NDJSON, any number of parts), a Bundle, or single resources in JSON files.

Neither the order of the files nor that of their entries matters: they are read twice, which costs time and hardly
any memory. First come the patients, and what resources say of each other (`fhir_index.py`); then everything else,
each type by its reader. What its codes mean is a file (`fhir_codes.py`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from cabinet.errors import FileUnreadable, RowProblem
from cabinet.importers.code_files import CodeFile
from cabinet.importers.fhir_codes import Codes, read_codes
from cabinet.importers.fhir_condition import condition
from cabinet.importers.fhir_consent import consent
from cabinet.importers.fhir_elements import unread
from cabinet.importers.fhir_encounter import encounter, immunization
from cabinet.importers.fhir_guide import guide
from cabinet.importers.fhir_index import MARKS, WITHDRAWN_MARKS, Index
from cabinet.importers.fhir_patient import patient
from cabinet.importers.fhir_program import care_plan, episode_of_care
from cabinet.importers.fhir_referral import service_request
from cabinet.importers.fhir_resources import NDJSON, Resource, read_resources
from cabinet.importers.fhir_screening import observation
from cabinet.importers.format import Format, Oddity, Reader
from cabinet.importers.package import Package, open_package
from cabinet.importers.tally import Tally
from cabinet.intake.rows import Kind, Raw

READERS: Mapping[str, Callable[[Resource, Index, Codes], Iterator[Raw | Oddity]]] = {
    "Encounter": encounter,
    "Immunization": immunization,
    "Observation": observation,
    "Condition": condition,
    "ServiceRequest": service_request,
    "EpisodeOfCare": episode_of_care,
    "CarePlan": care_plan,
    "Consent": consent,
}
READ_FIRST = frozenset({"Patient", "Task"})
BATCH = 1000


def read(path: Path) -> Iterator[Raw | Oddity]:
    """Yield a child a patient, then the rows of what has a home here, by the packaged meanings of the codes.

    Raises FileUnreadable when there is no FHIR file, or a JSON file is no JSON.
    """
    yield from _read(path, read_codes())


def _tailored(_source: str | None, *mappings: CodeFile) -> Reader:
    codes = read_codes(*mappings)
    return lambda path: _read(path, codes)


def _read(path: Path, codes: Codes) -> Iterator[Raw | Oddity]:
    with open_package(path) as package:
        names = [name for name in package.names if name.casefold().endswith((*NDJSON, ".json"))]
        if not names:
            raise FileUnreadable(f"{path.name} holds no NDJSON and no JSON file.", file=path.name)
        yield from package.unread(names)
        index, passed_over = Index(), Tally()
        yield from _counted(_by_kind(_first_reading(package, names, index, codes)), passed_over)
        index.settle()
        yield from _counted(_by_kind(_second_reading(package, names, index, codes)), passed_over)
        yield from passed_over.oddities()


def _first_reading(package: Package, names: list[str], index: Index, codes: Codes) -> Iterator[Raw | Oddity]:
    for name in names:
        for resource in read_resources(package, name, *MARKS, *WITHDRAWN_MARKS):
            # What cannot be read is reported once, by the second reading.
            if isinstance(resource, Resource):
                index.learn(resource)
                if resource.type == "Patient":
                    yield from _with_unread(resource, patient(resource, codes))


def _second_reading(package: Package, names: list[str], index: Index, codes: Codes) -> Iterator[Raw | Oddity]:
    for name in names:
        for resource in read_resources(package, name):
            if isinstance(resource, Oddity):
                yield resource
            elif reader := READERS.get(resource.type):
                yield from _with_unread(resource, reader(resource, index, codes))
            elif resource.type not in READ_FIRST:
                yield resource.passed_over(
                    RowProblem(f"A resource of type {resource.type or 'unknown'} has no home here.", hint="")
                )
    yield from index.leftovers()


def _with_unread(resource: Resource, items: Iterable[Raw | Oddity]) -> Iterator[Raw | Oddity]:
    """Let through what was read of a resource, and if that is a row, what of the resource was not."""
    is_taken = False
    for item in items:
        is_taken = is_taken or isinstance(item, Raw)
        yield item
    if is_taken:
        yield from unread(resource)


def _counted(items: Iterable[Raw | Oddity], tally: Tally) -> Iterator[Raw | Oddity]:
    """Let rows through; what was passed over is counted, and what could not be read is told one by one."""
    for item in items:
        if isinstance(item, Raw) or type(item.problem).code == "ROW_INVALID":
            yield item
        else:
            tally.add(item.problem, item.file, item.line, item.column)


def _by_kind(items: Iterable[Raw | Oddity]) -> Iterator[Raw | Oddity]:
    """Gather the rows of each kind, so that they go in by the thousand however a Bundle mixes them.

    Bundles repeat what they refer to: of rows that are the same to the letter, one goes in.
    """
    waiting: dict[Kind, dict[str, Raw]] = {}
    for item in items:
        if isinstance(item, Oddity):
            yield item
            continue
        batch = waiting.setdefault(item.kind, {})
        if batch.setdefault(repr(item.fields), item) is not item:
            yield Oddity(_TWICE, item.file, item.line)
        if len(batch) == BATCH:
            yield from waiting.pop(item.kind).values()
    for batch in waiting.values():
        yield from batch.values()


_TWICE = RowProblem("A resource stands in the export twice, the same; it was taken once.", hint="")


FHIR = Format(
    name="fhir",
    help="FHIR R4 with US Core: a Bulk Data folder, its zip, or a Bundle: patients, visits, immunizations,"
    " screenings, conditions, referrals, care plans, consents.",
    read=read,
    guide=guide(__doc__ or ""),
    sector="HEALTH",
    tailored=_tailored,
)
