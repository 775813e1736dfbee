"""Names as they are compared."""

import unicodedata

_ACCENTS = frozenset(map(chr, range(0x0300, 0x0370)))


def plain(name: str) -> str:
    """Return the letters and digits of a name in lower case, without accents: `José-Luis` is `joseluis`.

    Only the accents of Latin, Greek and Cyrillic letters are left out. In other scripts a mark is a vowel, and
    two names may differ in nothing else.
    """
    if name.isascii():
        small = name.lower()
        return small if small.isalnum() else "".join(filter(str.isalnum, small))
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(each for each in decomposed if each.isalnum() or _is_vowel_sign(each))


def _is_vowel_sign(letter: str) -> bool:
    return unicodedata.category(letter) in ("Mn", "Mc") and letter not in _ACCENTS


def name_key(given_name: str | None, family_name: str | None) -> str | None:
    """Return given and family name as compared, or None where either has no letters at all."""
    given, family = plain(given_name or ""), plain(family_name or "")
    return f"{given} {family}" if given and family else None
