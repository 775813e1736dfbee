"""The files of OneRoster 1.2 CSV (1EdTech), column by column in the standard's order: what is checked here.

A column is written as `name`, with `!` if it needs a value, and `:` with what its value is:
`guid`, `date`, `datetime`, `year`, `integer`, `float`, `boolean`, `list`, `=a|b` one of these words,
`>users` the sourcedId of a row of that file, `>>users` several of them. Without a kind it is text.
"""

from collections.abc import Mapping
from dataclasses import dataclass

LIFECYCLE = ("status", "dateLastModified")
_BASE = "sourcedId!:guid status:=active|tobedeleted dateLastModified:datetime"
_WRITTEN: Mapping[str, str] = {
    "academicSessions": "title! type!:=gradingPeriod|semester|schoolYear|term startDate!:date endDate!:date"
    " parentSourcedId:>academicSessions schoolYear!:year",
    "categories": "title! weight:integer",
    "classes": "title! grades:list courseSourcedId!:>courses classCode classType!:=homeroom|scheduled location"
    " schoolSourcedId!:>orgs termSourcedIds!:>>academicSessions subjects:list subjectCodes:list periods:list",
    "classResources": "title classSourcedId!:>classes resourceSourcedId!:>resources",
    "courseResources": "title courseSourcedId!:>courses resourceSourcedId!:>resources",
    "courses": "schoolYearSourcedId:>academicSessions title! courseCode grades:list orgSourcedId!:>orgs"
    " subjects:list subjectCodes:list",
    "demographics": "birthDate:date sex:=male|female|other|unspecified americanIndianOrAlaskaNative:boolean"
    " asian:boolean blackOrAfricanAmerican:boolean nativeHawaiianOrOtherPacificIslander:boolean white:boolean"
    " demographicRaceTwoOrMoreRaces:boolean hispanicOrLatinoEthnicity:boolean countryOfBirthCode"
    " stateOfBirthAbbreviation cityOfBirth publicSchoolResidenceStatus",
    "enrollments": "classSourcedId!:>classes schoolSourcedId!:>orgs userSourcedId!:>users"
    " role!:=administrator|proctor|student|teacher primary:boolean beginDate:date endDate:date",
    "lineItemLearningObjectiveIds": "lineItemSourcedId!:>lineItems source!:=case|unknown learningObjectiveId!",
    "lineItems": "title! description assignDate!:date dueDate!:date classSourcedId!:>classes"
    " categorySourcedId!:>categories academicSessionSourcedId:>academicSessions resultValueMin:float"
    " resultValueMax:float schoolSourcedId:>orgs",
    "lineItemScoreScales": "title lineItemSourcedId!:>lineItems scoreScaleSourcedId!:>scoreScales",
    "orgs": "name! type!:=department|school|district|local|state|national identifier parentSourcedId:>orgs",
    "resources": "vendorResourceId! title roles:list importance:=primary|secondary vendorId applicationId",
    "resultLearningObjectiveIds": "resultSourcedId!:>results source!:=case|unknown learningObjectiveId!"
    " score:float textScore",
    "results": "lineItemSourcedId!:>lineItems studentSourcedId!:>users scoreStatus!:=exempt|fully_graded"
    "|not_submitted|partially_graded|submitted score:float scoreDate!:date comment textScore"
    " classSourcedId:>classes inProgress:boolean incomplete:boolean late:boolean missing:boolean",
    "resultScoreScales": "title resultSourcedId!:>results scoreScaleSourcedId!:>scoreScales",
    "roles": "userSourcedId!:>users roleType!:=primary|secondary role!:=aide|counselor|districtAdministrator"
    "|guardian|parent|principal|proctor|relative|siteAdministrator|student|systemAdministrator|teacher"
    " beginDate:date endDate:date orgSourcedId!:>orgs userProfileSourcedId:>userProfiles",
    "scoreScales": "title! type! orgSourcedId:>orgs courseSourcedId:>courses classSourcedId:>classes"
    " scoreScaleValue!:list",
    "userProfiles": "userSourcedId!:>users profileType! vendorId! applicationId description credentialType"
    " username password",
    "userResources": "userSourcedId!:>users orgSourcedId:>orgs classSourcedId:>classes"
    " resourceSourcedId!:>resources",
    "users": "enabledUser!:boolean username! userIds:list givenName! familyName! middleName identifier email sms"
    " phone agentSourcedIds:>>users grades:list password userMasterIdentifier preferredGivenName"
    " preferredMiddleName preferredFamilyName primaryOrgSourcedId:>orgs pronouns",
}


@dataclass(frozen=True)
class Column:
    """A column of the standard. `target` is the file whose sourcedId the value is, if it is one."""

    name: str
    is_required: bool
    kind: str = "text"
    words: frozenset[str] = frozenset()
    target: str = ""


def _column(written: str) -> Column:
    name, _, kind = written.partition(":")
    is_required, name = name.endswith("!"), name.rstrip("!")
    if kind.startswith("="):
        return Column(name, is_required, "enum", frozenset(kind[1:].replace("_", " ").split("|")))
    if kind.startswith(">"):
        return Column(name, is_required, "list" if kind.startswith(">>") else "guid", target=kind.lstrip(">"))
    return Column(name, is_required, kind or "text")


FILES: Mapping[str, Mapping[str, Column]] = {
    noun: {column.name: column for column in map(_column, f"{_BASE} {written}".split())}
    for noun, written in _WRITTEN.items()
}
"""The columns of each file by name, in order. A row of demographics has the sourcedId of its user."""

IDENTIFIES: Mapping[str, str] = {"demographics": "users"}
"""Files whose own sourcedId is that of a row of another."""
