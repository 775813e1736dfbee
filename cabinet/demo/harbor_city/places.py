"""Harbor City's twelve neighborhoods, their schools and sites.

Saltmarsh, Tannery Flats and Brickyard are poor and have few programs. Ferry Landing and Ropewalk are nearly
as poor but well served, so that what tells them apart is supply.
"""

from cabinet.demo.names import Origin
from cabinet.demo.town import Place, School, Site
from cabinet.sectors.education import ELEMENTARY, HIGH_SCHOOL

MIDDLE_SCHOOL = ("06", "07", "08")

SETTLED = {
    Origin.EUROPEAN: 0.74,
    Origin.LATINO: 0.08,
    Origin.AFRICAN_AMERICAN: 0.05,
    Origin.EAST_ASIAN: 0.05,
    Origin.SOUTH_ASIAN: 0.06,
    Origin.MIDDLE_EASTERN: 0.02,
}
MIXED = {
    Origin.EUROPEAN: 0.42,
    Origin.LATINO: 0.24,
    Origin.AFRICAN_AMERICAN: 0.13,
    Origin.CARIBBEAN: 0.06,
    Origin.EAST_ASIAN: 0.06,
    Origin.SOUTH_ASIAN: 0.05,
    Origin.MIDDLE_EASTERN: 0.03,
    Origin.FIRST_NATIONS: 0.01,
}
ARRIVING = {
    Origin.EUROPEAN: 0.16,
    Origin.LATINO: 0.47,
    Origin.AFRICAN_AMERICAN: 0.13,
    Origin.CARIBBEAN: 0.11,
    Origin.SOUTHEAST_ASIAN: 0.09,
    Origin.MIDDLE_EASTERN: 0.03,
    Origin.FIRST_NATIONS: 0.01,
}

NORTH = ("beacon-school", "northgate-middle", "quarry-high")
WEST = ("orchard-school", "northgate-middle", "quarry-high")
CENTER = ("market-school", "harbor-middle", "harbor-high")
SHORE = ("ferry-school", "harbor-middle", "harbor-high")
SOUTH = ("brickyard-school", "harbor-middle", "harbor-high")

PLACES = (
    Place("beacon-heights", "Beacon Heights", (0, 2), ("01991",), 0.8, 0.1, SETTLED, NORTH),
    Place("northgate", "Northgate", (1, 2), ("01991",), 1.0, 0.24, MIXED, WEST),
    Place("quarry-hill", "Quarry Hill", (2, 2), ("01991", "01992"), 0.9, 0.2, MIXED, NORTH),
    Place("lighthouse-point", "Lighthouse Point", (3, 2), ("01992",), 0.6, 0.07, SETTLED, NORTH),
    Place("orchard-hill", "Orchard Hill", (0, 1), ("01993",), 0.9, 0.14, SETTLED, WEST),
    Place("old-market", "Old Market", (1, 1), ("01993", "01994"), 1.1, 0.38, MIXED, CENTER),
    Place("ropewalk", "Ropewalk", (2, 1), ("01994",), 1.1, 0.55, ARRIVING, CENTER),
    Place("harborside", "Harborside", (3, 1), ("01992",), 0.8, 0.28, MIXED, SHORE),
    Place("brickyard", "Brickyard", (0, 0), ("01995",), 1.3, 0.68, ARRIVING, SOUTH),
    Place("tannery-flats", "Tannery Flats", (1, 0), ("01995",), 1.4, 0.74, ARRIVING, SOUTH),
    Place("saltmarsh", "Saltmarsh", (2, 0), ("01995", "01996"), 1.1, 0.64, ARRIVING, SHORE),
    Place("ferry-landing", "Ferry Landing", (3, 0), ("01996",), 1.0, 0.57, ARRIVING, SHORE),
)

SCHOOLS = (
    School("beacon-school", "Beacon Elementary School", "quarry-hill", ("PK", *ELEMENTARY)),
    School("orchard-school", "Orchard Elementary School", "orchard-hill", ("PK", *ELEMENTARY)),
    School("market-school", "Market Street Elementary School", "old-market", ("PK", *ELEMENTARY)),
    School("ferry-school", "Ferry Landing Elementary School", "ferry-landing", ("PK", *ELEMENTARY)),
    School("brickyard-school", "Brickyard Elementary School", "brickyard", ("PK", *ELEMENTARY)),
    School("northgate-middle", "Northgate Middle School", "northgate", MIDDLE_SCHOOL),
    School("harbor-middle", "Harbor Middle School", "harborside", MIDDLE_SCHOOL),
    School("quarry-high", "Quarry Hill High School", "quarry-hill", HIGH_SCHOOL),
    School("harbor-high", "Harbor High School", "old-market", HIGH_SCHOOL),
)

SITES = (
    Site("city-hall-annex", "City Hall Annex", "old-market"),
    Site("harbor-family-center", "Harbor Family Health Center", "ropewalk"),
    Site("northgate-pediatrics", "Northgate Pediatrics", "northgate"),
    Site("bright-smiles-office", "Bright Smiles Dental Office", "harborside"),
    Site("main-library", "Main Library", "old-market"),
    Site("north-library", "North Branch Library", "northgate"),
    Site("shore-library", "Shore Branch Library", "ferry-landing"),
    Site("ropewalk-club", "Ropewalk Clubhouse", "ropewalk"),
    Site("ferry-club", "Ferry Landing Clubhouse", "ferry-landing"),
    Site("beacon-club", "Beacon Clubhouse", "beacon-heights"),
    Site("tide-pool-house", "Tide Pool House", "harborside"),
    Site("lighthouse-annex", "Lighthouse Annex", "lighthouse-point"),
    Site("saltbox-studio", "Saltbox Studio", "old-market"),
    Site("north-field", "North Field House", "northgate"),
    Site("orchard-field", "Orchard Fields", "orchard-hill"),
    Site("saltmarsh-field", "Saltmarsh Field", "saltmarsh"),
    Site("maker-loft-shop", "Maker Loft Workshop", "quarry-hill"),
    Site("little-sails-center", "Little Sails Center", "harborside"),
    Site("little-sails-north", "Little Sails North", "northgate"),
    Site("little-sails-south", "Little Sails South", "brickyard"),
)
