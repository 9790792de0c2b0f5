"""Signatures of what goes out and comes in: HMAC-SHA256 over the moment and the body."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import UTC, datetime
from urllib.parse import quote, urlencode, urlsplit, urlunsplit


def publik_address(url: str, orig: str, secret: str, now: datetime, nonce: str = "") -> str:
    """The address with the signed query that Publik wants (orig, algo, timestamp, nonce).

    Source: Publik's documentation for developers, « signature des URLs ».
    """
    parts = urlsplit(url)
    added = (
        ("orig", orig),
        ("algo", "sha256"),
        ("timestamp", f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"),
        ("nonce", nonce or secrets.token_hex(16)),
    )
    query = f"{parts.query}&{urlencode(added)}".lstrip("&")
    digest = hmac.new(secret.encode(), query.encode(), hashlib.sha256).digest()
    signed = f"{query}&signature={quote(base64.b64encode(digest).decode(), safe='')}"
    return urlunsplit(parts._replace(query=signed))
