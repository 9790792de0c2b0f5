"""Tokens of the public form: a page of ours, opened by this browser, not too long ago."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable

VALID_S = 4 * 3600.0  #: somebody who writes slowly, or was interrupted


class Tokens:
    """Signs with a key of this process: a restart asks everybody to send once more.

    Args:
        clock: seconds, monotonic.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._key = secrets.token_bytes(32)
        self._clock = clock

    def issue(self, browser: str) -> str:
        """A token for the browser with this cookie."""
        at = str(int(self._clock()))
        return f"{at}.{self._signed(browser, at)}"

    def valid(self, browser: str, token: str) -> bool:
        """Whether a token is ours, of this browser, and of now."""
        at, _, given = token.partition(".")
        if not browser or not (at.isascii() and at.isdigit() and len(at) <= 12):
            return False
        right = hmac.compare_digest(self._signed(browser, at).encode(), given.encode())
        return right and 0 <= self._clock() - int(at) + 1 <= VALID_S

    def _signed(self, browser: str, at: str) -> str:
        return hmac.new(self._key, f"{browser}.{at}".encode(), hashlib.sha256).hexdigest()
