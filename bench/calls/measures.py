"""What a caller's ear measures: pure functions on moments of sound.

`loud` is the list of moments (UNIX time, ascending) at which a frame of 20 ms with sound arrived.
Every moment is that of a packet, so each figure is exact to one frame at each end.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

FRAME_S = 0.02
GAP_S = 0.2  #: silence inside a reply from which it is a gap
SENTENCE_S = 0.7  #: the longest silence that a voice makes between two sentences
STOPPED_S = 0.4  #: silence from which the bot has stopped, not paused between words
WORD_S = 0.1  #: of sound in half a second: less is a click
CLOCK_ERROR_MS = 20.0  #: at each end


def first_after(loud: Sequence[float], moment: float) -> float | None:
    """The first sound after a moment."""
    at = bisect_right(loud, moment)
    return loud[at] if at < len(loud) else None


def silences(loud: Sequence[float], start: float, end: float) -> list[float]:
    """Lengths in seconds of the silences between sounds of an interval, over `GAP_S`."""
    inside = loud[bisect_left(loud, start) : bisect_right(loud, end)]
    gaps = (later - earlier - FRAME_S for earlier, later in pairwise(inside))
    return [round(gap, 3) for gap in gaps if gap > GAP_S]


def gaps_that_are_no_pause(found: Sequence[float], pauses: int) -> list[float]:
    """Silences inside a reply that its text does not explain.

    Args:
        found: silences of the reply, seconds.
        pauses: marks inside the reply's text at which a voice may pause.

    Returns:
        Those over `SENTENCE_S`, and the longest ones beyond the number of marks.
    """
    long = [gap for gap in found if gap > SENTENCE_S]
    rest = sorted((gap for gap in found if gap <= SENTENCE_S), reverse=True)
    unexplained = max(0, len(found) - pauses - len(long))
    return long + rest[:unexplained]


def stopped_at(loud: Sequence[float], onset: float, until: float) -> float | None:
    """When the bot fell silent after the caller's first sound: the end of its last one.

    Args:
        onset: the caller's first sound, while the bot speaks.
        until: how far to look: where the caller's own turn ends and the next reply may begin.

    Returns:
        UNIX time, None when it did not fall silent for `STOPPED_S`.
    """
    sounding = onset
    for moment in loud[bisect_left(loud, onset) : bisect_right(loud, until)]:
        if moment - sounding > STOPPED_S:
            return sounding
        sounding = moment + FRAME_S
    return sounding if until - sounding > STOPPED_S else None


def spoke_within(loud: Sequence[float], start: float, end: float) -> bool:
    """Whether the bot said something in an interval in which it should be silent."""
    inside = loud[bisect_left(loud, start) : bisect_right(loud, end)]
    needed = round(WORD_S / FRAME_S)
    pairs = zip(inside, inside[needed - 1 :], strict=False)
    return any(last - first < 0.5 for first, last in pairs)


def percentile(values: Sequence[float], share: float) -> float | None:
    """The value under which this share (0 to 1) lies, interpolated; None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def summary(values: Sequence[float]) -> dict[str, Any]:
    """`{"median", "p95", "min", "max", "n"}`, one decimal."""
    names = {"median": 0.5, "p95": 0.95, "min": 0.0, "max": 1.0}
    found = {name: percentile(values, share) for name, share in names.items()}
    rounded = {name: None if v is None else round(v, 1) for name, v in found.items()}
    return {**rounded, "n": len(values)}


@dataclass(frozen=True)
class Written:
    """One turn as the server wrote it down."""

    began: float  #: UNIX time at which its reply began
    heard: str
    reply: str = ""
    sheet: str = ""
    timings: dict[str, float] | None = None  #: ms of each stage

    @property
    def said(self) -> float:
        """UNIX time at which the caller had finished, as far as the server wrote that down.

        A reply may come so late that the caller has asked something else by then.
        """
        return self.began - (self.timings or {}).get("voice_to_voice", 0.0) / 1000


def turns_of(asked: Sequence[float], written: Sequence[Written]) -> list[list[Written]]:
    """The turns that belong to each question: those that were said after it began, before the next.

    Args:
        asked: UNIX time at which each question began, ascending.
    """
    found: list[list[Written]] = [[] for _ in asked]
    for turn in written:
        at = bisect_right(asked, turn.said) - 1
        if at >= 0:
            found[at].append(turn)
    return found
