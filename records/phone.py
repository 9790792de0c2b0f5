"""Telephone numbers: shortened for logs, hashed for statistics."""

from __future__ import annotations

import hashlib
import hmac

MIN_KEY_BYTES = 16


def mask_number(number: str) -> str:
    """The number as logs may show it: "…5678".

    At most the last four characters, and never more than half; "" (anonymous) stays "".
    """
    if not number:
        return ""
    shown = min(4, len(number) // 2)
    return "…" + number[len(number) - shown :]


def check_hash_key(key: bytes) -> None:
    """Refuse a key that could be guessed: all French numbers can be tried in minutes.

    Raises:
        ValueError: one sentence.
    """
    if len(key) < MIN_KEY_BYTES:
        raise ValueError(
            f"the key that hashes callers' numbers has {len(key)} bytes; "
            f"give at least {MIN_KEY_BYTES} random bytes"
        )


def hash_number(number: str, key: bytes) -> str:
    """HMAC-SHA256 of the number, 64 hex digits; "" for an anonymous caller."""
    if not number:
        return ""
    return hmac.new(key, number.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
