"""What has a natural key at its source: the table of each kind, and the columns its rows fill."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Table

from cabinet.intake.references import References
from cabinet.intake.rows import (
    AttendanceRow,
    ConsentRow,
    EncounterRow,
    EnrollmentRow,
    Kind,
    NeedRow,
    ReferralRow,
)
from cabinet.intake.versions import Values
from cabinet.tables import attendance_event, consent, encounter, enrollment, need, referral


def _enrollment_values(row: EnrollmentRow, references: References) -> Values:
    program = references.programs[row.program]
    said = {"status": row.status, "begins": row.begins, "ends": row.ends, "exit_reason": row.exit_reason}
    return {"program_id": program.id, "sector": program.sector, **said}


def _attendance_values(row: AttendanceRow, references: References) -> Values:
    program = references.programs[row.program]
    said = row.model_dump(include={"attended_on", "category", "minutes", "session", "enrollment"})
    return {"program_id": program.id, "sector": program.sector, **said}


def _encounter_values(row: EncounterRow, references: References) -> Values:
    return _of_service_type(row, references, "kind", "occurred_on", "code")


def _need_values(row: NeedRow, references: References) -> Values:
    return _of_service_type(row, references, "basis", "opened", "resolved")


def _referral_values(row: ReferralRow, references: References) -> Values:
    return _of_service_type(row, references, "status", "sent", "closed", "recipient")


def _consent_values(row: ConsentRow, _: References) -> Values:
    return row.model_dump(include={"decision", "begins", "ends", "payload"})


def _of_service_type(row: EncounterRow | NeedRow | ReferralRow, references: References, *columns: str) -> Values:
    service_type = references.service_types[row.service_type]
    said = row.model_dump(include=set(columns))
    return {"service_type_id": service_type.id, "sector": service_type.sector, **said}


RECORDED: Mapping[Kind, tuple[Table, Callable[[Any, References], Values]]] = {
    Kind.ENROLLMENT: (enrollment, _enrollment_values),
    Kind.ATTENDANCE: (attendance_event, _attendance_values),
    Kind.ENCOUNTER: (encounter, _encounter_values),
    Kind.NEED: (need, _need_values),
    Kind.REFERRAL: (referral, _referral_values),
    Kind.CONSENT: (consent, _consent_values),
}
