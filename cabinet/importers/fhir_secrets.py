"""What never gets past the reading of a FHIR resource: social security numbers, maiden names, narratives."""

import re
from typing import Any

from cabinet.importers.documents import text
from cabinet.importers.fhir_values import codes, labels

SSN_SYSTEMS = frozenset({"http://hl7.org/fhir/sid/us-ssn", "urn:oid:2.16.840.1.113883.4.1"})
MAIDEN_NAME_EXTENSIONS = ("mothersMaidenName", "humanname-mothers-family")

_SSN = re.compile(r"\d{3}-\d{2}-\d{4}")


def without_secrets(value: Any) -> Any:
    """Return a value without what is secret anywhere in it."""
    if isinstance(value, dict):
        return {key: without_secrets(item) for key, item in value.items() if not is_secret(item)}
    if isinstance(value, list):
        return [without_secrets(item) for item in value if not is_secret(item)]
    return value


def is_secret(value: Any) -> bool:
    """Say whether this is a social security number, a maiden name, or a narrative that may repeat them."""
    if not isinstance(value, dict):
        return False
    return (
        "div" in value
        or text(value, "use") == "maiden"
        or text(value, "url").endswith(MAIDEN_NAME_EXTENSIONS)
        or _is_social_security_number(value)
    )


def _is_social_security_number(value: dict[str, Any]) -> bool:
    return (
        text(value, "system") in SSN_SYSTEMS
        or any(code.endswith("|SS") for code in codes(value, "type"))
        or any("social security" in label.casefold() for label in labels(value, "type"))
        or bool(_SSN.fullmatch(text(value, "value")))
    )
