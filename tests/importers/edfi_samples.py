"""A small Ed-Fi district for tests, written record by record: two schools, two students, four programs."""

from pathlib import Path

from tests.importers.reading import write

NAMESPACE = "http://ed-fi.org/5.2.0"

DISTRICT = """<LocalEducationAgency id="LEA_1">
  <NameOfInstitution>Río Verde Schools</NameOfInstitution>
  <WebSite>https://rio-verde.example.org/</WebSite>
  <LocalEducationAgencyId>500</LocalEducationAgencyId>
</LocalEducationAgency>"""

ELM = """<School id="SCH_1">
  <NameOfInstitution>Elm Elementary</NameOfInstitution>
  <Address>
    <StreetNumberName>P.O. Box 7</StreetNumberName><City>Río Verde</City><PostalCode>02199</PostalCode>
    <AddressType>uri://ed-fi.org/AddressTypeDescriptor#Mailing</AddressType>
  </Address>
  <Address>
    <StreetNumberName>1 Elm St</StreetNumberName><City>Río Verde</City>
    <StateAbbreviation>uri://ed-fi.org/StateAbbreviationDescriptor#MA</StateAbbreviation>
    <PostalCode>02101</PostalCode><Latitude>42.36</Latitude><Longitude>-71.06</Longitude>
    <AddressType>uri://ed-fi.org/AddressTypeDescriptor#Physical</AddressType>
  </Address>
  <SchoolId>500001</SchoolId>
  <GradeLevel>uri://ed-fi.org/GradeLevelDescriptor#Kindergarten</GradeLevel>
  <GradeLevel>uri://ed-fi.org/GradeLevelDescriptor#First grade</GradeLevel>
  <LocalEducationAgencyReference ref="LEA_1"/>
</School>"""

OAK = """<School>
  <NameOfInstitution>Oak Middle</NameOfInstitution>
  <SchoolId>500002</SchoolId>
  <LocalEducationAgencyReference><LocalEducationAgencyIdentity>
    <LocalEducationAgencyId>500</LocalEducationAgencyId>
  </LocalEducationAgencyIdentity></LocalEducationAgencyReference>
</School>"""

ANA = """<Student id="STU_1">
  <StudentUniqueId>4711</StudentUniqueId>
  <Name>
    <FirstName>Ana</FirstName><MiddleName>Luz</MiddleName><LastSurname>Reyes</LastSurname>
    <MaidenName>Secret</MaidenName>
    <PersonalIdentificationDocument><DocumentTitle>Passport X9</DocumentTitle></PersonalIdentificationDocument>
  </Name>
  <BirthData><BirthDate>2018-03-04</BirthDate><BirthCity>Quito</BirthCity></BirthData>
</Student>"""

BO = """<Student>
  <StudentUniqueId>4712</StudentUniqueId>
  <Name><FirstName>Bo</FirstName><LastSurname>Lind</LastSurname></Name>
  <BirthData><BirthDate>2017-09-21</BirthDate>
    <BirthSex>uri://ed-fi.org/SexDescriptor#Male</BirthSex></BirthData>
</Student>"""


def student_is(unique_id: str) -> str:
    identity = f"<StudentIdentity><StudentUniqueId>{unique_id}</StudentUniqueId></StudentIdentity>"
    return f"<StudentReference>{identity}</StudentReference>"


def organization_is(key: str) -> str:
    identity = f"<EducationOrganizationId>{key}</EducationOrganizationId>"
    return (
        "<EducationOrganizationReference><EducationOrganizationIdentity>"
        f"{identity}</EducationOrganizationIdentity></EducationOrganizationReference>"
    )


def named(name: str, kind: str, organization: str = "500") -> str:
    """Return what a program is known by."""
    descriptor = f"uri://ed-fi.org/ProgramTypeDescriptor#{kind}"
    said = f"<ProgramName>{name}</ProgramName><ProgramType>{descriptor}</ProgramType>"
    return f"{organization_is(organization)}{said}"


def program(name: str, kind: str, organization: str = "500") -> str:
    return f"<Program>{named(name, kind, organization)}</Program>"


def association(
    kind: str, student: str, name: str, type_: str, *more: str, begins: str = "2026-09-01", ends: str = ""
) -> str:
    """Return a student's association with a program, of a kind such as `Homeless`; none is the general one."""
    until = f"<EndDate>{ends}</EndDate>" if ends else ""
    identity = f"<ProgramIdentity>{named(name, type_)}</ProgramIdentity>"
    said = f"{student_is(student)}<ProgramReference>{identity}</ProgramReference><BeginDate>{begins}</BeginDate>"
    tag = f"Student{kind}ProgramAssociation"
    return f"<{tag}>{said}{until}{organization_is('500')}{''.join(more)}</{tag}>"


def service(element: str, code: str, begins: str = "", ends: str = "") -> str:
    period = f"<ServiceBeginDate>{begins}</ServiceBeginDate>" if begins else ""
    period += f"<ServiceEndDate>{ends}</ServiceEndDate>" if ends else ""
    return f"<{element}><{element}>uri://ed-fi.org/{element}Descriptor#{code}</{element}>{period}</{element}>"


def stay(student: str, school: str, entry: str, grade: str, *more: str) -> str:
    place = f"<SchoolReference><SchoolIdentity><SchoolId>{school}</SchoolId></SchoolIdentity></SchoolReference>"
    level = f"<EntryGradeLevel>uri://ed-fi.org/GradeLevelDescriptor#{grade}</EntryGradeLevel>"
    dated = f"<EntryDate>{entry}</EntryDate>{level}{''.join(more)}"
    return f"<StudentSchoolAssociation>{student_is(student)}{place}{dated}</StudentSchoolAssociation>"


def said_of(student: str, *said: str) -> str:
    tag = "StudentEducationOrganizationAssociation"
    return f"<{tag}>{student_is(student)}{organization_is('500')}{''.join(said)}</{tag}>"


def interchange(*records: str, name: str = "Student", namespace: str = NAMESPACE) -> str:
    body, tag = "\n".join(records), f"Interchange{name}"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{tag} xmlns="{namespace}">\n{body}\n</{tag}>\n'


ENROLLED = (
    association("", "4711", "Gifted and Talented", "Gifted and Talented"),
    association("SpecialEducation", "4712", "Special Education", "Special Education"),
    association(
        *("SchoolFoodService", "4711", "Meals", "Student School Food Service"),
        service("SchoolFoodServiceProgramService", "Reduced Price Lunch"),
    ),
    association(
        *("NeglectedOrDelinquent", "4712", "Neglected", "Neglected and Delinquent Program"),
        service("NeglectedOrDelinquentProgramService", "Mentoring Programs", "2026-10-01"),
    ),
)


def export(folder: Path, **changed: str) -> Path:
    """Write the district's files by their stems, some of them changed or added."""
    files = {
        "EducationOrganization": interchange(DISTRICT, ELM, OAK, program("Homework Club", "Support")),
        "Student": interchange(ANA, BO),
        "StudentEnrollment": interchange(
            stay("4711", "500001", "2026-08-24", "First grade"),
            stay("4712", "500002", "2026-08-24", "Sixth grade"),
        ),
        "StudentProgram": interchange(*ENROLLED),
    }
    return write(folder / "edfi", **{f"{stem}__xml": text for stem, text in {**files, **changed}.items()})
