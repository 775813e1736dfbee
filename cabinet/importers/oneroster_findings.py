"""What is found wrong in a OneRoster package: each with the diagnostic that the standard's validators use."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import NoReturn

from cabinet.errors import PackageInvalid

MAX_FINDINGS = 100
"""So many tell a vendor what to mend; a file of a million bad rows would say the same a million times."""


@dataclass(frozen=True)
class Finding:
    """One fault with its place. `row` is the line of the file, the header being 1."""

    diagnostic: str
    message: str
    file: str
    row: int = 1
    column: str = ""


def refuse(findings: Sequence[Finding]) -> NoReturn:
    """Raise PackageInvalid: the first fault as its message and detail, all of them as `problems`."""
    first = findings[0]
    others = f" ({len(findings) - 1} more were found.)" if len(findings) > 1 else ""
    raise PackageInvalid(
        first.message + others,
        diagnostic=first.diagnostic,
        file=first.file,
        row=first.row,
        column=first.column,
        problems=[asdict(finding) for finding in findings],
    )
