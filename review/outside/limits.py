"""How much may be written on the public form: counted in memory, by address and in all."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable

WINDOW_S = 600.0
PER_ADDRESS = 5  #: messages from one address within the window
HOUR_S = 3600.0
ADDRESSES_KEPT = 5000


class WritingLimits:
    """Addresses are forgotten with the process, and never written down.

    Args:
        per_hour: messages taken an hour, all visitors together.
        clock: seconds, monotonic; tests let it jump.
    """

    def __init__(self, per_hour: int, clock: Callable[[], float]) -> None:
        self._per_hour = per_hour
        self._clock = clock
        self._all: deque[float] = deque()
        self._by_address: OrderedDict[str, deque[float]] = OrderedDict()

    def allow(self, address: str) -> bool:
        """Count one more message, unless it is one too many."""
        now = self._clock()
        mine = self._by_address.setdefault(address, deque())
        self._by_address.move_to_end(address)
        while len(self._by_address) > ADDRESSES_KEPT:
            self._by_address.popitem(last=False)
        _drop(mine, now - WINDOW_S)
        _drop(self._all, now - HOUR_S)
        if len(mine) >= PER_ADDRESS or len(self._all) >= self._per_hour:
            return False
        mine.append(now)
        self._all.append(now)
        return True


def _drop(moments: deque[float], before: float) -> None:
    while moments and moments[0] < before:
        moments.popleft()
