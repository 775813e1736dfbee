"""Which of our service types a directory's words name: hsds_codes.toml, and before it a community's own file."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from cabinet.importers.code_files import CodeFile, Section, read_section, read_sections
from cabinet.importers.values import words
from cabinet.sectors import SECTORS

PACKAGED = "hsds_codes.toml"
OUT_OF_SCHOOL_TIME = "OUT_OF_SCHOOL_TIME"
SECTOR_OF = {kind.code: sector.code for sector in SECTORS for kind in sector.service_types}
SECTIONS: Mapping[str, Collection[str]] = {"terms": SECTOR_OF, "exclusions": ("",), "phrases": SECTOR_OF}
"""Every section, and what its words may name; an empty value is allowed everywhere."""
_EXACT = {
    words(text): kind.code
    for sector in SECTORS
    for kind in sector.service_types
    for text in (kind.code, kind.name)
}


@dataclass(frozen=True)
class Codes:
    """What words name, by section. A phrase must stand in a text as whole words."""

    sections: Mapping[str, Section]

    def service_type(self, texts: Iterable[str]) -> str | None:
        """Return the service type that the first of these texts to name one names."""
        return next((found for text in texts if (found := self._named(_key(text)))), None)

    def _named(self, text: str) -> str | None:
        known = self.sections["terms"].get(text, _EXACT.get(text))
        if known is not None:
            return known or None
        if any(phrase in text for phrase in self.sections["exclusions"]):
            return None
        return next((code for phrase, code in self.sections["phrases"].items() if phrase in text), None) or None


def read_codes(*mappings: CodeFile) -> Codes:
    """Read what comes along, and add a community's own.

    Raises FileUnreadable for a mapping that is no TOML, or that names a section or a meaning there is none of.
    """
    return Codes(read_sections(PACKAGED, mappings, partial(read_section, SECTIONS, _key)))


def sector_of(service_types: Iterable[str | None]) -> str:
    """Return the sector most of these types belong to; out-of-school time where none is known."""
    sectors = [SECTOR_OF[code] for code in service_types if code]
    return max(sectors, key=sectors.count, default=OUT_OF_SCHOOL_TIME)


def _key(text: str) -> str:
    # A term in letters of another script would be nothing but spaces in `words`.
    return words(text) if words(text).strip() else f" {text.strip().casefold()} "
