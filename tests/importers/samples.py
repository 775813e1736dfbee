"""One small sound export of every format and way of writing it, for promises that hold of all of them."""

from collections.abc import Callable, Mapping
from pathlib import Path

import orjson

from tests.importers.edfi_events import school_event
from tests.importers.edfi_samples import ANA as STUDENT
from tests.importers.edfi_samples import DISTRICT, association, interchange, stay
from tests.importers.fhir_samples import ANA as PATIENT
from tests.importers.fhir_samples import ndjson, visit
from tests.importers.oneroster_samples import district, student

NAME = "Núñez"
ENROLLMENT = "record_id,program,status,begins,child_id,given_name,family_name,birth_date\n"
FEATURE = {"type": "Feature", "properties": {"code": "n1", "name": NAME}, "geometry": None}
SERVICE = {"id": "v1", "name": NAME, "status": "active", "organization": {"id": "o1", "name": "Library"}}
NAMED = {**PATIENT, "name": [{"family": NAME, "given": ["Ana"]}]}

Files = Mapping[str, str]


def _roster(folder: Path) -> Files:
    path = district(folder / "made", student(1, NAME), student(2))
    return {file.name: file.read_text() for file in path.iterdir()}


def _enrollment(number: int) -> dict[str, str]:
    names = {"given_name": "Ana", "family_name": NAME, "birth_date": "2018-03-04"}
    return {"record_id": str(number), "program": "after", "status": "ENROLLED", "begins": "2026-09-01", **names}


MADE: Mapping[str, tuple[str, Callable[[Path], Files]]] = {
    "enrollments csv": (
        "enrollments",
        lambda _: {
            "club.csv": f"{ENROLLMENT}1,after,ENROLLED,2026-09-01,7,Ana,{NAME},2018-03-04\n"
            "2,after,ENROLLED,2026-09-01,8,Bo,Lind,2018-03-05\n"
        },
    ),
    "enrollments ndjson": (
        "enrollments",
        lambda _: {"club.ndjson": "".join(orjson.dumps(_enrollment(n)).decode() + "\n" for n in (1, 2))},
    ),
    "attendance csv": (
        "attendance",
        lambda _: {
            "sheet.csv": f"Program,Student ID,Last Name,Date\nChess,1,{NAME},9/8/2026\nChess,2,Li,9/9/2026\n"
        },
    ),
    "oneroster csv": ("oneroster", _roster),
    "edfi xml": (
        "edfi",
        lambda _: {
            "All.xml": interchange(
                DISTRICT,
                STUDENT,
                stay("4711", "500001", "2026-08-24", "First grade"),
                association("", "4711", NAME, "Other"),
                school_event("4711", "2026-09-08", "Tardy"),
            )
        },
    ),
    "fhir ndjson": (
        "fhir",
        lambda _: {"All.ndjson": ndjson(PATIENT, visit(1, "185349003", f"Check up {NAME}")).decode()},
    ),
    "fhir json": (
        "fhir",
        lambda _: {
            "Bundle.json": orjson.dumps({"resourceType": "Bundle", "entry": [{"resource": NAMED}]}).decode()
        },
    ),
    "hsds csv": (
        "hsds",
        lambda _: {
            "organization.csv": f"id,name\no1,{NAME}\no2,Other\n",
            "service.csv": f"id,name,organization_id,status\nv1,{NAME},o1,active\nv2,Tutoring,o2,active\n",
        },
    ),
    "hsds json": ("hsds", lambda _: {"services.json": orjson.dumps([SERVICE]).decode()}),
    "hsds ndjson": ("hsds", lambda _: {"services.ndjson": orjson.dumps(SERVICE).decode() + "\n"}),
    "neighborhoods json": (
        "neighborhoods",
        lambda _: {"n.geojson": orjson.dumps({"type": "FeatureCollection", "features": [FEATURE]}).decode()},
    ),
}
"""Each by its name: the format, and its files as text."""


def put(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files by their full names; return the file if it is one alone, else the folder."""
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder / next(iter(files)) if len(files) == 1 else folder
