"""Mill River: a small second community, so that it shows when an answer is of one community only."""

from cabinet.demo.clock import Season
from cabinet.demo.names import Origin
from cabinet.demo.town import DemoCommunity, Entry, Organization, Place, Program, School, Site, Town
from cabinet.sectors.education import ELEMENTARY, HIGH_SCHOOL

UPLAND = {Origin.EUROPEAN: 0.8, Origin.LATINO: 0.1, Origin.EAST_ASIAN: 0.05, Origin.AFRICAN_AMERICAN: 0.05}
MILLSIDE = {
    Origin.EUROPEAN: 0.3,
    Origin.LATINO: 0.35,
    Origin.CARIBBEAN: 0.2,
    Origin.SOUTHEAST_ASIAN: 0.1,
    Origin.FIRST_NATIONS: 0.05,
}
FEEDER = ("river-school", "valley-middle", "mill-high")

PLACES = (
    Place("hillcrest", "Hillcrest", (0, 1), ("02991",), 1.0, 0.12, UPLAND, FEEDER),
    Place("village-green", "Village Green", (1, 1), ("02991",), 1.0, 0.3, UPLAND, FEEDER),
    Place("millside", "Millside", (0, 0), ("02992",), 1.3, 0.62, MILLSIDE, FEEDER),
    Place("lower-falls", "Lower Falls", (1, 0), ("02992",), 0.9, 0.5, MILLSIDE, FEEDER),
)
SCHOOLS = (
    School("river-school", "River Street Elementary School", "village-green", ("PK", *ELEMENTARY)),
    School("valley-middle", "Valley Middle School", "hillcrest", ("06", "07", "08")),
    School("mill-high", "Mill River High School", "lower-falls", HIGH_SCHOOL),
)
SITES = (
    Site("river-clinic", "River Valley Clinic", "lower-falls"),
    Site("falls-dental", "Lower Falls Dental Office", "lower-falls"),
    Site("town-library", "Mill River Library", "village-green"),
    Site("green-club", "Green Street Clubhouse", "village-green"),
    Site("acorn-house", "Acorn House", "hillcrest"),
)
ORGANIZATIONS = (
    Organization("mrsd", "Mill River School District", "EDUCATION", "S", has_roster=True),
    Organization("mr-health", "Mill River Health Office", "HEALTH", "HO", has_roster=True),
    Organization("river-valley", "River Valley Clinic", "HEALTH", "RV", has_roster=True),
    Organization("falls-dental-care", "Lower Falls Dental Care", "HEALTH", "FD", has_roster=True),
    Organization("mr-library", "Mill River Library", "OUT_OF_SCHOOL_TIME", "LIB"),
    Organization("green-street", "Green Street Youth Club", "OUT_OF_SCHOOL_TIME", "CLUB"),
    Organization("acorn", "Acorn Early Care", "OUT_OF_SCHOOL_TIME", "CC"),
)

ALL_SCHOOLS = tuple(school.code for school in SCHOOLS)
OPEN, BY_TRAIT, BY_NEED = Entry.OPEN, Entry.BY_TRAIT, Entry.BY_NEED

PROGRAMS = (
    Program("special-education", "Special Education", "mrsd", ("SPECIAL_EDUCATION",), ALL_SCHOOLS, BY_TRAIT, 0.93),
    Program(
        "english-learners",
        "English Learner Program",
        "mrsd",
        ("ENGLISH_LEARNER_SERVICES",),
        ALL_SCHOOLS,
        BY_TRAIT,
        0.85,
    ),
    Program("school-meals", "Free School Meals", "mrsd", ("NUTRITION",), ALL_SCHOOLS, BY_TRAIT, 0.87),
    Program("pre-k", "Town Pre-K", "mrsd", ("PRE_KINDERGARTEN",), ("river-school",), OPEN, 0.95, seats=24),
    Program("tutoring", "Tutoring", "mrsd", ("TUTORING",), ALL_SCHOOLS, BY_NEED, 0.8, strain=0.7),
    Program("counseling", "School Counseling", "mrsd", ("COUNSELING",), ALL_SCHOOLS, share=0.8, strain=0.6),
    Program("screening", "School Screening", "mr-health", ("VISION", "HEARING_SCREENING"), ALL_SCHOOLS, share=0.8),
    Program(
        "primary-care",
        "Pediatric Care",
        "river-valley",
        ("WELL_CHILD_VISIT", "IMMUNIZATION", "DEVELOPMENTAL_SCREENING"),
        ("river-clinic",),
    ),
    Program(
        "behavioral",
        "Behavioral Health",
        "river-valley",
        ("BEHAVIORAL_HEALTH",),
        ("river-clinic",),
        share=0.7,
        strain=0.5,
    ),
    Program("dental", "Dental Care", "falls-dental-care", ("DENTAL",), ("falls-dental",)),
    Program(
        "library-cards",
        "Library Membership",
        "mr-library",
        ("LIBRARY",),
        ("town-library",),
        OPEN,
        0.4,
        barrier=0.6,
        season=Season.ALL_YEAR,
    ),
    Program(
        "after-school",
        "Club After School",
        "green-street",
        ("AFTER_SCHOOL",),
        ("green-club",),
        OPEN,
        0.6,
        barrier=0.9,
        seats=75,
    ),
    Program(
        "summer-camp",
        "Club Summer Camp",
        "green-street",
        ("SUMMER",),
        ("green-club",),
        OPEN,
        0.4,
        barrier=0.8,
        seats=80,
        season=Season.SUMMER,
    ),
    Program(
        "acorn-care",
        "Acorn Early Care",
        "acorn",
        ("CHILD_CARE",),
        ("acorn-house",),
        OPEN,
        0.5,
        barrier=0.7,
        seats=50,
        season=Season.ALL_YEAR,
    ),
)

MILL_RIVER = Town(
    community=DemoCommunity("mill-river", "Mill River", "RI", "America/New_York"),
    children=600,
    corner=(-71.62, 41.52),
    places=PLACES,
    schools=SCHOOLS,
    sites=SITES,
    organizations=ORGANIZATIONS,
    programs=PROGRAMS,
    district="mrsd",
    health_department="mr-health",
    medical_homes={"river-valley": 0.84},
    dental="falls-dental-care",
)
