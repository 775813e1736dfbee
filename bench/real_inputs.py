"""Turn public files into what `cabinet load` takes: `python bench/real_inputs.py DATA FOLDER`.

The files are a city's list of after-school sites (ost/nyc-dycd) and the same fictional children as three sectors
write them down (linkage/children-3-sector). What the files do not say is made up here, and this is all of it: the
school year after the census they imitate, a check-up for each patient, and a place in one after-school program.
The truth about who is who (`simulant_id`, `household_id`) is never read into any of them.
"""

import csv
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

Row = dict[str, str]

DYCD = Path("ost/nyc-dycd/DYCD_after-school_programs.csv")
THREE_SECTORS = Path("linkage/children-3-sector")
TRUTH = ("simulant_id", "household_id")

SCHOOL_YEAR = 2021
DAY = date(2020, 10, 15)
"""A day on which the children of the three sectors are enrolled, and their check-ups recent."""
FIRST_VISIT, VISIT_DAYS = date(2020, 7, 1), 100
BEGINS, ENDS = "2020-09-14", "2021-06-18"
WELL_CHILD = {"system": "http://snomed.info/sct", "code": "410620009", "display": "Well child visit"}

BOROUGHS = ("Bronx", "Brooklyn", "Manhattan", "Queens", "Staten Island")
LOCATION = re.compile(r"(.*?)\s*(\d{5})\s*\((-?[\d.]+), (-?[\d.]+)\)", re.DOTALL)
RACES = {
    "Asian": "asian",
    "Black": "blackOrAfricanAmerican",
    "Latino": "hispanicOrLatinoEthnicity",
    "White": "white",
}
OMB_CODES = {
    "Asian": ("race", "2028-9"),
    "Black": ("race", "2054-5"),
    "Latino": ("ethnicity", "2135-2"),
    "White": ("race", "2106-3"),
}
"""The words of the files that are one SPD-15 category each; the others leave it unknown."""


def convert(data: Path, folder: Path) -> None:
    """Write `neighborhoods.geojson`, `hsds`, `oneroster`, `fhir` and `enrollments.csv` into `folder`."""
    sites = read_sites(data)
    write_hsds(sites, folder / "hsds")
    write_boroughs(sites, folder / "neighborhoods.geojson")
    write_oneroster(read_sector(data, "education"), folder / "oneroster")
    write_fhir(read_sector(data, "health"), folder / "fhir")
    write_enrollments(read_sector(data, "ost"), after_school(sites)[1], folder / "enrollments.csv")


def read_sites(data: Path) -> list[Row]:
    """Return the rows of the list, with its cells trimmed and `Location 1` taken apart."""
    with (data / DYCD).open(encoding="utf-8-sig", newline="") as stream:
        return [_site(row) for row in csv.DictReader(stream)]


def _site(row: Row) -> Row:
    cells = {key.strip(): " ".join((value or "").split()) for key, value in row.items()}
    found = LOCATION.match(cells["Location 1"])
    street, postal_code, latitude, longitude = found.groups() if found else ("", "", "", "")
    organization = slug(cells["AGENCY"])
    return {
        "organization": organization,
        "agency": cells["AGENCY"],
        "program": f"{organization}-{slug(cells['PROGRAM'])}",
        "title": cells["PROGRAM"],
        "types": cells["PROGRAM TYPE"],
        "location": slug(f"{cells['SITE NAME']} {street} {postal_code}"),
        "site": cells["SITE NAME"],
        "street": street,
        "borough": cells["BOROUGH / COMMUNITY"],
        "postal_code": postal_code,
        "latitude": latitude,
        "longitude": longitude,
    }


def slug(text: str) -> str:
    return "-".join(re.findall(r"[a-z0-9]+", text.casefold()))


def after_school(sites: Iterable[Row]) -> tuple[str, str]:
    """Return the organization and the program with the most after-school sites."""
    counted = Counter((site["organization"], site["program"]) for site in sites if "After-School" in site["types"])
    return min(counted, key=lambda both: (-counted[both], both))


def write_hsds(sites: list[Row], folder: Path) -> None:
    """Write HSDS 3.0: agencies, their programs, a service for each type of a program, and the sites."""
    services = [(site, term) for site in sites for term in site["types"].split(",")]
    tables: dict[str, Iterable[Row]] = {
        "organizations": ({"id": site["organization"], "name": site["agency"]} for site in sites),
        "programs": (
            {"id": site["program"], "organization_id": site["organization"], "name": site["title"]}
            for site in sites
        ),
        "services": (_service(site, term) for site, term in services),
        "locations": (_location(site) for site in sites),
        "addresses": (_address(site) for site in sites if site["postal_code"]),
        "service_at_locations": (_placed(site, term) for site, term in services),
    }
    for name, rows in tables.items():
        # A row stands in the list once for each of its sites; of an organization the first one counts.
        write_csv(folder / f"{name}.csv", list({row["id"]: row for row in reversed(list(rows))}.values())[::-1])


def _service(site: Row, term: str) -> Row:
    return {
        "id": f"{site['program']}-{slug(term)}",
        "organization_id": site["organization"],
        "program_id": site["program"],
        "name": term,
        "status": "active",
    }


def _location(site: Row) -> Row:
    return {
        "id": site["location"],
        "name": site["site"],
        "latitude": site["latitude"],
        "longitude": site["longitude"],
    }


def _address(site: Row) -> Row:
    return {
        "id": site["location"],
        "location_id": site["location"],
        "address_1": site["street"],
        "city": site["borough"],
        "state_province": "NY",
        "postal_code": site["postal_code"],
        "address_type": "physical",
    }


def _placed(site: Row, term: str) -> Row:
    service = f"{site['program']}-{slug(term)}"
    return {"id": f"{service}-{site['location']}", "service_id": service, "location_id": site["location"]}


def write_boroughs(sites: Iterable[Row], path: Path) -> None:
    """Write the boroughs with the ZIP codes of their sites. The list draws no borders, so there are none."""
    votes: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for site in sites:
        borough = "Manhattan" if site["borough"] == "New York" else site["borough"]
        if site["postal_code"] and borough in BOROUGHS:
            votes[site["postal_code"]][borough] += 1
    of_zip = {code: min(counted, key=lambda name: (-counted[name], name)) for code, counted in votes.items()}
    features = [
        {
            "type": "Feature",
            "geometry": None,
            "properties": {
                "code": slug(name),
                "name": name,
                "postal_codes": sorted(code for code, borough in of_zip.items() if borough == name),
            },
        }
        for name in BOROUGHS
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}, indent=1) + "\n")


def read_sector(data: Path, name: str) -> list[Row]:
    """Return one sector's records, without the columns that tell who is who."""
    with (data / THREE_SECTORS / f"{name}.csv").open(newline="") as stream:
        return [{key: value for key, value in row.items() if key not in TRUTH} for row in csv.DictReader(stream)]


def read_truth(data: Path, column: str = "simulant_id") -> dict[str, str]:
    """Return who each record is about, or of which household: to measure linkage by, never to link by."""
    truth = {}
    for name in ("education", "health", "ost"):
        with (data / THREE_SECTORS / f"{name}.csv").open(newline="") as stream:
            truth |= {row["record_id"]: row[column] for row in csv.DictReader(stream)}
    return truth


def write_oneroster(records: Iterable[Row], folder: Path) -> None:
    """Write a OneRoster 1.1 package of one district; the records name neither schools nor grades."""
    students = list(records)
    tables: dict[str, list[Row]] = {
        "manifest": [
            {"propertyName": "manifest.version", "value": "1.0"},
            {"propertyName": "oneroster.version", "value": "1.1"},
            *({"propertyName": f"file.{noun}", "value": "bulk"} for noun in ("orgs", "users", "demographics")),
        ],
        "orgs": [
            {
                "sourcedId": "district",
                "name": "Three Sector Schools",
                "type": "district",
                "identifier": "",
                "parentSourcedId": "",
            }
        ],
        "academicSessions": [{"sourcedId": "year", "type": "schoolYear", "schoolYear": str(SCHOOL_YEAR)}],
        "users": [_user(student) for student in students],
        "demographics": [_demographics(student) for student in students],
    }
    for name, rows in tables.items():
        write_csv(folder / f"{name}.csv", rows)


def _user(student: Row) -> Row:
    return {
        "sourcedId": student["record_id"],
        "status": "active",
        "orgSourcedIds": "district",
        "role": "student",
        "givenName": student["first_name"],
        "familyName": student["last_name"],
        "middleName": student["middle_initial"],
    }


def _demographics(student: Row) -> Row:
    return {
        "sourcedId": student["record_id"],
        "birthDate": iso(student["date_of_birth"]),
        "sex": student["sex"].lower(),
        **{flag: str(student["race_ethnicity"] == race).lower() for race, flag in RACES.items()},
    }


def write_fhir(records: Iterable[Row], folder: Path) -> None:
    """Write a Bulk Data export: a Patient a record, and a check-up for each in the summer before DAY."""
    patients = list(records)
    write_ndjson(folder / "Patient.ndjson", (_patient(patient) for patient in patients))
    visits = (_visit(patient, number) for number, patient in enumerate(patients))
    write_ndjson(folder / "Encounter.ndjson", visits)


def _patient(record: Row) -> dict[str, object]:
    given = [name for name in (record["first_name"], record["middle_initial"]) if name]
    street = " ".join(filter(None, (record["street_number"], record["street_name"], record["unit_number"])))
    resource: dict[str, object] = {
        "resourceType": "Patient",
        "id": record["record_id"],
        "name": [{"use": "official", "family": record["last_name"], "given": given}],
        "gender": record["sex"].lower() or "unknown",
        "birthDate": iso(record["date_of_birth"]),
        "address": [{"line": [street], "postalCode": record["zipcode"]}],
    }
    if coded := OMB_CODES.get(record["race_ethnicity"]):
        extension, code = coded
        resource["extension"] = [
            {
                "url": f"http://hl7.org/fhir/us/core/StructureDefinition/us-core-{extension}",
                "extension": [{"url": "ombCategory", "valueCoding": {"code": code}}],
            }
        ]
    return resource


def _visit(record: Row, number: int) -> dict[str, object]:
    return {
        "resourceType": "Encounter",
        "id": f"{record['record_id']}-check-up",
        "status": "finished",
        "type": [{"coding": [WELL_CHILD]}],
        "subject": {"reference": f"Patient/{record['record_id']}"},
        "period": {"start": (FIRST_VISIT + timedelta(days=number % VISIT_DAYS)).isoformat()},
    }


def write_enrollments(records: Iterable[Row], program: str, path: Path) -> None:
    """Write our own enrollment file: every record a child in `program` for the school year."""
    write_csv(path, [_enrollment(record, program) for record in records])


def _enrollment(record: Row, program: str) -> Row:
    return {
        "record_id": record["record_id"],
        "program": program,
        "status": "COMPLETED",
        "begins": BEGINS,
        "ends": ENDS,
        "child_id": record["record_id"],
        "given_name": record["first_name"],
        "family_name": record["last_name"],
        "birth_date": iso(record["date_of_birth"]),
        "sex": record["sex"],
    }


def iso(text: str) -> str:
    """Return MM/DD/YYYY as YYYY-MM-DD, and what is no real date as it stands."""
    try:
        return datetime.strptime(text, "%m/%d/%Y").date().isoformat()  # noqa: DTZ007 - a date has no time zone.
    except ValueError:
        return text


def write_csv(path: Path, rows: list[Row]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def write_ndjson(path: Path, resources: Iterable[Mapping[str, object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(resource) + "\n" for resource in resources))


def written(folder: Path) -> Iterator[str]:
    """Yield each file that was written, with its lines."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        with path.open() as stream:
            yield f"{path.relative_to(folder)}: {sum(1 for _ in stream):,} lines"


if __name__ == "__main__":
    convert(Path(sys.argv[1]), Path(sys.argv[2]))
    print(*written(Path(sys.argv[2])), sep="\n")
