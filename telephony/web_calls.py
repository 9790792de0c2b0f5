"""Admits calls from browsers and owns them while they last."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, field_validator

from telephony.browser_call import BadOffer, BrowserCall
from telephony.call import Call

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
)
ALL_BUSY = Refusal(
    503, "Toutes nos lignes sont occupées. Réessayez dans quelques minutes" + _OR_PHONE
)
STOPPING = Refusal(503, "Le service redémarre. Réessayez dans quelques minutes" + _OR_PHONE)
DISABLED = Refusal(
    503, "Les appels depuis cette page ne sont pas ouverts. Appelez la mairie au {phone}."
)


class WebCalls:
    """The calls from browsers; whoever made it closes it.

    Args:
        session: carries each call.
        enabled: whether calls are taken at all.
        per_minute: calls begun within any 60 s, all visitors together.
        most: calls at once.
        clock: seconds, monotonic.
    """

    def __init__(
        self,
        session: Carrier,
        *,
        enabled: bool,
        per_minute: int,
        most: int = MOST_CALLS,
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

    @property
    def active(self) -> int:
        """Calls arriving or being carried."""
        return self._arriving + len(self._tasks)

    async def take(self, offer: Offer) -> dict[str, str]:
        """Begin a call; returns `sdp`, `type` and `pc_id` for the page.

        Raises:
            Refused: not now, or not this offer.
        """
        self._admit()
        self._arriving += 1
        try:
            call = await BrowserCall.from_offer(offer.sdp)
        except BadOffer as error:
            logger.info("an offer was refused: %s", type(error.__cause__).__name__)
            raise Refused(BAD_OFFER) from error
        finally:
            self._arriving -= 1
        if self._stopping:
            await call.hangup()
            raise Refused(STOPPING)
        task = asyncio.create_task(self._carry(call))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return call.sdp_answer

    def _admit(self) -> None:
        now = self._clock()
        while self._begun and self._begun[0] <= now - RATE_WINDOW_S:
            self._begun.popleft()
        if not self.enabled:
            raise Refused(DISABLED)
        if self._stopping:
            raise Refused(STOPPING)
        if self.active >= self._most:
            raise Refused(ALL_BUSY)
        if len(self._begun) >= self._per_minute:
            raise Refused(TOO_MANY)
        self._begun.append(now)

    async def _carry(self, call: BrowserCall) -> None:
        try:
            await self._session.run(call)
        except ConnectionError as error:
            logger.info("a call from a browser was not answered: %s", error)
        except Exception:
            logger.exception("a call from a browser failed")
        finally:
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
