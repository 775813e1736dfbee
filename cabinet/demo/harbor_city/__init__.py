"""Harbor City, the main demo community, put together."""

from cabinet.demo.harbor_city.education import DISTRICT_PROGRAMS
from cabinet.demo.harbor_city.health import HEALTH_PROGRAMS
from cabinet.demo.harbor_city.out_of_school_time import OST_PROGRAMS
from cabinet.demo.harbor_city.places import PLACES, SCHOOLS, SITES
from cabinet.demo.town import DemoCommunity, Organization, Town

ORGANIZATIONS = (
    Organization("hcps", "Harbor City Public Schools", "EDUCATION", "S", has_roster=True),
    Organization("hc-health", "Harbor City Health Department", "HEALTH", "HD", has_roster=True),
    Organization("harbor-family", "Harbor Family Health", "HEALTH", "HF", has_roster=True),
    Organization("northgate-peds", "Northgate Pediatrics", "HEALTH", "NP", has_roster=True),
    Organization("bright-smiles", "Bright Smiles Dental Network", "HEALTH", "BS", has_roster=True),
    Organization("hc-library", "Harbor City Public Library", "OUT_OF_SCHOOL_TIME", "LIB"),
    Organization("harbor-clubs", "Harbor Youth Clubs", "OUT_OF_SCHOOL_TIME", "CLUB"),
    Organization("tide-pool", "Tide Pool After School", "OUT_OF_SCHOOL_TIME", "TP"),
    Organization("saltbox-arts", "Saltbox Arts Collective", "OUT_OF_SCHOOL_TIME", "ART"),
    Organization("harbor-sports", "Harbor City Youth Sports League", "OUT_OF_SCHOOL_TIME", "SPT"),
    Organization("maker-loft", "Maker Loft", "OUT_OF_SCHOOL_TIME", "STEM"),
    Organization("anchor-mentors", "Anchor Mentors", "OUT_OF_SCHOOL_TIME", "MEN"),
    Organization("little-sails", "Little Sails Child Care", "OUT_OF_SCHOOL_TIME", "CC"),
)

HARBOR_CITY = Town(
    community=DemoCommunity("harbor-city", "Harbor City", "MA", "America/New_York"),
    children=5_000,
    corner=(-70.82, 42.61),
    places=PLACES,
    schools=SCHOOLS,
    sites=SITES,
    organizations=ORGANIZATIONS,
    programs=(*DISTRICT_PROGRAMS, *HEALTH_PROGRAMS, *OST_PROGRAMS),
    district="hcps",
    health_department="hc-health",
    medical_homes={"harbor-family": 0.46, "northgate-peds": 0.42},
    dental="bright-smiles",
)
