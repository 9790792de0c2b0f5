"""Admits calls from browsers and owns them while they last."""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, field_validator

from telephony.browser_call import BadOffer, BrowserCall
from telephony.call import Call
from telephony.ice import Ice
from telephony.web_tickets import BadTicket, Tickets, TooOften

logger = logging.getLogger("allomairie.telephony")

MOST_CALLS = 8  #: from browsers at once
SDP_CHARS = 20_000  #: a browser's audio offer has 2,000 to 8,000
MOST_CANDIDATES = 50  #: addresses that we would try to reach
RATE_WINDOW_S = 60.0
STOP_S = 10.0

_MEDIA = re.compile(r"^m=(\S+)", re.MULTILINE)


class Carrier(Protocol):
    """What carries a call from answer to hang-up: `telephony.session.Session`."""

    async def run(self, call: Call) -> None:
        """Answer, converse, remember.

        Raises:
            ConnectionError: the call could not be answered.
        """


class Offer(BaseModel):
    """What the page sends: an SDP offer (RFC 8866) of one audio stream and a data channel."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sdp: str = Field(min_length=1, max_length=SDP_CHARS)
    type: Literal["offer"]
    ticket: str = Field(max_length=200, description='From /api/ticket; "" to resume a call.')
    resume: str = Field("", max_length=100, description="Of the call to go on with.")

    @field_validator("sdp")
    @classmethod
    def _audio_only(cls, sdp: str) -> str:
        if _MEDIA.findall(sdp) not in (["audio"], ["audio", "application"]):
            raise ValueError("the offer must hold one audio stream and at most a data channel")
        if sdp.count("a=candidate:") > MOST_CANDIDATES:
            raise ValueError(f"the offer has more than {MOST_CANDIDATES} candidates")
        return sdp


@dataclass(frozen=True)
class Refusal:
    """Why a call is not taken: an HTTP status and a French sentence that names {phone}."""

    status: int
    template: str
    reason: str = "visitor"  #: a word for counting; "visitor": his page asked wrongly

    def sentence(self, phone: str) -> str:
        """What the visitor reads."""
        return self.template.format(phone=phone)


class Refused(Exception):
    """A call was not taken."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.template)
        self.refusal = refusal


_OR_PHONE = ", ou appelez la mairie au {phone}."
_UNREADABLE = (
    "La demande d'appel de votre navigateur n'a pas été comprise. "
    "Rechargez la page et réessayez" + _OR_PHONE
)
BAD_OFFER = Refusal(422, _UNREADABLE)
NOT_JSON = Refusal(415, _UNREADABLE)
TOO_LARGE = Refusal(413, _UNREADABLE)
TOO_MANY = Refusal(
    429,
    "Beaucoup d'appels arrivent par cette page en ce moment. Réessayez dans une minute" + _OR_PHONE,
    "rate",
)
ALL_BUSY = Refusal(
    503, "Toutes nos lignes sont occupées. Réessayez dans quelques minutes" + _OR_PHONE, "busy"
)
STOPPING = Refusal(
    503, "Le service redémarre. Réessayez dans quelques minutes" + _OR_PHONE, "draining"
)
BAD_TICKET = Refusal(
    403, "Cette page est ouverte depuis trop longtemps. Rechargez-la et réessayez" + _OR_PHONE
)
TOO_OFTEN = Refusal(
    429, "Vous avez appelé plusieurs fois en peu de temps. Patientez une minute" + _OR_PHONE, "rate"
)
OVER = Refusal(410, "La liaison a été coupée trop longtemps. Appelez de nouveau" + _OR_PHONE)
ELSEWHERE = Refusal(403, "Les appels ne partent que de la page de la mairie. Appelez le {phone}.")
DRAINING = Refusal(
    503, "L'assistant ne prend plus d'appel pour le moment. Appelez le {phone}.", "draining"
)
DISABLED = Refusal(
    503, "Les appels depuis cette page ne sont pas ouverts. Appelez la mairie au {phone}.", "closed"
)


class WebCalls:
    """The calls from browsers; whoever made it closes it.

    Args:
        session: carries each call.
        enabled: whether calls are taken at all.
        per_minute: calls begun within any 60 s, all visitors together.
        most: calls at once.
        ice: STUN and TURN servers, for both sides.
        tickets: who may call how often; default: six a minute and address.
        clock: seconds, monotonic.
    """

    def __init__(
        self,
        session: Carrier,
        *,
        enabled: bool,
        per_minute: int,
        most: int = MOST_CALLS,
        ice: Ice | None = None,
        tickets: Tickets | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._session = session
        self.enabled = enabled
        self._per_minute = per_minute
        self._most = most
        self._clock = clock
        self._begun: deque[float] = deque()
        self._arriving = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = False
        self.refusing = False  #: no new calls for now; those in progress go on
        self._ice = ice or Ice()
        self._tickets = tickets or Tickets(clock=clock)
        self._resumable: dict[str, BrowserCall] = {}
        self.refused: Counter[str] = Counter()  #: calls not taken, by `Refusal.reason`

    @property
    def active(self) -> int:
        """Calls arriving or being carried."""
        return self._arriving + len(self._tasks)

    def ticket(self, address: str) -> dict[str, object]:
        """What a page needs to call: `ticket`, `ice_servers` and `relay_only`.

        Raises:
            Refused: not now, or not this address.
        """
        with self._counting():
            self._must_be_open()
            try:
                ticket = self._tickets.give(address)
            except TooOften:
                raise Refused(TOO_OFTEN) from None
        servers = self._ice.for_page(time.time())
        return {"ticket": ticket, "ice_servers": servers, "relay_only": self._ice.relay_only}

    async def take(self, offer: Offer, address: str) -> dict[str, str]:
        """Begin a call, or go on with one; returns `sdp`, `type`, `pc_id` and `resume`.

        Args:
            address: the visitor's, to which the ticket was given.

        Raises:
            Refused: not now, or not this offer.
        """
        if offer.resume:
            return await self._resume(offer)
        with self._counting():
            self._must_be_open()
            try:
                self._tickets.take(offer.ticket, address)
            except BadTicket:
                raise Refused(BAD_TICKET) from None
            self._admit()
        self._arriving += 1
        try:
            servers = self._ice.for_server(time.time())
            call = await BrowserCall.from_offer(offer.sdp, ice=servers)
        except BadOffer as error:
            logger.info("an offer was refused: %s", type(error.__cause__).__name__)
            raise Refused(BAD_OFFER) from error
        finally:
            self._arriving -= 1
        if self._stopping:
            await call.hangup()
            raise Refused(STOPPING)
        resume = secrets.token_urlsafe(24)
        self._resumable[resume] = call
        task = asyncio.create_task(self._carry(call, resume))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return {**call.sdp_answer, "resume": resume}

    async def _resume(self, offer: Offer) -> dict[str, str]:
        """The same conversation over a new connection; its secret is the right to it."""
        call = self._resumable.get(offer.resume)
        if call is None:
            raise Refused(OVER)
        try:
            await call.resume(offer.sdp, self._ice.for_server(time.time()))
        except BadOffer as error:
            logger.info("a call could not be resumed: %s", type(error.__cause__).__name__)
            raise Refused(OVER) from error
        return {**call.sdp_answer, "resume": offer.resume}

    @contextmanager
    def _counting(self) -> Iterator[None]:
        try:
            yield
        except Refused as refused:
            self.refused[refused.refusal.reason] += 1
            raise

    def _must_be_open(self) -> None:
        if not self.enabled:
            raise Refused(DISABLED)
        if self._stopping:
            raise Refused(STOPPING)
        if self.refusing:
            raise Refused(DRAINING)

    def _admit(self) -> None:
        now = self._clock()
        while self._begun and self._begun[0] <= now - RATE_WINDOW_S:
            self._begun.popleft()
        if self.active >= self._most:
            raise Refused(ALL_BUSY)
        if len(self._begun) >= self._per_minute:
            raise Refused(TOO_MANY)
        self._begun.append(now)

    async def _carry(self, call: BrowserCall, resume: str) -> None:
        try:
            await self._session.run(call)
        except ConnectionError as error:
            logger.info("a call from a browser was not answered: %s", error)
        except Exception:
            logger.exception("a call from a browser failed")
        finally:
            self._resumable.pop(resume, None)
            await call.hangup()

    async def drain(self, timeout_s: float) -> int:
        """Take no more calls, let the others finish; returns how many had not after `timeout_s`."""
        self._stopping = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=timeout_s)
        return self.active

    async def close(self) -> None:
        """Take no more calls and end those in progress."""
        self._stopping = True
        for task in list(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=STOP_S)
