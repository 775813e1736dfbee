"""What the codes of FHIR resources mean here: fhir_codes.toml, and before it a community's own file."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any

from cabinet.errors import CodeUnknown, FileUnreadable, RowProblem
from cabinet.importers.code_files import CodeFile, Section, check_section, no_meaning, read_sections
from cabinet.importers.fhir_values import codes as codes_of
from cabinet.importers.fhir_values import labels, short_system
from cabinet.importers.values import number_of, words
from cabinet.sectors import SECTORS
from cabinet.tables.terms import EncounterKind, RaceEthnicity, Sex

PACKAGED = "fhir_codes.toml"
MAX_LABEL = 60
"""Characters of a label that a report shows: a label may be a whole note."""
SERVICE_TYPES = tuple(kind.code for sector in SECTORS for kind in sector.service_types)


class Result(StrEnum):
    """What a screening found."""

    POSITIVE = "POSITIVE"
    NEGATIVE = "NEGATIVE"


SECTIONS: Mapping[str, Collection[str] | None] = {
    "services": SERVICE_TYPES,
    "service_phrases": SERVICE_TYPES,
    "contact_kinds": tuple(EncounterKind),
    "vaccines": ("IMMUNIZATION",),
    "screenings": SERVICE_TYPES,
    "screening_needs": SERVICE_TYPES,
    "thresholds": None,
    "answers": tuple(Result),
    "conditions": SERVICE_TYPES,
    "programs": None,
    "sexes": tuple(Sex),
    "races": tuple(RaceEthnicity),
    "race_words": tuple(RaceEthnicity),
}
"""Every section, and what its codes may mean; None for a number, or a word of the community's own."""
PHRASES = ("service_phrases", "race_words")
"""Sections whose keys are words as people write them, and no codes."""


class Codes:
    """Meanings by section and `system|code`."""

    def __init__(self, sections: Mapping[str, Section]) -> None:
        self._sections = sections

    def find(self, section: str, *codes: str) -> str | None:
        """Return what the first code that is known means, `""` if it has no home here, None if none is known."""
        known = self._sections[section]
        return next((known[key] for code in codes for key in _keys(code) if key in known), None)

    def phrase(self, section: str, said: str) -> str | None:
        """Return what words mean that are the whole of a phrase; `""` and None as of codes."""
        return self._sections[section].get(_phrase(said))

    def read_aloud(self, labels: Iterable[str]) -> str | None:
        """Return the service type of the first phrase that stands in the labels."""
        said = "".join(map(words, labels))
        phrases = self._sections["service_phrases"].items()
        return next((meaning for phrase, meaning in phrases if f" {phrase} " in said), None)

    def service(self, resource: Mapping[str, Any], *paths: str) -> str | None:
        """Return the service type that the concepts under these paths name, by code before words."""
        coded = [code for path in paths for code in codes_of(resource, path)]
        meaning = self.find("services", *coded)
        said = (label for path in paths for label in labels(resource, path))
        return meaning if meaning is not None else self.read_aloud(said)


def without_home(resource_type: str, resource: Mapping[str, Any], path: str, meaning: str | None) -> RowProblem:
    """Say why what stands under a path has no home: its code is unknown, or known to mean nothing here."""
    said = " ".join(
        (*codes_of(resource, path)[:1], *(repr(label[:MAX_LABEL]) for label in labels(resource, path)[:1]))
    )
    if not said:
        return RowProblem(f"A resource of type {resource_type} without {path} was passed over.", hint="")
    if meaning is None:
        return CodeUnknown(f"{resource_type}.{path}: {said} has no meaning here.")
    return RowProblem(f"{resource_type}.{path}: {said} has no home here.", hint="")


def read_codes(*mappings: CodeFile) -> Codes:
    """Read the packaged meanings, and add a community's own.

    Raises FileUnreadable for a mapping that is no TOML, or that names a section or a meaning there is none of.
    """
    return Codes(read_sections(PACKAGED, mappings, _section))


def _section(file: str, name: str, section: Any) -> dict[str, str]:
    check_section(file, name, section, SECTIONS)
    for code, meaning in section.items():
        if name in PHRASES and not _phrase(code):
            raise FileUnreadable(f"{file}: [{name}] {code!r} has no words of Latin letters.", hint="", file=file)
        if not isinstance(meaning, str) or not _is_allowed(name, meaning):
            raise no_meaning(file, name, code, meaning, SECTIONS[name])
    read_key = _phrase if name in PHRASES else _key
    return {read_key(code): meaning for code, meaning in section.items()}


def _is_allowed(section: str, meaning: str) -> bool:
    allowed = SECTIONS[section]
    if section == "thresholds":
        return meaning == "" or number_of(meaning) is not None
    return allowed is None or meaning in ("", *allowed)


def _phrase(text: str) -> str:
    return words(text).strip()


def _keys(code: str) -> Iterator[str]:
    """Yield a code as it is looked for; one of ICD-10 then by the codes above it, nearest first."""
    key = _key(code)
    yield key
    if key.startswith("icd10|"):
        while len(key := key[:-1]) >= len("icd10|A00"):
            yield key


def _key(code: str) -> str:
    return " ".join(_short(part) for part in code.split()).casefold()


def _short(code: str) -> str:
    system, found, bare = code.rpartition("|")
    return f"{short_system(system)}{found}{bare}"
