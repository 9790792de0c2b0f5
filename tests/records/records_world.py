"""What the tests of the records share: a key, and a clock that jumps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

HASH_KEY = b"a key that is only used in tests"


class Clock:
    """Tells the time it was given, until it is moved."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def move(self, **delta: float) -> datetime:
        self.time += timedelta(**delta)
        return self.time
