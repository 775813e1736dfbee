"""OneRoster packages written by hand: students a line each, in files that the manifest declares."""

from collections.abc import Mapping
from pathlib import Path

from tests.importers.reading import write

NOUNS = ("academicSessions", "orgs", "courses", "classes", "users", "roles", "demographics", "enrollments")
HEADERS: Mapping[str, str] = {
    "academicSessions": "sourcedId,status,dateLastModified,title,type,startDate,endDate,schoolYear",
    "orgs": "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId",
    "courses": "sourcedId,status,dateLastModified,title,courseCode,orgSourcedId",
    "classes": "sourcedId,status,dateLastModified,title,courseSourcedId,classCode,classType,schoolSourcedId,"
    "termSourcedIds",
    "users": "sourcedId,status,dateLastModified,enabledUser,username,givenName,familyName,identifier,grades,"
    "password",
    "users 1.1": "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,givenName,familyName,"
    "identifier,grades,password",
    "roles": "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId",
    "demographics": "sourcedId,status,dateLastModified,birthDate,sex,white",
    "enrollments": "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,"
    "beginDate,endDate",
}
YEAR = "y,,,Year,schoolYear,2026-08-15,2027-06-10,2027"
ORGS = ("d,,,District,district,1000,", "s1,,,Elm,school,1001,d", "s2,,,Oak,school,1002,d")
COURSES = ("c1,,,Read,RI,d", "c2,,,Math,MA,d")
CLASSES = ("k1,,,Read A,c1,RI-A,scheduled,s1,y", "k2,,,Math A,c2,MA-A,scheduled,s1,y")
SECRET = "s3cret"
DAY = "2026-09-0{}T08:00:00Z"


def manifest(version: str, modes: Mapping[str, str]) -> str:
    lines = [f"file.{noun},{mode}" for noun, mode in modes.items() if mode]
    return "\n".join(["propertyName,value", "manifest.version,1.0", f"oneroster.version,{version}", *lines])


def student(number: int, name: str = "", *, status: str = "", modified: str = "", org: str = "s1") -> str:
    """Return a line of users.csv in version 1.1."""
    names = f"{name or f'Kid{number}'},Li,{4700 + number},03,{SECRET}"
    return f"u{number},{status},{modified},true,{org},student,kid{number},{names}"


def package(folder: Path, *, version: str = "1.1", mode: str = "bulk", **files: tuple[str, ...]) -> Path:
    """Write a package of these files by their lines, all of one mode; none is there that is not named."""
    tables = {}
    for noun, lines in files.items():
        header = HEADERS.get(f"{noun} {version}", HEADERS[noun])
        tables[noun] = "\n".join([header, *lines]) + "\n"
    modes = {noun: mode if noun in files else "absent" for noun in NOUNS}
    return write(folder, manifest=manifest(version, modes), **tables)


def district(folder: Path, *users: str, mode: str = "bulk", **files: tuple[str, ...]) -> Path:
    """Write a package of version 1.1 with its orgs and its school year."""
    return package(folder, mode=mode, **{"academicSessions": (YEAR,), "orgs": ORGS, "users": users, **files})


def class_of(n: int) -> tuple[str, ...]:
    return tuple(student(number) for number in range(n))


def attending(number: int, cls: str, *, status: str = "", modified: str = "", begins: str = "2026-09-01") -> str:
    """Return a line of enrollments.csv."""
    return f"e{number}{cls},{status},{modified},{cls},s1,u{number},student,,{begins},"


def classes(folder: Path, *enrollments: str) -> Path:
    """Write a package of twelve students and two classes, the first one's course being RI."""
    return district(folder, *class_of(12), courses=COURSES, classes=CLASSES, enrollments=enrollments)
