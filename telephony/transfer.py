"""Passes a caller to a desk without losing anyone (requirements T05, Q03).

    blind     REFER ─ accepted ─► the network connects them; NOTIFY tells how it went
                    └ the peer does not transfer ─► bridge
    attended  call the desk ─► summary ─► key 1 ─► REFER with Replaces ─ refused ─► bridge
    bridge    call the desk ─► summary ─► key 1 ─► their audio passes through the bot

Whatever fails, the caller is still on the line and `TransferRefused` says why. Whoever hangs up at
whatever moment, the other leg is ended or given back: legs are reached through two small interfaces
so that every race can be played in a test.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, Protocol, TypeVar

from telephony.call import CallerGone, Handover, Pcm, TransferRefused
from telephony.targets import Rules, Target

logger = logging.getLogger("allomairie.telephony")

T = TypeVar("T")

JOIN_S = 8.0  #: for the peer to connect two parties who are both there already
ROUNDS = 2  #: the summary is said again to a desk that presses no key
ACCEPT, DECLINE = "1", "2"


class Mode(StrEnum):
    """How callers are passed on."""

    BLIND = "blind"
    ATTENDED = "attended"
    BRIDGE = "bridge"


class NotSupported(TransferRefused):
    """The peer does not do this kind of transfer; another one may work."""


@dataclass(frozen=True)
class TransferSettings:
    """How transfers are made."""

    mode: Mode = Mode.BLIND
    announce: bool = True  #: tell the desk the summary, where the bot calls it
    accept: Literal["key", "answer"] = "key"  #: how a desk takes the call
    decide_s: float = 20.0  #: for the desk to press a key
    bridges: bool = True  #: pass audio through the bot where the peer does not transfer
    outside_prefix: str = ""
    town_number: str = ""  #: shown to desks
    rules: Rules = field(default_factory=Rules)


class DeskSide(Protocol):
    """The bot's call to a desk."""

    async def ring(self, ring_s: float) -> None:
        """Wait until somebody answers and audio flows.

        Raises:
            TransferRefused: busy, refused or no answer.
        """

    async def play(self, pcm: Pcm) -> None:
        """Say something to the desk; returns when it was said."""

    async def key(self) -> str:
        """The next key that the desk presses."""

    async def wait_closed(self) -> str:
        """Wait for the end of this call."""

    def leave(self, farewell: Pcm | None = None) -> None:
        """End this call, in the background, after a last sentence."""


class CallerSide(Protocol):
    """The caller's call."""

    async def dial(self, target: Target, handover: Handover) -> DeskSide:
        """Call the desk.

        Raises:
            TransferRefused: it cannot be called.
        """

    async def refer(self, target: Target, timeout_s: float) -> None:
        """Blind transfer; returns once the far end says that the desk answered.

        Raises:
            NotSupported: the peer does not transfer.
            CallerGone: the caller hung up.
            TransferRefused: busy, refused or no answer.
        """

    async def replace(self, desk: DeskSide, timeout_s: float) -> None:
        """Attended transfer: the peer connects the caller and the desk.

        Raises:
            TransferRefused: it did not; both calls are still there, off hold.
        """

    def join(self, desk: DeskSide) -> None:
        """Pass their audio through the bot until one of them hangs up, which ends the other."""

    async def wait_closed(self) -> str:
        """Wait for the end of the caller's call."""


class Transfer:
    """One attempt to pass one caller to one desk."""

    def __init__(self, caller: CallerSide, settings: TransferSettings) -> None:
        self._caller = caller
        self._settings = settings

    async def run(self, target: Target, handover: Handover, ring_s: float) -> None:
        """Pass the caller; returns when the caller and the desk are connected.

        Raises:
            CallerGone: the caller hung up.
            TransferRefused: the caller is still here.
        """
        if self._settings.mode is not Mode.BLIND:
            await self._by_calling(target, handover, ring_s, asks=True)
            return
        try:
            await self._caller.refer(target, ring_s)
        except NotSupported as refusal:
            if not self._settings.bridges:
                raise
            logger.info("the peer does not transfer (%s): the bot calls the desk", refusal)
            await self._by_calling(target, handover, ring_s, asks=False)

    async def _by_calling(
        self, target: Target, handover: Handover, ring_s: float, *, asks: bool
    ) -> None:
        desk = await self._while_here(self._caller.dial(target, handover))
        announces, asks_key = asks and self._settings.announce, self._settings.accept == "key"
        words = _Words(handover, announces=announces, asks_key=asks_key)
        answered = False
        try:
            await self._while_here(desk.ring(ring_s))
            answered = True
            if asks:
                await self._while_here(self._ask(desk, words))
            await self._join(desk)
        except BaseException as error:
            gone = isinstance(error, CallerGone | asyncio.CancelledError)
            desk.leave(words.farewell if gone and answered and asks else None)
            raise
        finally:
            words.forget()

    async def _ask(self, desk: DeskSide, words: _Words) -> None:
        """Tell the desk who calls; returns when it takes the call."""
        announcement = await words.announcement()
        if self._settings.accept == "answer":
            if announcement is not None:
                await _unless_closed(desk, desk.play(announcement))
            return
        key = asyncio.create_task(desk.key())
        try:
            for _ in range(ROUNDS):
                pressed = await self._pressed(desk, key, announcement)
                while pressed not in ("", ACCEPT, DECLINE):  # a slip of the finger
                    key = asyncio.create_task(desk.key())
                    pressed = await self._pressed(desk, key, None)
                if pressed == ACCEPT:
                    return
                if pressed == DECLINE:
                    raise TransferRefused("the desk declined")
        finally:
            key.cancel()
        raise TransferRefused("the desk answered and did not take the call")

    async def _pressed(
        self, desk: DeskSide, key: asyncio.Task[str], announcement: Pcm | None
    ) -> str:
        """The key pressed while the desk is told, or soon after; empty when none is."""
        if announcement is not None:
            telling = asyncio.create_task(_unless_closed(desk, desk.play(announcement)))
            try:
                await asyncio.wait({key, telling}, return_when=asyncio.FIRST_COMPLETED)
                if not key.done():
                    await telling
            finally:
                telling.cancel()
        try:
            async with asyncio.timeout(self._settings.decide_s / ROUNDS):
                return await _unless_closed(desk, asyncio.shield(key))
        except TimeoutError:
            return ""

    async def _join(self, desk: DeskSide) -> None:
        if self._settings.mode is Mode.ATTENDED:
            try:
                await self._caller.replace(desk, JOIN_S)
            except CallerGone:
                raise
            except TransferRefused as refusal:
                if not self._settings.bridges:
                    raise
                logger.info("the peer does not connect them (%s): the bot does", refusal)
            else:
                return
        self._caller.join(desk)

    async def _while_here(self, doing: Coroutine[Any, Any, T]) -> T:
        """Do something unless the caller hangs up first."""
        return await _unless(doing, self._caller.wait_closed(), CallerGone("the caller hung up"))


async def _unless_closed(desk: DeskSide, doing: Coroutine[Any, Any, T] | asyncio.Future[T]) -> T:
    """Do something unless the desk hangs up first."""
    refusal = TransferRefused("the desk hung up before it took the call")
    return await _unless(doing, desk.wait_closed(), refusal)


async def _unless(
    doing: Coroutine[Any, Any, T] | asyncio.Future[T],
    closed: Coroutine[Any, Any, str],
    refusal: TransferRefused,
) -> T:
    """What `doing` gives; `refusal` when the call is closed by then."""
    work, end = asyncio.ensure_future(doing), asyncio.ensure_future(closed)
    try:
        await asyncio.wait({work, end}, return_when=asyncio.FIRST_COMPLETED)
        if end.done():
            raise refusal
        return await work
    finally:
        end.cancel()
        if not work.done():
            work.cancel()
            await asyncio.wait({work})  # nothing of it goes on beside what follows
        elif end.done() and not work.cancelled():
            work.exception()  # it failed because of the same end


class _Words:
    """What the desk is told, rendered while it rings."""

    def __init__(self, handover: Handover, *, announces: bool, asks_key: bool) -> None:
        speak = handover.speak
        self._tasks: list[asyncio.Task[Pcm]] = []
        if speak is not None and announces and handover.announcement:
            told = f"{handover.announcement} {handover.keys if asks_key else ''}".strip()
            texts = [told, handover.farewell]
            self._tasks = [asyncio.create_task(speak(text)) for text in texts if text]

    async def announcement(self) -> Pcm | None:
        """The summary and the keys; None when it cannot be said: the desk hears the caller."""
        if not self._tasks:
            return None
        try:
            return await self._tasks[0]
        except Exception:
            logger.exception("the summary for the desk could not be rendered")
            return None

    @property
    def farewell(self) -> Pcm | None:
        """What a desk hears whose caller is gone, if it is ready."""
        last = self._tasks[-1] if len(self._tasks) > 1 else None
        failed = last is None or not last.done() or last.cancelled() or last.exception()
        return None if failed or last is None else last.result()

    def forget(self) -> None:
        """What is not rendered is not needed any more."""
        for task in self._tasks:
            task.cancel()
