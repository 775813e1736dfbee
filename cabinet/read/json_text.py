"""JSON text in the making, as an SQL expression."""


class Json:
    """Literal text and SQL expressions of type text, one after the other."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._text = ""

    def text(self, literal: str) -> "Json":
        self._text += literal
        return self

    def key(self, name: str, *, first: bool) -> "Json":
        """Write a response key, which GraphQL allows no quote in."""
        return self.text(f'{"" if first else ","}"{name}":')

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


def or_null(sql: str, place: str, *, nullable: bool) -> str:
    """Catch NULL: as JSON's null or, where the API promises a value, as an error that names the field."""
    return f"coalesce({sql}, 'null')" if nullable else f"coalesce({sql}, app_missing('{place}'))"
