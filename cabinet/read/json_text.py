"""JSON text in the making, as an SQL expression."""


class Json:
    """Literal text and SQL expressions of type text, one after the other."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._text = ""

    def text(self, literal: str) -> "Json":
        self._text += literal
        return self

    def key(self, name: str) -> "Json":
        """Write a response key, which GraphQL allows no quote in; the first one comes straight after a brace."""
        return self.text(f'{"" if self._text.endswith("{") else ","}"{name}":')

    def sql(self, expression: "str | Json") -> "Json":
        self._flush()
        self._parts.append(str(expression))
        return self

    def __str__(self) -> str:
        self._flush()
        return " || ".join(self._parts)

    def _flush(self) -> None:
        if self._text:
            self._parts.append("'" + self._text.replace("'", "''") + "'")
            self._text = ""


def quoted_or_null(sql: str) -> str:
    return f"coalesce('\"' || {sql} || '\"', 'null')"


def absent(place: str, *, nullable: bool, null: str = "'null'") -> str:
    """Write what stands for no value: null or, where the API promises a value, an error that names the field."""
    return null if nullable else f"app_missing('{place}')"
