"""What calls tell of themselves while they go on, for whoever counts: never a word of a caller.

The server hands a `Watch` to the session; without one nobody counts. Calls are named by channel and
outcome only, so that a count can be shown to anybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Protocol

from records.drafts import MediaStats, Outcome

#: reference of the call that the running task or thread works for; '' outside of calls
CALL: ContextVar[str] = ContextVar("allomairie_call", default="")


class Watch(Protocol):
    """Told of what happens; returns at once and never raises."""

    def turn(self, action: str, timings: Mapping[str, float], *, interrupted: bool) -> None:
        """A reply was said, whole or in part.

        Args:
            action: a word of dialog's vocabulary.
            timings: milliseconds by stage, as the records keep them.
        """

    def ended(self, channel: str, outcome: Outcome, stats: MediaStats, seconds: float) -> None:
        """A call is over; `seconds` since it arrived."""

    def wrote(self, ok: bool) -> None:
        """A write of the records was durable, or failed."""

    def broke(self, part: str) -> None:
        """A part of the program failed during a call, such as "decision"."""


class Nobody:
    """Counts nothing."""

    def turn(self, action: str, timings: Mapping[str, float], *, interrupted: bool) -> None:
        """Nothing."""

    def ended(self, channel: str, outcome: Outcome, stats: MediaStats, seconds: float) -> None:
        """Nothing."""

    def wrote(self, ok: bool) -> None:
        """Nothing."""

    def broke(self, part: str) -> None:
        """Nothing."""


NOBODY: Watch = Nobody()
