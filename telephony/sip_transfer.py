"""The caller's side of a transfer over SIP: REFER, REFER with Replaces, or a bridge."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from baresip import Call as BaresipCall
from baresip import CallState
from baresip.errors import BaresipError, StaleHandleError, TransferFailed

from telephony.bridge import Bridge
from telephony.call import CallerGone, Handover, TransferRefused
from telephony.mono import Mono
from telephony.presented import presented
from telephony.sip_desk import Desks, SipDesk
from telephony.targets import Target
from telephony.transfer import DeskSide, NotSupported, TransferSettings

logger = logging.getLogger("allomairie.telephony")

#: final answers to REFER that speak of the method, not of the desk
NO_REFER = frozenset({400, 401, 403, 405, 406, 407, 415, 416, 420, 421, 489, 500, 501, 502, 513})
NO_ANSWER = frozenset({408, 480, 487})
BUSY = frozenset({486, 600})
RESUME_TRIES, RESUME_EVERY_S = 20, 0.1  #: while another re-INVITE is under way
REPLACED_S = 3.0  #: for the desk's telephone to end the call that was replaced


@dataclass(frozen=True)
class Leg:
    """What a transfer needs of the caller's call."""

    call: BaresipCall
    number: str  #: of the caller; empty when anonymous
    ipbx: str  #: host[:port] that a blind transfer names: where the call came from
    dials_at: str  #: host[:port] where the bot calls desks itself; empty: nowhere
    wait_closed: Callable[[], Awaitable[str]]
    detach: Callable[[], None]  #: the bot hears and says nothing any more
    passed: Callable[[], None]  #: tells that the desk has the caller


class SipCaller:
    """`telephony.transfer.CallerSide` over one baresip call."""

    def __init__(self, leg: Leg, desks: Desks, settings: TransferSettings) -> None:
        self._leg = leg
        self._desks = desks
        self._settings = settings

    async def dial(self, target: Target, handover: Handover) -> SipDesk:
        """Call the desk, under the town's own number."""
        if not (target.uri or self._leg.dials_at):
            raise TransferRefused(
                "set sip.extensions_at: the bot calls desks only where the town says that they are"
            )
        shown = presented(
            handover.service,
            self._settings.town_number,
            outside=target.outside,
            caller=self._leg.number,
            reference=handover.reference,
            host=self._desks.address,
        )
        uri = target.at(self._leg.dials_at, self._settings.outside_prefix)
        return await self._desks.dial(uri, shown)

    async def refer(self, target: Target, timeout_s: float) -> None:
        """Blind transfer by REFER."""
        try:
            await self._leg.call.transfer(
                target.at(self._leg.ipbx, self._settings.outside_prefix), timeout=timeout_s
            )
        except TransferFailed as error:
            raise self._why(error) from error
        except StaleHandleError as error:
            raise CallerGone("the caller hung up") from error
        except (BaresipError, ValueError) as error:
            raise self._gone() or TransferRefused(str(error)) from error

    async def replace(self, desk: DeskSide, timeout_s: float) -> None:
        """Attended transfer by REFER with Replaces (RFC 3891, 5589)."""
        if not isinstance(desk, SipDesk):
            raise NotSupported("the desk is not on SIP")
        try:
            await self._leg.call.attended_transfer(desk.call, timeout=timeout_s)
        except (BaresipError, ValueError) as error:
            if gone := self._gone():
                raise gone from error
            await self._off_hold(self._leg.call)
            await self._off_hold(desk.call)
            raise TransferRefused(str(error)) from error
        self._leg.passed()
        self._desks.spawn(_end_if_left(desk))

    def join(self, desk: DeskSide) -> None:
        """Bridge the two calls."""
        if not isinstance(desk, SipDesk):
            raise NotSupported("the desk is not on SIP")
        self._leg.detach()
        self._leg.passed()
        self._desks.spawn(self._bridged(desk))

    async def wait_closed(self) -> str:
        """Wait for the end of the caller's call."""
        return await self._leg.wait_closed()

    async def _bridged(self, desk: SipDesk) -> None:
        """Until one of them hangs up; then the other's call ends too."""
        bridge = Bridge(Mono(self._leg.call.audio), desk.sound)
        passing = asyncio.ensure_future(bridge.run())
        ends = [asyncio.ensure_future(side.wait_closed()) for side in (self, desk)]
        try:
            await asyncio.wait([passing, *ends], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (passing, *ends):
                task.cancel()
            late = [pipe.late_bytes for pipe in bridge.pipes]
            logger.info("bridge ended; bytes left out to caller and desk: %s", late[::-1])
            for call in (desk.call, self._leg.call):
                with contextlib.suppress(BaresipError):
                    await call.hangup()

    async def _off_hold(self, call: BaresipCall) -> None:
        for _ in range(RESUME_TRIES):
            try:
                await call.resume()
            except StaleHandleError:
                return
            except BaresipError:  # another re-INVITE is under way
                await asyncio.sleep(RESUME_EVERY_S)
            else:
                return
        logger.warning("a call could not be taken off hold after a refused transfer")

    def _why(self, error: TransferFailed) -> TransferRefused:
        if gone := self._gone():
            return gone
        if error.status in BUSY:
            return TransferRefused("the desk is busy")
        if error.status in NO_ANSWER or error.status is None:
            return TransferRefused(f"nobody answered: {error}")
        if error.status in NO_REFER:
            return NotSupported(str(error))
        return TransferRefused(str(error))

    def _gone(self) -> CallerGone | None:
        closed = self._leg.call.state is CallState.CLOSED
        return CallerGone("the caller hung up") if closed else None


async def _end_if_left(desk: SipDesk) -> None:
    """A telephone that took the replacing call ends the replaced one; if it does not, we do."""
    try:
        async with asyncio.timeout(REPLACED_S):
            await desk.wait_closed()
    except TimeoutError:
        desk.leave()
