"""A FHIR Condition as the need it brings, where the mapping names one."""

from collections.abc import Iterator
from typing import Any

from cabinet.errors import RowProblem
from cabinet.importers.documents import text
from cabinet.importers.fhir_codes import Codes, without_home
from cabinet.importers.fhir_index import Index, recorded
from cabinet.importers.fhir_resources import Resource
from cabinet.importers.fhir_values import codes as codes_of
from cabinet.importers.fhir_values import day_of, last_updated, period
from cabinet.importers.format import Oddity
from cabinet.importers.values import present
from cabinet.intake.rows import Kind, Raw
from cabinet.tables.terms import NeedBasis

OVER = frozenset({"inactive", "remission", "resolved"})
WRONG = frozenset({"entered-in-error", "refuted"})
UNSURE = frozenset({"unconfirmed", "provisional", "differential"})


def condition(resource: Resource, index: Index, codes: Codes) -> Iterator[Raw | Oddity]:
    """Yield the need of a confirmed condition; a refuted one's never held, and overtakes what was said before."""
    value = resource.value
    service_type = codes.find("conditions", *codes_of(value, "code"))
    if not service_type:
        yield resource.passed_over(without_home("Condition", value, "code", service_type), "code")
        return
    verification = _bare(value, "verificationStatus")
    if verification in UNSURE:
        problem = RowProblem(f"A Condition that is {verification} was passed over.", hint="")
        yield resource.passed_over(problem, "verificationStatus")
        return
    opened = day_of(text(value, "onsetDateTime"), period(value, "onsetPeriod")[0], text(value, "recordedDate"))
    said = present(
        service_type=service_type,
        basis=NeedBasis.DIAGNOSIS,
        opened=opened,
        resolved=opened if verification in WRONG else _resolved(value, opened),
    )
    yield resource.row(Kind.NEED, {**recorded(resource, "subject", index), **said})


def _resolved(value: dict[str, Any], opened: str) -> str:
    """Return the day it was over: as said, else when the record came to say so; empty while it lasts."""
    said = day_of(text(value, "abatementDateTime"), period(value, "abatementPeriod")[1])
    if said or _bare(value, "clinicalStatus") not in OVER:
        return said
    return last_updated(value) or opened


def _bare(value: dict[str, Any], key: str) -> str:
    return next(iter(codes_of(value, key)), "").rpartition("|")[2]
