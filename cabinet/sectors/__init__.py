"""The sectors this server knows. A new one is a file beside these and a line in SECTORS."""

from enum import StrEnum
from typing import TYPE_CHECKING

from cabinet.sectors.education import EDUCATION
from cabinet.sectors.health import HEALTH
from cabinet.sectors.out_of_school_time import OUT_OF_SCHOOL_TIME
from cabinet.sectors.sector import Sector, ServiceType

SECTORS: tuple[Sector, ...] = (EDUCATION, HEALTH, OUT_OF_SCHOOL_TIME)

if TYPE_CHECKING:

    class SectorCode(StrEnum):
        """The codes of SECTORS, as an enum."""

else:
    SectorCode = StrEnum("SectorCode", {sector.code: sector.code for sector in SECTORS})

__all__ = ["SECTORS", "Sector", "SectorCode", "ServiceType"]
