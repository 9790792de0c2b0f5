"""What a caller hears while a desk rings: a ringing tone, and now and then that we are still there.

No music: it tells nothing, hides that nobody answers, and has to be paid for.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

import numpy as np

from telephony.call import Pcm
from telephony.waiting import Sleep

TONE_HZ = 440.0  #: the French ringing tone: 1.5 s in every 5 s
ON_S, OFF_S = 1.5, 3.5
LEVEL = 0.06  #: of full scale, -24 dBFS: under the voice
RAMP_S = 0.01
FIRST_S, EVERY_S = 8.0, 30.0  #: from the start to the first message, from one to the next


class Player(Protocol):
    """What plays samples to the caller."""

    @property
    def rate_hz(self) -> int:
        """The call's rate."""

    async def play(self, pcm: Pcm) -> None:
        """Play and return when it was sent."""


def ringing_tone(rate_hz: int) -> Pcm:
    """One ring, without clicks."""
    time_s = np.arange(int(ON_S * rate_hz)) / rate_hz
    ramp = np.clip(np.minimum(time_s, ON_S - time_s) / RAMP_S, 0, 1)
    tone = np.sin(2 * np.pi * TONE_HZ * time_s) * ramp * LEVEL * 32767
    return tone.astype(np.int16)


async def hold_on(player: Player, say: Callable[[], Awaitable[None]], sleep: Sleep) -> None:
    """Ring and reassure until cancelled.

    Args:
        say: says the waiting message.
        sleep: waits for seconds.
    """
    tone = ringing_tone(player.rate_hz)
    waited, due = 0.0, FIRST_S
    while True:
        if waited >= due:
            await say()
            due += EVERY_S
        await player.play(tone)
        await sleep(OFF_S)
        waited += ON_S + OFF_S
