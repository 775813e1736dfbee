"""Signatures a receiver can check, as https://www.standardwebhooks.com has them (symmetric, `v1`)."""

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode

_PREFIX = "whsec_"
_SECRET_BYTES = 32


def make_secret() -> str:
    """Return a new secret, in the form receivers' libraries expect."""
    return _PREFIX + b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def signed_headers(secret: str, message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """Return the three headers of a delivery; `timestamp` is the attempt's, in seconds of the epoch."""
    key = b64decode(secret.removeprefix(_PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    digest = hmac.new(key, signed, hashlib.sha256).digest()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{b64encode(digest).decode()}",
    }
