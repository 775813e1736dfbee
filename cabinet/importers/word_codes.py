"""What the words of tables mean here: word_codes.toml, and before it a community's own file."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from cabinet.errors import RowProblem
from cabinet.importers.code_files import CodeFile, Section, read_section, read_sections
from cabinet.importers.values import fold
from cabinet.tables.terms import GRADES, AttendanceCategory, EnrollmentStatus, RaceEthnicity, Sex

PACKAGED = "word_codes.toml"
STUDENT = "STUDENT"
MAX_WORD = 60
"""Characters of a word that a report shows."""

SECTIONS: Mapping[str, Collection[str]] = {
    "grades": GRADES,
    "sexes": tuple(Sex),
    "races": tuple(RaceEthnicity),
    "roles": (STUDENT,),
    "statuses": tuple(EnrollmentStatus),
    "marks": tuple(AttendanceCategory),
}
"""Every section, and what its words may mean. A format has some of them."""


@dataclass(frozen=True)
class Words:
    """Meanings by section and word."""

    sections: Mapping[str, Section]

    def find(self, section: str, word: str) -> str | None:
        """Return what a word means, `""` if it has no home here, None if it is unknown."""
        return self.sections[section].get(_key(word))

    def read(self, section: str, word: str) -> str:
        """Return what a word means; one that is unknown stays as it is, for its row to refuse."""
        found = self.find(section, word)
        return word if found is None else found


def sections_of(*names: str) -> Mapping[str, Collection[str]]:
    """Return the sections that a format has, and what their words may mean."""
    return {name: SECTIONS[name] for name in names}


def read_words(known: Collection[str], *mappings: CodeFile) -> Words:
    """Read the packaged meanings, and add a community's own, which may be of the `known` sections only.

    Raises FileUnreadable for a mapping that is no TOML, or that names a section or a meaning there is none of.
    """
    given = read_sections(PACKAGED, mappings, partial(_section, known))
    # Our own words mean themselves, unless somebody says otherwise.
    return Words({name: {**{_key(word): word for word in SECTIONS[name]}, **given[name]} for name in given})


def _section(known: Collection[str], file: str, name: str, section: Any) -> Section:
    return read_section(SECTIONS if file == PACKAGED else sections_of(*known), _key, file, name, section)


def _key(word: str) -> str:
    # A minus before a number is no hyphen between words.
    return fold(word) if word[:1].isalpha() else word.strip().casefold()


def without_home(words: Words, record: Mapping[str, str], **sections: str) -> Iterator[tuple[str, RowProblem]]:
    """Yield each column, by the section its words are of, whose word is known to mean nothing here."""
    for column, section in sections.items():
        word = record.get(column, "")
        if word and words.find(section, word) == "":
            yield column, no_home(column, word)


def no_home(what: str, word: str) -> RowProblem:
    """Say that a word is known to mean nothing here."""
    return RowProblem(f"The {what} {word[:MAX_WORD]!r} has no home here.", hint="")
