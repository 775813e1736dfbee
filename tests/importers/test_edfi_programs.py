"""What a school district is promised of its Ed-Fi programs: who is in them, and what that says of a child."""

from pathlib import Path

import pytest

from cabinet.importers.edfi_enrollments import KINDS
from cabinet.intake.rows import EnrollmentRow, Kind
from tests.importers.edfi_samples import (
    DISTRICT,
    ELM,
    association,
    export,
    interchange,
    named,
    program,
    service,
    student_is,
)
from tests.importers.reading import Reading, read

MEALS = "SchoolFoodServiceProgramService"


def enrolled(folder: Path, *records: str) -> Reading:
    """Read the district with these associations and no others."""
    return read("edfi", export(folder, StudentProgram=interchange(*records, name="StudentProgram")))


def only(reading: Reading) -> EnrollmentRow:
    (row,) = reading.rows(Kind.ENROLLMENT)
    return row


def characteristics(reading: Reading, record_id: str = "4711") -> list[tuple[str, str, str | None]]:
    (found,) = [row for row in reading.rows(Kind.CHILD) if row.record_id == record_id]
    return [(c.kind, str(c.begins), str(c.ends) if c.ends else None) for c in found.characteristics]


def services_of(reading: Reading, program_code: str) -> list[str]:
    return [s.service_type for s in reading.rows(Kind.SERVICE) if s.program == program_code]


def test_a_program_is_the_districts_and_its_service_type_is_that_of_its_type(tmp_path: Path) -> None:
    text = interchange(
        DISTRICT, ELM, program("Title One", "Title I Part A"), program("Chess", "Cocurricular Programs")
    )
    reading = read("edfi", export(tmp_path, EducationOrganization=text, StudentProgram=interchange()))
    programs = {p.code: p for p in reading.rows(Kind.PROGRAM)}
    title_one, chess = programs["500-title-one-title-i-part-a"], programs["500-chess-cocurricular-programs"]
    assert (title_one.name, title_one.organization, title_one.sector) == (
        "Title One",
        "rio-verde-schools",
        "EDUCATION",
    )
    assert services_of(reading, title_one.code) == ["TITLE_I"]
    assert services_of(reading, chess.code) == []


def test_a_schools_program_and_its_districts_are_two(tmp_path: Path) -> None:
    text = interchange(DISTRICT, ELM, program("ESL", "Bilingual"), program("ESL", "Bilingual", "500001"))
    reading = read("edfi", export(tmp_path, EducationOrganization=text, StudentProgram=interchange()))
    assert [p.code for p in reading.rows(Kind.PROGRAM)] == ["500-esl-bilingual", "500001-esl-bilingual"]


def test_a_program_is_the_same_by_its_record_by_a_reference_and_by_an_id(tmp_path: Path) -> None:
    record = program("Homework Club", "Support").replace("<Program>", '<Program id="P1">')
    by_words = association("", "4711", "Homework Club", "Support")
    start = by_words.index("<ProgramReference>")
    end = by_words.index("</ProgramReference>") + len("</ProgramReference>")
    by_id = by_words[:start].replace("4711", "4712") + '<ProgramReference ref="P1"/>' + by_words[end:]
    reading = read("edfi", export(tmp_path, StudentProgram=interchange(by_id, by_words, record)))
    assert {row.program for row in reading.rows(Kind.ENROLLMENT)} == {"500-homework-club-support"}
    assert len(reading.of(Kind.PROGRAM)) == 1


@pytest.mark.parametrize("names", [("数学", "数字"), ("Club 数", "Club 字"), ("x" * 300, "x" * 301)])
def test_two_programs_of_different_letters_never_become_one(tmp_path: Path, names: tuple[str, str]) -> None:
    reading = enrolled(tmp_path, *(association("", "4711", name, "Other") for name in names))
    codes = {row.program for row in reading.rows(Kind.ENROLLMENT)}
    assert len(codes) == 2
    assert all(len(code) <= 100 for code in codes)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_association_is_an_enrollment(tmp_path: Path, kind: str) -> None:
    name = kind.removeprefix("Student").removesuffix("ProgramAssociation")
    row = only(enrolled(tmp_path, association(name, "4711", "A Program", "Other")))
    assert (row.child.source_id, row.program, row.status) == ("4711", "500-a-program-other", "ENROLLED")
    assert (str(row.begins), row.ends) == ("2026-09-01", None)


@pytest.mark.parametrize(
    ("kind", "more", "expected"),
    [
        ("", "", []),
        ("CTE", "", []),
        ("TitleIPartA", "", []),
        ("NeglectedOrDelinquent", "", []),
        ("SchoolFoodService", "", []),
        ("Homeless", "", [("HOMELESS", "2026-09-01", "2027-06-11")]),
        ("LanguageInstruction", "", [("ENGLISH_LEARNER", "2026-09-01", "2027-06-11")]),
        ("MigrantEducation", "", [("MIGRANT", "2026-09-01", "2027-06-11")]),
        (
            "MigrantEducation",
            "<EligibilityExpirationDate>2026-12-31</EligibilityExpirationDate>",
            [("MIGRANT", "2026-09-01", "2026-12-31")],
        ),
        ("Section504", "", [("SECTION_504", "2026-09-01", "2027-06-11")]),
        ("Section504", "<Section504Eligibility>false</Section504Eligibility>", []),
        ("SpecialEducation", "", [("IEP", "2026-09-01", "2027-06-11")]),
        ("SpecialEducation", "<IdeaEligibility>0</IdeaEligibility>", []),
        (
            "SpecialEducation",
            "<IEPBeginDate>2026-09-15</IEPBeginDate><SpecialEducationExitDate>2027-01-15</SpecialEducationExitDate>",
            [("IEP", "2026-09-15", "2027-01-15")],
        ),
        (
            "SchoolFoodService",
            "<DirectCertification>true</DirectCertification>",
            [("ECONOMICALLY_DISADVANTAGED", "2026-09-01", "2027-06-11")],
        ),
        ("SchoolFoodService", service(MEALS, "Full Price Lunch"), []),
        (
            "SchoolFoodService",
            service(MEALS, "Free Lunch", "2026-10-01"),
            [("ECONOMICALLY_DISADVANTAGED", "2026-10-01", "2027-06-11")],
        ),
    ],
)
def test_a_kind_says_of_a_child_what_it_says_and_no_more(
    tmp_path: Path, kind: str, more: str, expected: list[tuple[str, str, str | None]]
) -> None:
    reading = enrolled(tmp_path, association(kind, "4711", "A Program", "Other", more, ends="2027-06-11"))
    assert characteristics(reading) == expected


@pytest.mark.parametrize(
    ("reason", "status"),
    [
        ("Graduated with a high school diploma", "COMPLETED"),
        ("Moved out of state", "WITHDRAWN"),
        ("Unknown reason", "ENROLLED"),
        (None, "ENROLLED"),
    ],
)
def test_how_an_enrollment_ended_is_only_what_its_reason_says(
    tmp_path: Path, reason: str | None, status: str
) -> None:
    more = f"<ReasonExited>uri://ed-fi.org/ReasonExitedDescriptor#{reason}</ReasonExited>" if reason else ""
    row = only(enrolled(tmp_path, association("", "4711", "A Program", "Other", more, ends="2026-12-18")))
    assert (row.status, str(row.ends), row.exit_reason) == (status, "2026-12-18", reason)


def test_a_reason_without_an_end_ends_nothing(tmp_path: Path) -> None:
    more = "<ReasonExited>uri://ed-fi.org/ReasonExitedDescriptor#Moved out of state</ReasonExited>"
    row = only(enrolled(tmp_path, association("", "4711", "A Program", "Other", more)))
    assert (row.status, row.ends, row.exit_reason) == ("ENROLLED", None, "Moved out of state")


def test_special_education_may_end_by_its_own_date(tmp_path: Path) -> None:
    more = (
        "<SpecialEducationExitDate>2026-11-02</SpecialEducationExitDate><SpecialEducationExitReason>"
        "uri://ed-fi.org/SpecialEducationExitReasonDescriptor#Transferred out</SpecialEducationExitReason>"
    )
    row = only(enrolled(tmp_path, association("SpecialEducation", "4711", "A Program", "Special Education", more)))
    assert (row.status, str(row.ends), row.exit_reason) == ("WITHDRAWN", "2026-11-02", "Transferred out")


def test_what_only_some_get_in_a_program_is_a_program_of_its_own(tmp_path: Path) -> None:
    mentored = service("NeglectedOrDelinquentProgramService", "Mentoring Programs", "2026-10-01")
    reading = enrolled(
        tmp_path,
        association("NeglectedOrDelinquent", "4711", "Neglected", "Other", mentored, ends="2027-06-11"),
        association("NeglectedOrDelinquent", "4712", "Neglected", "Other"),
    )
    rows = {(row.child.source_id, row.program): row for row in reading.rows(Kind.ENROLLMENT)}
    part = rows["4711", "500-neglected-other--mentoring"]
    assert (str(part.begins), str(part.ends), part.status) == ("2026-10-01", "2027-06-11", "ENROLLED")
    assert set(rows) == {
        ("4711", "500-neglected-other"),
        ("4711", "500-neglected-other--mentoring"),
        ("4712", "500-neglected-other"),
    }
    assert services_of(reading, "500-neglected-other") == []
    assert services_of(reading, "500-neglected-other--mentoring") == ["MENTORING"]
    (sector,) = {p.sector for p in reading.rows(Kind.PROGRAM) if p.code.endswith("mentoring")}
    assert sector == "OUT_OF_SCHOOL_TIME"


def test_services_of_one_type_are_one_spell_within_their_association(tmp_path: Path) -> None:
    tag = "MigrantEducationProgramService"
    reading = enrolled(
        tmp_path,
        association(
            *("MigrantEducation", "4711", "Migrant", "Migrant Education"),
            service(tag, "Counseling Services", "2026-10-01", "2026-11-30"),
            service("Service", "Counseling services", "2026-09-15", "2027-09-01"),
            ends="2027-06-11",
        ),
    )
    (part,) = [row for row in reading.rows(Kind.ENROLLMENT) if row.program.endswith("--counseling")]
    assert (str(part.begins), str(part.ends)) == ("2026-09-15", "2027-06-11")


def test_a_service_that_the_program_always_gives_is_no_second_enrollment(tmp_path: Path) -> None:
    reading = enrolled(
        tmp_path,
        association("SchoolFoodService", "4711", "Meals", "Support", service(MEALS, "Free Lunch")),
    )
    assert only(reading).program == "500-meals-support"
    assert services_of(reading, "500-meals-support") == ["NUTRITION"]
    assert [p.sector for p in reading.rows(Kind.PROGRAM) if p.name == "Meals"] == ["HEALTH"]


def test_an_association_twice_is_one_enrollment_whichever_comes_first(tmp_path: Path) -> None:
    open_, ended = (association("", "4711", "A", "Other", ends=ends) for ends in ("", "2026-12-01"))
    readings = [enrolled(tmp_path, *order) for order in ((open_, ended), (ended, open_))]
    assert only(readings[0]) == only(readings[1])
    assert all(any("stands twice" in message for message in reading.messages()) for reading in readings)
    assert not any("stands twice" in message for message in enrolled(tmp_path, open_, open_).messages())


def test_what_has_no_home_in_an_association_is_counted_by_its_element(tmp_path: Path) -> None:
    outside = "<ServedOutsideOfRegularSession>{}</ServedOutsideOfRegularSession>"
    reading = enrolled(
        tmp_path,
        association("Homeless", "4711", "A", "Other", outside.format("true"), "<AwaitingFosterCare/>"),
        association("Homeless", "4712", "A", "Other", outside.format("false")),
    )
    found = {o.problem.message: o.count for o in reading.oddities}
    assert found["StudentHomelessProgramAssociation/ServedOutsideOfRegularSession has no home here."] == 1
    assert found["StudentHomelessProgramAssociation/AwaitingFosterCare has no home here."] == 1


def test_an_association_that_names_nobody_or_nothing_is_reported_with_its_line(tmp_path: Path) -> None:
    whole = association("", "4711", "A", "Other")
    nobody = whole.replace(student_is("4711"), "")
    nothing = whole.replace(named("A", "Other"), "")
    reading = enrolled(tmp_path, nobody, nothing)
    assert reading.of(Kind.ENROLLMENT) == []
    assert {(o.line, o.problem.code) for o in reading.oddities if o.file == "StudentProgram.xml"} == {
        (3, "ROW_INVALID"),
        (4, "ROW_INVALID"),
    }


def test_a_date_may_have_a_time_zone_and_a_wrong_one_reaches_its_row(tmp_path: Path) -> None:
    row = only(enrolled(tmp_path, association("", "4711", "A", "Other", begins="2026-09-01-05:00")))
    assert str(row.begins) == "2026-09-01"
    (raw,) = enrolled(tmp_path, association("Homeless", "4711", "A", "Other", begins="2026-02-30")).of(
        Kind.ENROLLMENT
    )
    assert (raw.fields["begins"], raw.line) == ("2026-02-30", 3)
