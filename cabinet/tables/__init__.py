"""The catalog: every table, with what it holds; its columns with their access labels and descriptions."""

from cabinet.tables.access import (
    audit_event,
    change,
    community_secret,
    idempotency_key,
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
from cabinet.tables.codes import code_mapping
from cabinet.tables.communities import community, location, neighborhood, organization, school, sector
from cabinet.tables.consents import consent
from cabinet.tables.definitions import service_type_version
from cabinet.tables.enrollments import attendance_event, encounter, enrollment, need, referral
from cabinet.tables.imports import import_job, import_remark
from cabinet.tables.linkage import child_comparison, comparison_key, linkage_model, linkage_quality
from cabinet.tables.outbox import delivery, outbox, webhook
from cabinet.tables.populations import named_population
from cabinet.tables.reviews import (
    child_alias,
    match_candidate,
    match_decision,
    match_journal,
    match_review,
    settled_match,
)
from cabinet.tables.services import program, service, service_at_location, service_capacity, service_type
from cabinet.tables.supply_records import supply_record
from cabinet.tables.views import view, view_version
from cabinet.tables.withdrawn import withdrawn_record

__all__ = [
    "Holds",
    "Label",
    "attendance_event",
    "audit_event",
    "change",
    "characteristic",
    "child",
    "child_alias",
    "child_comparison",
    "child_identifier",
    "child_identity",
    "child_link",
    "child_year",
    "code_mapping",
    "community",
    "community_secret",
    "comparison_key",
    "consent",
    "delivery",
    "encounter",
    "enrollment",
    "idempotency_key",
    "import_job",
    "import_remark",
    "linkage_model",
    "linkage_quality",
    "location",
    "match_candidate",
    "match_decision",
    "match_journal",
    "match_review",
    "membership",
    "metadata",
    "named_population",
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
    "service_type_version",
    "settled_match",
    "source_record",
    "supply_record",
    "view",
    "view_version",
    "webhook",
    "withdrawn_record",
]
