"""The signature of a POST between us and another system, in both directions.

X-Allomairie-Timestamp: 1764063000                     seconds since 1970, UTC
X-Allomairie-Signature: sha256=<hex of HMAC-SHA256(secret, timestamp + "." + body)>
"""

from __future__ import annotations

import hashlib
import hmac

TIMESTAMP = "X-Allomairie-Timestamp"
SIGNATURE = "X-Allomairie-Signature"
OLDEST_S = 300  #: a signature of longer ago is refused: somebody may have kept the request


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """The value of the header."""
    signed = f"{timestamp}.".encode() + body
    return f"sha256={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"


def is_signed(secret: str, timestamp: str, given: str, body: bytes, now_s: float) -> bool:
    """Whether a body was signed with this secret, just now."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    wanted = signature(secret, int(timestamp), body)
    fresh = abs(now_s - int(timestamp)) <= OLDEST_S
    return hmac.compare_digest(wanted.encode(), given.encode()) and fresh
