"""Did a screening find something? By the answer's code, by a score, or by what the source makes of it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from cabinet.importers.documents import dicts, text
from cabinet.importers.fhir_codes import Codes, Result
from cabinet.importers.fhir_values import codes as codes_of
from cabinet.importers.values import number_of


def result_of(part: Mapping[str, Any], questions: Sequence[str], codes: Codes) -> Result | None:
    """Return what an Observation or one of its components found; None if that cannot be told."""
    answers = codes_of(part, "valueCodeableConcept")
    if isinstance(part.get("valueBoolean"), bool):
        answers = ["true" if part["valueBoolean"] else "false"]
    meaning = _meaning(answers, questions, codes) or _by_score(part, questions, codes)
    meaning = meaning or _meaning(codes_of(part, "interpretation"), questions, codes)
    return Result(meaning) if meaning else None


def _meaning(answers: Sequence[str], questions: Sequence[str], codes: Codes) -> str | None:
    to_this_question = [f"{question} {answer}" for question in questions for answer in answers]
    return codes.find("answers", *to_this_question, *answers)


def _by_score(part: Mapping[str, Any], questions: Sequence[str], codes: Codes) -> Result | None:
    score, threshold = _score(part), codes.find("thresholds", *questions)
    if score is None or not threshold:
        return None
    return Result.POSITIVE if score >= Decimal(threshold) else Result.NEGATIVE


def _score(part: Mapping[str, Any]) -> Decimal | None:
    quantity = (dicts(part, "valueQuantity") or [{}])[0]
    # "Less than 10" is no score that could be compared.
    said = "" if text(quantity, "comparator") else quantity.get("value", part.get("valueInteger"))
    return None if isinstance(said, bool) else number_of(str(said))
