"""What a family is promised of its consent: it is kept as a whole, a denial stays one, and nobody is misled."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from cabinet.intake.rows import Kind
from cabinet.tables.terms import ConsentDecision
from tests.importers.fhir_samples import ANA, about_ana, concept, export, ndjson, updated
from tests.importers.reading import Reading, read
from tests.importers.test_fhir_versions import rows, send
from tests.importers.test_load import counts
from tests.world import World

DENY = {"type": "deny"}


def agreed(status: str = "active", **said: Any) -> dict[str, Any]:
    given = {"dateTime": "2026-01-05", "policyRule": concept("", "OPTIN"), "provision": {}}
    return about_ana("Consent", "n1", status, **{**given, **said})


def reading(folder: Path, *resources: dict[str, Any]) -> Reading:
    return read("fhir", export(folder, All=ndjson(*resources)))


@pytest.mark.parametrize(
    ("said", "decision"),
    [
        ({}, ConsentDecision.PERMIT),
        ({"provision": {"type": "permit"}}, ConsentDecision.PERMIT),
        ({"provision": DENY}, ConsentDecision.DENY),
        ({"policyRule": concept("", "OPTOUT")}, ConsentDecision.DENY),
        ({"policyRule": concept("", "OPTOUT"), "provision": {"type": "permit"}}, ConsentDecision.DENY),
        ({"provision": {"type": "permit", "provision": [{}, {"provision": [DENY]}]}}, ConsentDecision.DENY),
    ],
)
def test_a_consent_that_denies_anything_is_a_denial(
    tmp_path: Path, said: dict[str, Any], decision: ConsentDecision
) -> None:
    (row,) = reading(tmp_path, agreed(**said)).rows(Kind.CONSENT)
    assert (row.decision, str(row.begins), row.ends, row.child.source_id) == (decision, "2026-01-05", None, "p1")


@pytest.mark.parametrize(
    ("status", "period", "days"),
    [
        ("active", {"start": "2025-09-01", "end": "2026-08-31"}, ("2025-09-01", "2026-08-31")),
        ("active", {"start": "2026-09-01"}, ("2026-01-05", None)),
        ("inactive", {}, ("2026-01-05", "2026-03-04")),
        ("rejected", {"end": "2026-02-01"}, ("2026-01-05", "2026-02-01")),
        ("entered-in-error", {"end": "2030-01-01"}, ("2026-01-05", "2026-01-05")),
    ],
)
def test_a_consent_holds_for_its_period_and_until_it_is_revoked(
    tmp_path: Path, status: str, period: dict[str, str], days: tuple[str, str | None]
) -> None:
    found = reading(tmp_path, agreed(status, provision={"period": period}, meta=updated(4)))
    (row,) = found.rows(Kind.CONSENT)
    assert (str(row.begins), str(row.ends) if row.ends else None) == days


def test_every_load_says_that_consents_are_not_enforced(tmp_path: Path) -> None:
    found = reading(tmp_path, agreed(), agreed(provision=DENY), agreed("proposed"))
    said = [(o.problem.message, o.count) for o in found.oddities]
    assert said == [
        ("A Consent was kept; it is not enforced yet.", 2),
        ("A Consent that is proposed was passed over.", 1),
    ]


def test_forms_and_narratives_are_not_kept(tmp_path: Path) -> None:
    form = {"sourceAttachment": {"data": "c2Nhbg=="}, "text": {"div": "<div>Ana</div>"}}
    actors = {"type": "deny", "actor": [{"reference": {"reference": "Organization/2"}}]}
    (raw,) = reading(tmp_path, agreed(**form, provision=actors)).of(Kind.CONSENT)
    kept = orjson.dumps(raw.fields["payload"]).decode()
    assert "Organization/2" in kept
    assert "c2Nhbg" not in kept
    assert "div" not in kept


async def test_a_consent_is_kept_with_its_child_and_revoked_by_a_later_version(
    world: World, tmp_path: Path
) -> None:
    given, revoked = agreed(meta=updated(1)), agreed("inactive", meta=updated(4))
    report = await send(world, tmp_path, ANA, given)
    assert counts(report, Kind.CONSENT) == {"CREATED": 1}
    assert counts(await send(world, tmp_path, revoked), Kind.CONSENT) == {"UPDATED": 1}
    assert counts(await send(world, tmp_path, given), Kind.CONSENT) == {"UNCHANGED": 1}
    kept = await rows(
        world, "SELECT decision, ends::text, payload->>'id' FROM consent JOIN child USING (child_id)"
    )
    assert kept == [("PERMIT", "2026-03-04", "n1")]
    # A signature of last school year does not say that the child was here then.
    assert await rows(world, "SELECT count(*) FROM child_year") == [(1,)]
