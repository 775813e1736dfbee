"""A Student record as received, without what must never be kept: social security numbers, papers, maiden names."""

import re
from collections.abc import Mapping
from typing import Any

from cabinet.importers.edfi_codes import bare_code
from cabinet.importers.edfi_export import Export
from cabinet.importers.values import fold
from cabinet.importers.xml_records import Node

NEVER = ("IdentificationDocument", "MaidenName")

SSN = ("ssn", "socialsecuritynumber")

_SSN = re.compile(r"\d{3}-\d{2}-\d{4}")


def received(node: Node) -> dict[str, Any]:
    """Return what a record says as plain values; elements of one name become a list."""
    values: dict[str, list[Any]] = {}
    for child in node.children:
        if not _is_secret(child):
            values.setdefault(child.name, []).append(received(child) if child.children else child.text)
    return {name: found if len(found) > 1 else found[0] for name, found in values.items()}


def identifier_of(export: Export, code: Node) -> Mapping[str, str]:
    """Return a StudentIdentificationCode by the system that partners share it under; nothing for a secret one."""
    export.report_unread(code, ("IdentificationCode", "StudentIdentificationSystem"))
    system = export.meaning("identifiers", code.first("StudentIdentificationSystem"))
    value = code.of("IdentificationCode")
    return {system: value} if system and value and not _is_secret(code) else {}


def _is_secret(node: Node) -> bool:
    return (
        node.name.endswith(NEVER)
        or bool(_SSN.fullmatch(node.text))
        or any(fold(bare_code(child.text)) in SSN for child in node.children)
        or any(_SSN.fullmatch(child.text) for child in node.children)
    )
