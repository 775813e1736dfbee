"""The catalog: every table, with what it holds; its columns with their access labels and descriptions."""

from cabinet.tables.access import (
    audit_event,
    change,
    community_secret,
    idempotency_key,
    match_review,
    membership,
)
from cabinet.tables.catalog import Holds, Label, metadata
from cabinet.tables.children import (
    characteristic,
    child,
    child_identifier,
    child_identity,
    child_link,
    child_year,
    source_record,
)
from cabinet.tables.communities import community, location, neighborhood, organization, school, sector
from cabinet.tables.consents import consent
from cabinet.tables.enrollments import attendance_event, encounter, enrollment, need, referral
from cabinet.tables.imports import import_job, import_remark
from cabinet.tables.outbox import delivery, outbox, webhook
from cabinet.tables.services import program, service, service_at_location, service_capacity, service_type
from cabinet.tables.views import view, view_version

__all__ = [
    "Holds",
    "Label",
    "attendance_event",
    "audit_event",
    "change",
    "characteristic",
    "child",
    "child_identifier",
    "child_identity",
    "child_link",
    "child_year",
    "community",
    "community_secret",
    "consent",
    "delivery",
    "encounter",
    "enrollment",
    "idempotency_key",
    "import_job",
    "import_remark",
    "location",
    "match_review",
    "membership",
    "metadata",
    "need",
    "neighborhood",
    "organization",
    "outbox",
    "program",
    "referral",
    "school",
    "sector",
    "service",
    "service_at_location",
    "service_capacity",
    "service_type",
    "source_record",
    "view",
    "view_version",
    "webhook",
]
