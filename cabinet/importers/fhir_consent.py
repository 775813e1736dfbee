"""A FHIR Consent as a consent that is kept: what it decides as a whole, when, and the rest as received."""

from collections.abc import Iterator
from typing import Any

from cabinet.errors import RowProblem
from cabinet.importers.documents import dicts, text
from cabinet.importers.fhir_codes import Codes
from cabinet.importers.fhir_index import Index, recorded
from cabinet.importers.fhir_resources import Resource
from cabinet.importers.fhir_secrets import without_secrets
from cabinet.importers.fhir_values import codes as codes_of
from cabinet.importers.fhir_values import day_of, last_updated, period
from cabinet.importers.format import Oddity
from cabinet.importers.values import date_of, present
from cabinet.intake.rows import Kind, Raw
from cabinet.tables.terms import ConsentDecision

STANDING = "active"
WRONG = "entered-in-error"
REVOKED = frozenset({"inactive", "rejected", WRONG})
OPT_OUT = frozenset({"OPTOUT", "OPTOUTE"})
LEFT_OUT = frozenset({"text", "contained", "sourceAttachment"})
"""Narratives and scanned forms: they may hold anything, and nothing could be decided by them."""


def consent(resource: Resource, index: Index, _: Codes) -> Iterator[Raw | Oddity]:
    """Yield a consent, and each time that it is not enforced: nobody is to believe that it is."""
    value, status = resource.value, text(resource.value, "status")
    if status != STANDING and status not in REVOKED:
        problem = RowProblem(f"A Consent that is {status or 'without status'} was passed over.", hint="")
        yield resource.passed_over(problem, "status")
        return
    yield resource.passed_over(_NOT_ENFORCED)
    begins, ends = _period(value)
    if status in REVOKED:
        # What was entered in error never held; a period has at least one day.
        revoked = begins if status == WRONG else last_updated(value) or begins
        ends = max(begins, min(ends or revoked, revoked))
    payload = without_secrets({key: item for key, item in value.items() if key not in LEFT_OUT})
    said = present(decision=_decision(value), begins=begins, ends=ends, payload=payload)
    yield resource.row(Kind.CONSENT, {**recorded(resource, "patient", index), **said})


_NOT_ENFORCED = RowProblem(
    "A Consent was kept; it is not enforced yet.",
    hint="Do not send records of a child whose consent denies that you share them.",
)


def _period(value: dict[str, Any]) -> tuple[str, str]:
    provision = (dicts(value, "provision") or [{}])[0]
    begins, ends = period(provision)
    given = date_of(text(value, "dateTime"))
    # A consent may speak of a time before it was given; it holds from the earlier day.
    return min(day_of(begins, given), day_of(given, begins)), ends


def _decision(value: dict[str, Any]) -> ConsentDecision:
    opted_out = any(code.rpartition("|")[2] in OPT_OUT for code in codes_of(value, "policyRule"))
    denied = opted_out or any(map(_denies, dicts(value, "provision")))
    return ConsentDecision.DENY if denied else ConsentDecision.PERMIT


def _denies(provision: dict[str, Any]) -> bool:
    """Whether a provision or an exception to it, however deep, denies something."""
    return text(provision, "type") == "deny" or any(map(_denies, dicts(provision, "provision")))
