"""The calls that are being carried, as somebody at the terminal may look at them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from dialog.course import Course, Stage
from telephony.call import Call, CallInfo
from telephony.ledger import Ledger

LONGEST_LINE = 32  #: a caller who dials by hand may write anything


@dataclass(frozen=True)
class CallNow:
    """One call at the moment that was asked for; nothing of its caller."""

    reference: str  #: six digits; '-' when it is not written down
    channel: str
    line: str  #: the town's number that was dialled
    peer: str  #: the declared peer it came from; '' without one
    stage: Stage
    seconds: float  #: since it arrived
    turns: int


@dataclass
class Carried:
    """A call while it lasts."""

    call: Call
    ledger: Ledger
    since: float
    course: Course = field(default_factory=Course)

    def now(self, at: float) -> CallNow:
        """The call at a moment of the same clock as `since`."""
        info: CallInfo = self.call.info
        return CallNow(
            reference=self.ledger.reference,
            channel=info.channel,
            line=info.dialled[:LONGEST_LINE],
            peer=info.peer,
            stage=self.course.stage,
            seconds=max(0.0, at - self.since),
            turns=self.ledger.turns,
        )


class Progress:
    """All calls in progress, the oldest first. Used from one event loop.

    Args:
        clock: seconds, monotonic.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._carried: list[Carried] = []

    @contextmanager
    def carrying(self, call: Call, ledger: Ledger) -> Iterator[Carried]:
        """The call is in progress while the context lasts."""
        carried = Carried(call, ledger, self._clock())
        self._carried.append(carried)
        try:
            yield carried
        finally:
            self._carried.remove(carried)

    def calls(self) -> tuple[CallNow, ...]:
        """Every call as it is now."""
        now = self._clock()
        return tuple(carried.now(now) for carried in self._carried)
