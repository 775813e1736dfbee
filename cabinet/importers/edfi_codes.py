"""What the codes of Ed-Fi descriptors mean here: edfi_codes.toml, and before it a community's own file."""

from collections.abc import Collection, Mapping
from typing import Any

from cabinet.importers.code_files import CodeFile, Section, check_section, no_meaning, read_sections
from cabinet.importers.values import words
from cabinet.sectors import SECTORS
from cabinet.tables.terms import ENDED_STATUSES, GRADES, AttendanceCategory, CharacteristicKind, RaceEthnicity, Sex

PACKAGED = "edfi_codes.toml"
SECTOR_OF = {kind.code: sector.code for sector in SECTORS for kind in sector.service_types}
NAME_OF = {kind.code: kind.name for sector in SECTORS for kind in sector.service_types}
_KINDS = tuple(kind for kind in CharacteristicKind if kind is not CharacteristicKind.INSURANCE)

SECTIONS: Mapping[str, Collection[str] | None] = {
    "grades": GRADES,
    "sexes": tuple(Sex),
    "races": tuple(RaceEthnicity),
    "identifiers": None,
    "characteristics": _KINDS,
    "english_proficiency": ("YES", "NO"),
    "kinds": SECTOR_OF,
    "kind_characteristics": _KINDS,
    "program_names": SECTOR_OF,
    "program_types": SECTOR_OF,
    "services": SECTOR_OF,
    "service_characteristics": _KINDS,
    "exit_reasons": ENDED_STATUSES,
    "attendance": tuple(AttendanceCategory),
    "day_minutes": None,
}
"""Every section, and what its codes may mean; None for a word of the community's own, or a number."""
MINUTES_OF_A_DAY = 24 * 60


class Codes:
    """Meanings by section and code; a whole descriptor is looked for before its bare code."""

    def __init__(self, sections: Mapping[str, Section]) -> None:
        self._sections = sections

    def find(self, section: str, descriptor: str) -> str | None:
        """Return what a `namespace#code` means, `""` if it has no home here, None if it is unknown."""
        known = self._sections.get(section, {})
        bare = known.get(_key(bare_code(descriptor)))
        return known.get(_key(descriptor), bare)


def bare_code(descriptor: str) -> str:
    """Return the code of a `namespace#code`; text without a namespace is a code as it is."""
    return descriptor.rpartition("#")[2].strip()


def read_codes(*mappings: CodeFile) -> Codes:
    """Read the packaged meanings, and add a community's own.

    Raises FileUnreadable for a mapping that is no TOML, or that names a section or a meaning there is none of.
    """
    return Codes(read_sections(PACKAGED, mappings, _section))


def _section(file: str, name: str, section: Any) -> dict[str, str]:
    check_section(file, name, section, SECTIONS)
    allowed = SECTIONS[name]
    for code, meaning in section.items():
        if not isinstance(meaning, str) or not _is_allowed(name, meaning):
            raise no_meaning(file, name, code, meaning, allowed)
    return {_key(code): meaning for code, meaning in section.items()}


def _is_allowed(section: str, meaning: str) -> bool:
    allowed = SECTIONS[section]
    if section == "day_minutes":
        return meaning == "" or (meaning.isdecimal() and 0 < int(meaning) <= MINUTES_OF_A_DAY)
    return allowed is None or meaning in ("", *allowed)


def _key(text: str) -> str:
    # A code in letters of another script would be nothing but spaces in `words`.
    return words(text).strip() or text.strip().casefold()
