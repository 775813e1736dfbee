"""What the health department, the clinics and the dentists run."""

from cabinet.demo.clock import Season
from cabinet.demo.harbor_city.places import SCHOOLS
from cabinet.demo.town import Entry, Program

ALL_SCHOOLS = tuple(school.code for school in SCHOOLS)

HEALTH_PROGRAMS = (
    Program("shots", "Community Immunization Clinic", "hc-health", ("IMMUNIZATION",), ("city-hall-annex",)),
    Program(
        "screening",
        "School Health Screening",
        "hc-health",
        ("VISION", "HEARING_SCREENING"),
        ALL_SCHOOLS,
        share=0.7,
    ),
    Program(
        "coverage-help",
        "Coverage Navigators",
        "hc-health",
        ("INSURANCE_ENROLLMENT",),
        ("city-hall-annex",),
        share=0.7,
        strain=0.45,
    ),
    Program(
        "asthma-homes",
        "Healthy Homes for Asthma",
        "hc-health",
        ("ASTHMA_MANAGEMENT",),
        ("city-hall-annex",),
        Entry.BY_NEED,
        0.6,
        strain=0.35,
        seats=130,
        season=Season.ALL_YEAR,
    ),
    Program(
        "family-primary-care",
        "Pediatric Primary Care",
        "harbor-family",
        ("WELL_CHILD_VISIT", "IMMUNIZATION", "DEVELOPMENTAL_SCREENING"),
        ("harbor-family-center",),
    ),
    Program(
        "family-behavioral",
        "Child Behavioral Health",
        "harbor-family",
        ("BEHAVIORAL_HEALTH",),
        ("harbor-family-center",),
        share=0.75,
        strain=0.6,
    ),
    Program(
        "pediatric-care",
        "Pediatric Practice",
        "northgate-peds",
        ("WELL_CHILD_VISIT", "IMMUNIZATION", "DEVELOPMENTAL_SCREENING"),
        ("northgate-pediatrics",),
    ),
    Program(
        "care-coordination",
        "Care Coordination",
        "harbor-family",
        ("CARE_COORDINATION",),
        ("harbor-family-center",),
        share=0.75,
        strain=0.4,
    ),
    Program("smiles", "Bright Smiles", "bright-smiles", ("DENTAL",), ("bright-smiles-office",)),
)
