"""The slow half of a recording: placed, encoded, encrypted and written in a worker thread.

Nothing is stored before the caller was told (requirements R04): until `keep` the pages stay in
memory, and a call that ends before leaves nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

import numpy as np
from numpy.typing import NDArray

from records.ogg import PACKETS_A_PAGE, Pages
from records.recording_store import BeingMade
from records.recordings import Mark
from telephony.sip_transport import Widener
from telephony.timeline import RATE_HZ, Timeline
from voice.opus import OpusEncoder

NOTHING = np.zeros(0, np.int16)


class Kind(Enum):
    """What can happen to a recording."""

    CALLER = auto()
    BOT = auto()
    CUT = auto()
    HOLD = auto()
    RELEASE = auto()


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened, `at` samples of 16 kHz after the start."""

    kind: Kind
    at: int
    samples: NDArray[np.int16] = field(default_factory=lambda: NOTHING)
    rate_hz: int = RATE_HZ
    played: bool = False


class Tape:
    """One call's recording. Blocking; its owner lets one thread at a time in.

    Args:
        begin: makes the file, once the caller was told.
    """

    def __init__(self, begin: Callable[[], BeingMade]) -> None:
        self._begin = begin
        self._timeline = Timeline(Widener)
        self._encoder = OpusEncoder()
        self._pages = Pages(secrets.randbits(32), pre_skip=self._encoder.pre_skip, rate_hz=RATE_HZ)
        self._packets: list[bytes] = []
        self._held: list[bytes] = [self._pages.start()]
        self._file: BeingMade | None = None
        self._marks: Sequence[Mark] = ()

    def play(self, happenings: Iterable[Happening], until: int, marks: Sequence[Mark]) -> None:
        """Place what happened; encode and write what is older than `until`."""
        for one in happenings:
            self._place(one)
        self._packets += self._encoder.encode(self._timeline.take(until))
        while len(self._packets) >= PACKETS_A_PAGE:
            page, self._packets = self._packets[:PACKETS_A_PAGE], self._packets[PACKETS_A_PAGE:]
            self._write(self._pages.page(page))
        if self._file is not None and marks != self._marks:
            self._file.mark(marks)
            self._marks = marks

    def keep(self) -> None:
        """The caller was told: what is held in memory is stored, and what follows."""
        if self._file is None:
            self._file = self._begin()
            for page in self._held:
                self._file.append(page)
            self._held = []

    def finish(self, marks: Sequence[Mark]) -> None:
        """The call is over; what was never kept is forgotten."""
        if self._file is None:
            self._held = []
            return
        self._packets += self._encoder.finish()
        for at in range(0, len(self._packets), PACKETS_A_PAGE):
            page = self._packets[at : at + PACKETS_A_PAGE]
            last = at + PACKETS_A_PAGE >= len(self._packets)
            self._write(self._pages.page(page, last=last))
        self._file.finish(self._pages.seconds, marks)

    def drop(self, reason: str) -> None:
        """Erase all of it."""
        self._held, self._packets = [], []
        if self._file is not None:
            self._file.drop(reason)

    def give_up(self, marks: Sequence[Mark]) -> None:
        """The disk or the database failed: what is stored stays as it is."""
        self._held = []
        if self._file is not None:
            self._file.finish(self._pages.seconds, marks, whole=False)

    def _place(self, one: Happening) -> None:
        timeline = self._timeline
        if one.kind is Kind.CALLER:
            timeline.caller(one.at, one.samples)
        elif one.kind is Kind.BOT:
            timeline.bot(one.at, one.samples, one.rate_hz, played=one.played)
        elif one.kind is Kind.CUT:
            timeline.cut(one.at)
        elif one.kind is Kind.HOLD:
            timeline.hold(one.at)
        else:
            timeline.release(one.at)

    def _write(self, page: bytes) -> None:
        if self._file is None:
            self._held.append(page)
        else:
            self._file.append(page)
