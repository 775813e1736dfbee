"""FHIR R4: a Bulk Data export (NDJSON, any number of parts), a Bundle, or single resources in JSON files.

Patients come before what refers to them, in whatever order the files hold them: the files are read twice,
which costs time and no memory. `fhir_patient.py` and `fhir_encounter.py` read the resources.
"""

from collections.abc import Iterator
from pathlib import Path

from cabinet.errors import FileUnreadable, RowProblem
from cabinet.importers.documents import text
from cabinet.importers.fhir_encounter import encounter, immunization
from cabinet.importers.fhir_patient import child
from cabinet.importers.fhir_resources import NDJSON, Resource, read_resources
from cabinet.importers.format import Format, Oddity
from cabinet.importers.package import Package, open_package
from cabinet.importers.tally import Tally
from cabinet.intake.rows import Kind, Raw

READERS = {"Encounter": encounter, "Immunization": immunization}


def read(path: Path) -> Iterator[Raw | Oddity]:
    """Yield a child a patient, then an encounter for each visit and immunization that has a home here.

    Raises FileUnreadable when there is no FHIR file, or a JSON file is no JSON.
    """
    with open_package(path) as package:
        names = [name for name in package.names if name.casefold().endswith((*NDJSON, ".json"))]
        if not names:
            raise FileUnreadable(f"{path.name} holds no NDJSON and no JSON file.", file=path.name)
        yield from package.unread(names)
        aliases: dict[str, str] = {}
        yield from _children(package, names, aliases)
        yield from _contacts(package, names, aliases)


def _children(package: Package, names: list[str], aliases: dict[str, str]) -> Iterator[Raw]:
    for name in names:
        for resource in read_resources(package, name, containing=b'"Patient"'):
            # What cannot be read is reported once, by the reading of everything else.
            if isinstance(resource, Resource) and resource.type == "Patient":
                aliases[resource.full_url] = text(resource.value, "id")
                yield Raw(Kind.CHILD, child(resource.value), resource.file, resource.line)
    aliases.pop("", None)


def _contacts(package: Package, names: list[str], aliases: dict[str, str]) -> Iterator[Raw | Oddity]:
    passed_over = Tally()
    for name in names:
        for resource in read_resources(package, name):
            if isinstance(resource, Oddity):
                yield resource
            elif resource.type != "Patient":
                read = _contact(resource, aliases)
                if isinstance(read, RowProblem):
                    passed_over.add(read, resource.file, resource.line)
                else:
                    yield Raw(Kind.ENCOUNTER, read, resource.file, resource.line)
    yield from passed_over.oddities()


def _contact(resource: Resource, aliases: dict[str, str]) -> dict[str, object] | RowProblem:
    if reader := READERS.get(resource.type):
        return reader(resource.value, aliases)
    return RowProblem(f"A resource of type {resource.type or 'unknown'} has no home here.", hint="")


FHIR = Format(
    name="fhir",
    help="FHIR R4 with US Core: a Bulk Data folder, its zip, or a Bundle: patients, visits, immunizations.",
    read=read,
    sector="HEALTH",
)
