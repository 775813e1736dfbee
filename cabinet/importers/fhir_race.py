"""Race and ethnicity of a FHIR Patient: US Core's extensions, read by what a community says of their codes."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

from cabinet.errors import CodeUnknown, RowProblem
from cabinet.importers.documents import dicts, text
from cabinet.importers.fhir_codes import MAX_LABEL, Codes
from cabinet.importers.fhir_values import SHORT_SYSTEMS

US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/"
CDC = "cdcrec"
RACE_URLS = tuple(f"{US_CORE}{name}" for name in ("us-core-race", "us-core-ethnicity"))
HEADS = (
    *((1000, ""), (1002, "1002-5"), (2028, "2028-9"), (2054, "2054-5"), (2076, "2076-8"), (2106, "2106-3")),
    *((2118, "2118-8"), (2130, ""), (2135, "2135-2"), (2186, "")),
)
"""Where the codes below each category begin: CDC numbers its codes in the order of their hierarchy (CDCREC)."""

_CDC = re.compile(r"[0-9]{4}-[0-9]")
_BETWEEN = re.compile("[,;/]")


def race_ethnicity(patient: Any, codes: Codes) -> Iterator[str | RowProblem]:
    """Yield the categories of the codes, else of the words; and each code or word that names none."""
    for extension in dicts(patient, "extension"):
        if text(extension, "url") in RACE_URLS:
            yield from _said(extension, codes)


def _said(extension: Any, codes: Codes) -> Iterator[str | RowProblem]:
    where = f"Patient.extension {text(extension, 'url').removeprefix(US_CORE)}"
    parts = dicts(extension, "extension")
    codings = [coding for part in parts for coding in dicts(part, "valueCoding")]
    coded = [(coding, codes.find("races", *_ways(coding))) for coding in codings if text(coding, "code")]
    for coding, meaning in coded:
        label = f" {text(coding, 'display')[:MAX_LABEL]!r}" if text(coding, "display") else ""
        yield _or_problem(meaning, f"{where}: {text(coding, 'code')[:MAX_LABEL]}{label}")
    said = [text(coding, "display") for coding in codings if not text(coding, "code")]
    said += [word.strip() for part in parts for word in _BETWEEN.split(text(part, "valueString"))]
    # A text only repeats in words what a code that is known has said.
    if all(meaning is None for _, meaning in coded):
        yield from (
            _or_problem(codes.phrase("race_words", word), f"{where}: {word[:MAX_LABEL]!r}")
            for word in said
            if word
        )
    if not coded and not any(said):
        yield RowProblem(f"{where} has no code and no text.", hint="")


def _or_problem(meaning: str | None, said: str) -> str | RowProblem:
    if meaning is None:
        return CodeUnknown(f"{said} has no meaning here.")
    return meaning or RowProblem(f"{said} has no home here.", hint="")


def _ways(coding: Any) -> Iterator[str]:
    """Yield what a code may stand under: its own system, then CDC's, where the categories above it stand, too."""
    system, code = text(coding, "system"), text(coding, "code")
    yield f"{system}|{code}"
    yield code
    if SHORT_SYSTEMS.get(system, CDC) == CDC:
        yield f"{CDC}|{code}"
    if not system or SHORT_SYSTEMS.get(system) == CDC:
        yield f"{CDC}|{category_of(code)}"


def category_of(code: str) -> str:
    """Return the category that a code of CDC is below; nothing for one of no category, or that is no such code."""
    if not (_CDC.fullmatch(code) and _check_digit(code[:4]) == code[-1]):
        return ""
    place = bisect_right(HEADS, int(code[:4]), key=lambda head: head[0])
    return HEADS[place - 1][1] if place else ""


def _check_digit(digits: str) -> str:
    """Return the digit that CDC's codes end with: modulus 10, as of LOINC."""
    doubled = "".join(digits[-1::-2])
    total = sum(sum(divmod(2 * int(digit), 10)) for digit in doubled) + sum(map(int, digits[-2::-2]))
    return str(-total % 10)
