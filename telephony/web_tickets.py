"""Tickets: who may call from a browser, and how often.

A ticket is a signed moment, bound to the visitor's address, good once and for two minutes. The page
fetches one for each call; another site cannot, and one address gets few a minute. So the line is no
toy for strangers, without asking citizens for an account.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections import OrderedDict, deque
from collections.abc import Callable

WINDOW_S = 60.0
MOST_ADDRESSES = 20_000  #: remembered at once; the oldest are forgotten first
MOST_USED = 20_000
_LONGEST = 200


class TooOften(Exception):
    """This address asks too often."""


class BadTicket(Exception):
    """Not ours, not for this address, too old, or used already."""


class Tickets:
    """Gives tickets and takes them back.

    Args:
        per_address: tickets that one address gets within any 60 s.
        ttl_s: that a ticket holds.
        clock: seconds; only differences count.
    """

    def __init__(
        self,
        *,
        per_address: int = 6,
        ttl_s: float = 120.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._key = secrets.token_bytes(32)  # a restart makes old tickets void, and that is fine
        self._per_address = per_address
        self._ttl_s = ttl_s
        self._clock = clock
        self._given: OrderedDict[str, deque[float]] = OrderedDict()
        self._used: OrderedDict[str, float] = OrderedDict()

    def give(self, address: str) -> str:
        """A ticket for a visitor at this address.

        Raises:
            TooOften: it got enough.
        """
        now = self._clock()
        times = self._given.setdefault(address, deque())
        self._given.move_to_end(address)
        while len(self._given) > MOST_ADDRESSES:
            self._given.popitem(last=False)
        while times and times[0] <= now - WINDOW_S:
            times.popleft()
        if len(times) >= self._per_address:
            raise TooOften
        times.append(now)
        head = f"{now + self._ttl_s:.3f}.{secrets.token_hex(8)}"
        return f"{head}.{self._sign(head, address)}"

    def take(self, ticket: str, address: str) -> None:
        """Use a ticket up.

        Raises:
            BadTicket: it is not good, or not any more.
        """
        head, _, signature = ticket[:_LONGEST].rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._sign(head, address).encode()):
            raise BadTicket
        now = self._clock()
        while self._used and next(iter(self._used.values())) <= now:
            self._used.popitem(last=False)
        expires = float(head.partition(".")[0])  # signed: it is our own writing
        if expires <= now or head in self._used or len(self._used) >= MOST_USED:
            raise BadTicket
        self._used[head] = expires

    def _sign(self, head: str, address: str) -> str:
        said = f"{head}|{address}".encode()
        return hmac.new(self._key, said, hashlib.sha256).hexdigest()
