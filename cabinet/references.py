"""An agency's own references to children: HMAC-SHA256 (RFC 2104) of the child's key, cut to the length of a key.

Two agencies' references to one child have nothing in common for who does not know the community's secret. The
database writes the same ones (`app_reference`); as it knows SHA-256 only, it is given the key as HMAC pads it.
"""

import hashlib
import hmac
from collections.abc import Callable
from uuid import UUID

_BLOCK, _KEY = 64, 16
_INNER, _OUTER = 0x36, 0x5C
_PURPOSE = b"child references of "


def padded_key(secret: bytes, organization_id: UUID) -> str:
    """Derive an organization's key from the community's secret; return its inner and outer padding, in hex."""
    key = hmac.digest(secret, _PURPOSE + organization_id.bytes, "sha256").ljust(_BLOCK, b"\x00")
    return "".join(bytes(byte ^ pad for byte in key).hex() for pad in (_INNER, _OUTER))


def reference(child_id: UUID, padded: str) -> UUID:
    """Return an organization's reference to a child, by its padded key."""
    return UUID(bytes=referrer(padded)(child_id))


def referrer(padded: str) -> Callable[[UUID], bytes]:
    """Return what makes the bytes of an organization's references, for many children."""
    inner, outer = (hashlib.sha256(bytes.fromhex(half)) for half in (padded[: 2 * _BLOCK], padded[2 * _BLOCK :]))

    def refer(child_id: UUID) -> bytes:
        # The key is the same for all of them, so that it goes through the hash only once.
        within, without = inner.copy(), outer.copy()
        within.update(child_id.bytes)
        without.update(within.digest())
        return without.digest()[:_KEY]

    return refer
