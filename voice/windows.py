"""Long turns in pieces that the model can hear: cut where the caller is quietest.

Whisper hears 30 s at once. A caller who talks for 45 s says what counts at the start or at the
end, so neither end may be dropped, and a cut in the middle of a word would cost two words.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LONGEST_S = 28.0  #: a piece, so that some silence still fits behind it
_EARLIEST = 0.6  #: share of a piece before which no cut is looked for
_QUIET_S = 0.20  #: length of the quiet moment that is looked for
_STEP_S = 0.02


def windows(
    samples: NDArray[np.float32], rate_hz: int, *, longest_s: float = LONGEST_S
) -> list[NDArray[np.float32]]:
    """Cut a turn into pieces of at most `longest_s` that together are the turn; [] when empty."""
    longest = int(longest_s * rate_hz)
    pieces = []
    rest = samples
    while len(rest) > longest:
        earliest = int(longest * _EARLIEST)
        cut = earliest + _quietest(rest[earliest:longest], rate_hz)
        pieces.append(rest[:cut])
        rest = rest[cut:]
    return [*pieces, rest] if rest.size else pieces


def _quietest(samples: NDArray[np.float32], rate_hz: int) -> int:
    """The middle, in samples, of the `_QUIET_S` with the least energy."""
    step = max(1, int(_STEP_S * rate_hz))
    count = len(samples) // step
    energy = np.square(samples[: count * step].reshape(count, step)).sum(axis=1)
    width = round(_QUIET_S / _STEP_S)
    if count <= width:
        return len(samples) // 2
    moments = np.convolve(energy, np.ones(width), mode="valid")
    return int((np.argmin(moments) + width / 2) * step)
