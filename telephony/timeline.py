"""Two voices on one clock: what arrives in pieces becomes a stereo recording with its silences.

The caller's pieces come when the network brings them, so that their own order says where they
belong and the clock only corrects it. The bot's are paced by the wire: each begins when the one
before ends, or now. Plain classes clocked by their callers; positions are samples since the start.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 16_000
JUMP = RATE_HZ // 4  #: later than this by at once, and the caller's sound had a gap
WATCHED = RATE_HZ  #: a smaller lateness counts when it held for so long
SLACK = RATE_HZ // 50  #: what nobody hears: one packet

Samples = NDArray[np.int16]
Resample = Callable[[bytes], bytes]


class Track:
    """One voice; what was taken cannot change any more."""

    def __init__(self) -> None:
        self._base = 0
        self._samples = np.zeros(0, np.int16)
        self.end = 0  #: position after the last sample put

    def put(self, start: int, samples: Samples) -> None:
        """Write samples at a position; those before what was taken are lost."""
        late = max(0, self._base - start)
        samples, start = samples[late:], start + late
        self.end = max(self._base, start + len(samples))
        missing = self.end - self._base - len(self._samples)
        if missing > 0:
            self._samples = np.pad(self._samples, (0, missing))
        self._samples[start - self._base : self.end - self._base] = samples

    def cut(self, at: int) -> Samples:
        """Take back what lies after a position."""
        at = max(at, self._base)
        tail = self._samples[at - self._base : max(0, self.end - self._base)].copy()
        self._samples[at - self._base :] = 0
        self.end = min(self.end, at)
        return tail

    def take(self, until: int) -> Samples:
        """All up to a position, silence where nothing was put."""
        length = max(0, until - self._base)
        taken = self._samples[:length]
        self._samples = self._samples[length:]
        self._base += length
        return np.pad(taken, (0, length - len(taken)))


class Pace:
    """Where the pieces of a steady stream belong, although they arrive unevenly."""

    def __init__(self) -> None:
        self._end: int | None = None
        self._late: deque[tuple[int, int]] = deque()  #: when, by how much

    def place(self, arrived: int, length: int) -> int:
        """The position of a piece that arrived whole at `arrived`."""
        if self._end is None or arrived - length - self._end > JUMP:
            return self._begin(arrived - length, length)
        self._late.append((arrived, arrived - length - self._end))
        while self._late[0][0] < arrived - WATCHED:
            self._late.popleft()
        start = self._end
        if arrived - self._late[0][0] >= WATCHED * 9 // 10:  # seen for long enough
            least, most = min(by for _, by in self._late), max(by for _, by in self._late)
            if least > SLACK:
                return self._begin(start + least, length)
            if most < -SLACK:
                return self._begin(start + most, length)
        self._end = start + length
        return start

    def _begin(self, start: int, length: int) -> int:
        self._late.clear()
        self._end = start + length
        return start


class Timeline:
    """Both voices of one call.

    Args:
        resampler: makes a stream's resampler from its rate to 16 kHz.
    """

    def __init__(self, resampler: Callable[[int], Resample]) -> None:
        self._resampler = resampler
        self._widen: dict[int, Resample] = {}
        self._caller, self._bot = Track(), Track()
        self._pace = Pace()
        self._back = np.zeros(0, np.int16)  #: what a hold took back

    def caller(self, at: int, samples: Samples) -> None:
        """The caller's sound at 16 kHz, whole at `at`."""
        self._caller.put(self._pace.place(at, len(samples)), samples)

    def bot(self, at: int, samples: Samples, rate_hz: int, *, played: bool) -> None:
        """The bot's sound on its way to the wire.

        Args:
            played: it has just been played; else it follows what is on its way.
        """
        if rate_hz not in self._widen:
            self._widen[rate_hz] = self._resampler(rate_hz)
        wide = np.frombuffer(self._widen[rate_hz](samples.tobytes()), np.int16)
        now = at - len(wide) if played else at
        self._bot.put(max(self._bot.end, now), wide)

    def cut(self, at: int) -> None:
        """An interruption emptied what was on its way."""
        self._bot.cut(at)
        self._back = self._back[:0]

    def hold(self, at: int) -> None:
        """What is on its way waits."""
        self._back = self._bot.cut(at)

    def release(self, at: int) -> None:
        """It goes on."""
        if len(self._back):
            self._bot.put(max(self._bot.end, at), self._back)
        self._back = self._back[:0]

    def take(self, until: int) -> Samples:
        """Both voices up to a position, (n, 2): the caller left, the bot right."""
        return np.stack([self._caller.take(until), self._bot.take(until)], axis=1)
