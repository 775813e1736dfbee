"""The field's closed vocabularies: what a status, a role or a characteristic may be.

Sectors are not here: each is a file of `cabinet/sectors`, so that a new one needs no new word elsewhere.
"""

from enum import StrEnum


class Role(StrEnum):
    CABINET_MEMBER = "CABINET_MEMBER"
    CABINET_STAFF = "CABINET_STAFF"
    PARTNER_AGENCY = "PARTNER_AGENCY"
    SECTOR_STEWARD = "SECTOR_STEWARD"
    SITE_CONSULTANT = "SITE_CONSULTANT"
    RESEARCHER = "RESEARCHER"
    PUBLIC = "PUBLIC"
    OPERATOR = "OPERATOR"


class EnrollmentStatus(StrEnum):
    REFERRED = "REFERRED"
    WAITLISTED = "WAITLISTED"
    ENROLLED = "ENROLLED"
    COMPLETED = "COMPLETED"
    WITHDRAWN = "WITHDRAWN"
    NOT_ENROLLED = "NOT_ENROLLED"


OPEN_STATUSES = (EnrollmentStatus.REFERRED, EnrollmentStatus.WAITLISTED, EnrollmentStatus.ENROLLED)
ENDED_STATUSES = (EnrollmentStatus.COMPLETED, EnrollmentStatus.WITHDRAWN)


class ConsentDecision(StrEnum):
    """What a consent says. One that denies anything at all is a denial: deny wins."""

    PERMIT = "PERMIT"
    DENY = "DENY"


class Sex(StrEnum):
    FEMALE = "FEMALE"
    MALE = "MALE"
    NONBINARY = "NONBINARY"
    UNKNOWN = "UNKNOWN"


class RaceEthnicity(StrEnum):
    """The seven co-equal, multi-select categories of OMB SPD-15 (2024)."""

    AMERICAN_INDIAN_OR_ALASKA_NATIVE = "AMERICAN_INDIAN_OR_ALASKA_NATIVE"
    ASIAN = "ASIAN"
    BLACK_OR_AFRICAN_AMERICAN = "BLACK_OR_AFRICAN_AMERICAN"
    HISPANIC_OR_LATINO = "HISPANIC_OR_LATINO"
    MIDDLE_EASTERN_OR_NORTH_AFRICAN = "MIDDLE_EASTERN_OR_NORTH_AFRICAN"
    NATIVE_HAWAIIAN_OR_PACIFIC_ISLANDER = "NATIVE_HAWAIIAN_OR_PACIFIC_ISLANDER"
    WHITE = "WHITE"


class CharacteristicKind(StrEnum):
    ENGLISH_LEARNER = "ENGLISH_LEARNER"
    IEP = "IEP"
    SECTION_504 = "SECTION_504"
    ECONOMICALLY_DISADVANTAGED = "ECONOMICALLY_DISADVANTAGED"
    HOMELESS = "HOMELESS"
    FOSTER_CARE = "FOSTER_CARE"
    MIGRANT = "MIGRANT"
    MILITARY_CONNECTED = "MILITARY_CONNECTED"
    CHRONICALLY_ABSENT = "CHRONICALLY_ABSENT"
    INSURANCE = "INSURANCE"


class CharacteristicValue(StrEnum):
    """What is known of a characteristic. No row for a date means unknown, which is never counted as no."""

    YES = "YES"
    NO = "NO"
    PUBLIC_INSURANCE = "PUBLIC_INSURANCE"
    PRIVATE_INSURANCE = "PRIVATE_INSURANCE"
    UNINSURED = "UNINSURED"


class EncounterKind(StrEnum):
    VISIT = "VISIT"
    IMMUNIZATION = "IMMUNIZATION"
    SCREENING = "SCREENING"
    SUPPORT_CONTACT = "SUPPORT_CONTACT"


class AttendanceCategory(StrEnum):
    """What is known of a child on a day of a program. ABSENT: nobody says whether it was excused."""

    PRESENT = "PRESENT"
    TARDY = "TARDY"
    ABSENT = "ABSENT"
    EXCUSED_ABSENCE = "EXCUSED_ABSENCE"
    UNEXCUSED_ABSENCE = "UNEXCUSED_ABSENCE"


ATTENDED = (AttendanceCategory.PRESENT, AttendanceCategory.TARDY)


class NeedBasis(StrEnum):
    """How an identified need came to be known."""

    SCREENING = "SCREENING"
    REFERRAL = "REFERRAL"
    IEP_SERVICE = "IEP_SERVICE"
    REQUEST = "REQUEST"
    DIAGNOSIS = "DIAGNOSIS"


class ReferralStatus(StrEnum):
    """Where a referral stands: sent, answered, and the loop closed; or taken back by who sent it."""

    SENT = "SENT"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"


class WithdrawnKind(StrEnum):
    """What can be withdrawn. An enrollment that never was is posted as NOT_ENROLLED, so that its days know it."""

    ATTENDANCE = "ATTENDANCE"
    ENCOUNTER = "ENCOUNTER"
    NEED = "NEED"
    REFERRAL = "REFERRAL"


class NeedRule(StrEnum):
    """How a service type's need is known: for all, by a characteristic, or for an identified child only."""

    UNIVERSAL = "UNIVERSAL"
    BY_RULE = "BY_RULE"
    IDENTIFIED = "IDENTIFIED"


class LinkMethod(StrEnum):
    """How a source record came to be tied to a child."""

    IDENTIFIER = "IDENTIFIER"
    EXACT_IDENTITY = "EXACT_IDENTITY"
    NEW_CHILD = "NEW_CHILD"
    PROBABILISTIC = "PROBABILISTIC"
    MANUAL = "MANUAL"


class ReviewReason(StrEnum):
    """Why a person has to look at a record."""

    SEVERAL_CHILDREN = "SEVERAL_CHILDREN"
    IDENTIFIER_CONTRADICTED = "IDENTIFIER_CONTRADICTED"
    LIKELY = "LIKELY"


class ReviewState(StrEnum):
    OPEN = "OPEN"
    DECIDED = "DECIDED"


class MatchAct(StrEnum):
    """What was done about who is the same child."""

    DECIDE = "DECIDE"
    MERGE = "MERGE"
    SPLIT = "SPLIT"


GRADES = (
    *("IT", "PR", "PK", "TK", "KG", "01", "02", "03", "04", "05", "06"),
    *("07", "08", "09", "10", "11", "12", "13", "PS", "UG"),
)
"""CEDS entry grade levels (element 000100), as OneRoster and Ed-Fi exports carry them, in ascending order."""


class ImportState(StrEnum):
    """Where the job of a file that was sent in stands."""

    RECEIVED = "RECEIVED"
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"
    CANCELED = "CANCELED"
