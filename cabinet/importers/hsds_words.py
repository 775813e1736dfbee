"""Which of our service types a directory's words name.

Only the service's name and its taxonomy terms are asked, never its description, which names what a service is
not as readily as what it is. A phrase must stand there as whole words.
"""

from collections.abc import Iterable

from cabinet.importers.values import words
from cabinet.sectors import SECTORS

PHRASES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("BEFORE_SCHOOL", ("before school",)),
    ("AFTER_SCHOOL", ("after school", "afterschool")),
    ("SUMMER_BRIDGE", ("summer bridge",)),
    ("SUMMER_JOBS", ("summer jobs", "summer job", "youth employment", "youth internships")),
    ("SUMMER", ("summer camp", "summer camps", "summer program", "summer programs", "day camp", "day camps")),
    ("TUTORING", ("tutoring", "tutors", "homework help")),
    ("READING_INTERVENTION", ("reading intervention",)),
    ("SPECIAL_EDUCATION", ("special education",)),
    ("ENGLISH_LEARNER_SERVICES", ("english learner", "english learners", "english language learners")),
    ("TITLE_I", ("title i",)),
    ("CAREER_AND_TECHNICAL", ("career and technical education", "vocational education")),
    ("COUNSELING", ("school counseling", "school counselling", "guidance counseling")),
    ("ATTENDANCE_SUPPORT", ("dropout prevention", "truancy prevention", "school attendance")),
    ("COLLEGE_ADVISING", ("college advising", "college counseling", "college access", "college readiness")),
    ("PRE_KINDERGARTEN", ("pre kindergarten", "prekindergarten", "pre k", "preschool", "head start")),
    ("WELL_CHILD_VISIT", ("well child", "well baby")),
    ("IMMUNIZATION", ("immunization", "immunizations", "vaccination", "vaccinations")),
    ("DENTAL", ("dental", "dentist", "dentistry")),
    ("VISION", ("vision screening", "vision screenings", "vision tests", "eye exams")),
    ("HEARING_SCREENING", ("hearing screening", "hearing screenings", "hearing tests")),
    ("DEVELOPMENTAL_SCREENING", ("developmental screening", "developmental screenings")),
    ("BEHAVIORAL_HEALTH", ("behavioral health", "mental health care", "mental health services")),
    ("NUTRITION", ("free meals", "school meals", "summer meals", "free lunch", "school breakfast")),
    ("INSURANCE_ENROLLMENT", ("insurance enrollment", "medicaid enrollment")),
    ("CARE_COORDINATION", ("care coordination",)),
    ("ASTHMA_MANAGEMENT", ("asthma",)),
    ("STEM", ("stem", "robotics", "coding club")),
    ("ARTS_AND_MUSIC", ("arts and music", "youth arts", "art classes", "music lessons")),
    ("SPORTS_AND_WELLNESS", ("youth sports", "sports league", "swim lessons")),
    ("MENTORING", ("mentoring", "mentors", "big brothers big sisters")),
    ("YOUTH_DEVELOPMENT", ("youth development", "service learning", "youth leadership")),
    ("LITERACY", ("early literacy", "family literacy", "children s literacy", "youth literacy")),
    ("LIBRARY", ("library", "libraries")),
    ("CHILD_CARE", ("child care", "childcare")),
    ("ACADEMIC_ENRICHMENT", ("academic enrichment",)),
    ("WEEKEND", ("weekend program", "saturday program")),
)
"""The first that fits counts, so that the particular stand before the general."""

NOT_FOR_CHILDREN = ("adult", "adults", "senior", "seniors", "older adults")
NOT_THE_SERVICE = ("help pay for", "help find", "transportation for")
"""Terms of the Open Eligibility taxonomy that name help with a service, not the service."""

OUT_OF_SCHOOL_TIME = "OUT_OF_SCHOOL_TIME"
SECTOR_OF = {kind.code: sector.code for sector in SECTORS for kind in sector.service_types}
_EXACT = {
    words(text): kind.code
    for sector in SECTORS
    for kind in sector.service_types
    for text in (kind.code, kind.name)
}


def service_type(texts: Iterable[str]) -> str | None:
    """Return the service type that the first of these texts to name one names."""
    return next((found for text in texts if (found := _named(words(text)))), None)


def sector_of(service_types: Iterable[str | None]) -> str:
    """Return the sector most of these types belong to; out-of-school time where none is known."""
    sectors = [SECTOR_OF[code] for code in service_types if code]
    return max(sectors, key=sectors.count, default=OUT_OF_SCHOOL_TIME)


def _named(text: str) -> str | None:
    if text in _EXACT:
        return _EXACT[text]
    if any(f" {phrase} " in text for phrase in (*NOT_FOR_CHILDREN, *NOT_THE_SERVICE)):
        return None
    return next((code for code, phrases in PHRASES if any(f" {phrase} " in text for phrase in phrases)), None)
