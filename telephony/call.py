"""One call as everything above the wire sees it, whether it came by SIP or from a browser."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from pipecat.processors.frame_processor import FrameProcessor

from records.drafts import MediaStats
from telephony.gate import Gate

Pcm = NDArray[np.int16]


class TransferRefused(Exception):
    """The transfer did not happen; the message says why and the caller is still on the line."""


class CallerGone(TransferRefused):
    """The transfer did not happen: the caller hung up."""


@dataclass(frozen=True)
class Handover:
    """What the desk that takes a call over is shown and told."""

    service: str = ""  #: its name as spoken
    reference: str = ""  #: of the call in the records
    announcement: str = ""  #: who calls and about what; said where the bot calls the desk
    keys: str = ""  #: which keys take and decline the call
    farewell: str = ""  #: said to a desk whose caller hung up meanwhile
    speak: Callable[[str], Coroutine[Any, Any, Pcm]] | None = None  #: renders French at 8 kHz


@dataclass(frozen=True)
class CallInfo:
    """What is known of a call when it arrives."""

    channel: str  #: "sip", "webrtc", or "text" for a conversation in writing
    caller: str = ""  #: the calling user part or number; empty when anonymous
    dialled: str = ""  #: the user part that was dialled
    sip_call_id: str = ""
    peer: str = ""  #: name of the declared peer that the call came from


class GatedTransport(Protocol):
    """A pipecat transport whose speech can be held in front of the wire."""

    @property
    def gate(self) -> Gate:
        """Holds the speech of this call."""

    def input(self) -> FrameProcessor:
        """Where the caller's audio enters the pipeline."""

    def output(self) -> FrameProcessor:
        """Where the bot's speech leaves it."""


class Call(Protocol):
    """A carried call. Methods ask; the call is over only when `closed` resolves."""

    @property
    def info(self) -> CallInfo:
        """Who calls, on which line."""

    @property
    def transport(self) -> GatedTransport:
        """The pipecat transport of the call's audio."""

    @property
    def rate_hz(self) -> int:
        """The rate of the call's audio, once answered."""

    async def answer(self) -> None:
        """Accept the call; media flows afterwards.

        Raises:
            ConnectionError: the caller is already gone, or the offer cannot be served.
        """

    async def hangup(self) -> None:
        """End the call; a call already gone is not an error."""

    @property
    def passed_to(self) -> str:
        """The desk that has the caller now, as far as the network told; empty when none has."""

    async def transfer(
        self, target: str, *, timeout_s: float, handover: Handover | None = None
    ) -> None:
        """Pass the caller to `target`, an extension of the town's directory.

        Args:
            timeout_s: how long the desk may ring.

        Raises:
            CallerGone: the caller hung up.
            TransferRefused: refused, busy or unanswered; the caller is still here.
        """

    async def wait_closed(self) -> str:
        """Wait for the end of the call; returns the network's reason."""

    def report(self) -> MediaStats:
        """Media statistics, complete once the call is closed."""

    def on_key(self, callback: Callable[[str], None]) -> None:
        """Deliver each DTMF digit the caller presses."""

    async def publish(self, message: dict[str, object]) -> None:
        """Show a line of the live transcript where the channel has a screen; else nothing."""


Handler = Callable[[Call], Awaitable[None]]
