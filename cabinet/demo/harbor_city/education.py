"""What the public schools run, meals among it."""

from cabinet.demo.clock import Season
from cabinet.demo.harbor_city.places import SCHOOLS
from cabinet.demo.town import Entry, Program

ALL_SCHOOLS = tuple(school.code for school in SCHOOLS)
ELEMENTARIES, HIGHS = ALL_SCHOOLS[:5], ALL_SCHOOLS[7:]
TITLE_I_SCHOOLS = ("market-school", "ferry-school", "brickyard-school", "harbor-middle", "harbor-high")
OPEN, BY_TRAIT, BY_NEED = Entry.OPEN, Entry.BY_TRAIT, Entry.BY_NEED

DISTRICT_PROGRAMS = (
    Program("special-education", "Special Education", "hcps", ("SPECIAL_EDUCATION",), ALL_SCHOOLS, BY_TRAIT, 0.93),
    Program(
        "english-learners",
        "English Learner Education",
        "hcps",
        ("ENGLISH_LEARNER_SERVICES",),
        ALL_SCHOOLS,
        BY_TRAIT,
        0.96,
        strain=0.1,
    ),
    Program("title-one", "Title I Support", "hcps", ("TITLE_I",), TITLE_I_SCHOOLS, BY_TRAIT, 0.55),
    Program("school-meals", "Free School Meals", "hcps", ("NUTRITION",), ALL_SCHOOLS, BY_TRAIT, 0.88),
    Program("pre-k", "Harbor City Pre-K", "hcps", ("PRE_KINDERGARTEN",), ELEMENTARIES, OPEN, 0.97, seats=46),
    Program("tutoring", "High-Dosage Tutoring", "hcps", ("TUTORING",), ALL_SCHOOLS, BY_NEED, 0.85, strain=0.75),
    Program(
        "reading",
        "Reading Intervention",
        "hcps",
        ("READING_INTERVENTION",),
        ELEMENTARIES,
        BY_NEED,
        0.9,
        strain=0.6,
    ),
    Program("counseling", "School Counseling", "hcps", ("COUNSELING",), ALL_SCHOOLS, share=0.85, strain=0.7),
    Program(
        "attendance",
        "Every Day Counts",
        "hcps",
        ("ATTENDANCE_SUPPORT",),
        ALL_SCHOOLS,
        BY_TRAIT,
        0.7,
        strain=0.6,
    ),
    Program(
        "career-technical", "Career Pathways", "hcps", ("CAREER_AND_TECHNICAL",), HIGHS, OPEN, 0.34, seats=170
    ),
    Program("college-advising", "College Advising", "hcps", ("COLLEGE_ADVISING",), HIGHS, OPEN, 0.4, barrier=0.3),
    Program(
        "summer-bridge",
        "Summer Bridge",
        "hcps",
        ("SUMMER_BRIDGE",),
        HIGHS,
        OPEN,
        0.2,
        seats=60,
        season=Season.SUMMER,
    ),
)
