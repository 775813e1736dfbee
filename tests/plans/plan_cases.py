"""A case of a plan as it stands in a file: a promise, who asks, the query; then SQL, answer and audit."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

CASES = Path(__file__).with_name("cases")


@dataclass(frozen=True)
class Case:
    path: Path
    promise: str
    viewer: str
    variables: dict[str, Any]
    query: str

    @classmethod
    def read(cls, path: Path) -> "Case":
        text = path.read_text()
        head, query = re.split(r"^```graphql\n(.*?)^```", text, maxsplit=1, flags=re.MULTILINE | re.DOTALL)[:2]
        promise, _, said = head.partition("\n\n")
        lines = dict(line.split(": ", 1) for line in said.strip().splitlines() if line)
        return cls(path, promise, lines["viewer"], orjson.loads(lines.get("variables", "{}")), query)

    def settle(self, text: str) -> None:
        """Compare the file with what it should be; where asked to, write it."""
        if os.environ.get("CABINET_REMAKE_PLANS"):
            self.path.write_text(text)
        assert self.path.read_text() == text

    def text(self, sql: str, answer: Any, audit: list[str]) -> str:
        """Return the whole file, as it should be."""
        variables = f"variables: {orjson.dumps(self.variables).decode()}\n" if self.variables else ""
        shown = orjson.dumps(answer, option=orjson.OPT_INDENT_2).decode()
        audited = "".join(f"audit: {line}\n" for line in audit)
        return (
            f"{self.promise}\n\nviewer: {self.viewer}\n{variables}\n```graphql\n{self.query}```\n\n"
            f"```sql\n{sql}\n```\n\n```json\n{shown}\n```\n" + (f"\n{audited}" if audited else "")
        )


def cases() -> list[Path]:
    return sorted(CASES.glob("*.md"))
