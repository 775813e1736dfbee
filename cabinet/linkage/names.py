"""Names as they are compared."""

import unicodedata


def plain(name: str) -> str:
    """Return the letters and digits of a name in lower case, without accents: `José-Luis` is `joseluis`."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in decomposed if letter.isalnum())


def name_key(given_name: str | None, family_name: str | None) -> str | None:
    """Return given and family name as compared, or None where either has no letters at all."""
    given, family = plain(given_name or ""), plain(family_name or "")
    return f"{given} {family}" if given and family else None
