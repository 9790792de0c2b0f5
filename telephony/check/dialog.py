"""One call of ours: INVITE, hold, REFER, INFO, BYE, and what the far end asks meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Sequence
from dataclasses import replace
from ipaddress import IPv4Address

from telephony.check import sdp
from telephony.check.agent import Agent, NoResponse, Request, tag_of, token
from telephony.check.capture import Address
from telephony.check.link import Route
from telephony.check.media import Media
from telephony.peers import Codec
from telephony.sip_message import Message

RING_S = 25.0
_URI = re.compile(r"<([^>]+)>")
_HOST = re.compile(r"sips?:(?:[^@>]*@)?([0-9.]+)(?::(\d+))?(?=[;>?]|$)")
_SIPFRAG = re.compile(r"SIP/2\.0 (\d{3}) ?([^\r\n]*)")
_SIGNAL = re.compile(r"^\s*Signal\s*=\s*([0-9*#])", re.IGNORECASE | re.MULTILINE)


def _address(uri: str) -> Address | None:
    """The address in a URI; None for a name: then the trunk is asked, as an outbound proxy."""
    with contextlib.suppress(AttributeError, ValueError):
        host, port = _HOST.search(uri).groups()  # type: ignore[union-attr]
        return str(IPv4Address(host)), int(port or 5060)
    return None


class Refused(Exception):
    """The call was not taken."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(f"{status} {reason}".strip())
        self.status = status


class Dialog:
    """One call: `call` begins it, `hang_up` ends it and its audio."""

    def __init__(self, agent: Agent, uri: str, codecs: Sequence[Codec], *, secure: bool) -> None:
        self._agent = agent
        self._uri = uri
        self._codecs = tuple(codecs)
        self._key = sdp.new_key() if secure else None
        self.media = Media(agent.address, agent.capture)
        self._call_id = f"{token()}@{agent.address}"
        self._from = f"<sip:{agent.identity.user}@{agent.identity.domain}>;tag={token()}"
        self._to = f"<{uri}>"
        self._remote_uri = uri
        self._routes: tuple[str, ...] = ()
        self._hop: Address | None = None
        self._cseq = 1
        self._version = 1
        self.answer: sdp.Audio | None = None
        self.progress: list[int] = []  #: provisional responses
        self.fragments: asyncio.Queue[tuple[int, str]] = asyncio.Queue()  #: of NOTIFY
        self.keys: list[str] = []  #: that the far end sent by INFO
        self.ended = asyncio.Event()  #: the far end hung up
        self._began = False
        self._forget = agent.handle(self._asked)

    @property
    def call_id(self) -> str:
        """The Call-ID, which the far end knows the call by, too."""
        return self._call_id

    async def call(self) -> sdp.Audio:
        """Dial, and speak once it is answered.

        Raises:
            Refused: a final response that is no answer, or an answer without usable audio.
            NoResponse: nobody answers.
            OSError: no ports for audio.
        """
        await self.media.open()
        body = sdp.describe(self._agent.address, self.media.port, self._codecs, key=self._key)
        invite = self._request("INVITE", body)
        response = await self._agent.ask(invite, answer_s=RING_S, on_progress=self.progress.append)
        self._cseq = invite.cseq
        if response.status >= 300:
            raise Refused(response.status, response.start.split(" ", 2)[2])
        self._take(response)
        self._began = True
        self._agent.ack(replace(self._request("ACK"), cseq=invite.cseq))
        self.answer = self._read(response)
        if self._key and (self.answer.key is None or not self.answer.secure):
            raise Refused(response.status, "répondu sans clé SRTP")
        self.media.start(self.answer, self._key)
        return self.answer

    def _read(self, response: Message) -> sdp.Audio:
        try:
            audio = sdp.read(response.body)
        except ValueError as error:
            raise Refused(response.status, str(error)) from error
        if not audio.port or audio.codec is None or not audio.host:
            raise Refused(response.status, "sans codec connu dans la réponse")
        return audio

    def _take(self, response: Message) -> None:
        """What a 2xx sets for the rest of the call (RFC 3261, 12.1.2)."""
        self._to = response.value("to")
        if found := _URI.search(response.value("contact")):
            self._remote_uri = found.group(1)
        self._routes = tuple(reversed(response.values("record-route")))
        self._hop = _address(self._routes[0] if self._routes else self._remote_uri)
        if self._hop is not None:
            self._agent.link.befriend(self._hop[0])

    def _request(self, method: str, body: str = "", kind: str = "application/sdp") -> Request:
        return Request(
            method,
            self._remote_uri,
            self._to,
            self._from,
            self._call_id,
            self._cseq,
            tuple(("Route", route) for route in self._routes),
            body,
            kind,
            self._hop,
        )

    async def _inside(self, request: Request, answer_s: float = 8.0) -> Message:
        request.cseq = self._cseq = self._cseq + 1
        response = await self._agent.ask(request, answer_s=answer_s)
        self._cseq = request.cseq
        return response

    # -- within the call ---------------------------------------------------------------------

    async def renegotiate(self, direction: str) -> sdp.Audio | int:
        """Ask for another direction of audio; returns the answer, or the status of a refusal.

        Raises:
            NoResponse: no final response.
        """
        self._version += 1
        codec = self.answer.codec if self.answer and self.answer.codec else self._codecs[0]
        body = sdp.describe(
            self._agent.address,
            self.media.port,
            (codec,),
            version=self._version,
            direction=direction,
            event=self.answer.event if self.answer else None,
            key=self._key,
        )
        request = self._request("INVITE", body)
        response = await self._inside(request)
        if response.status >= 300:
            return response.status
        self._agent.ack(replace(self._request("ACK"), cseq=request.cseq))
        try:
            return sdp.read(response.body)
        except ValueError:
            return response.status

    async def info(self, key: str) -> int:
        """A key by SIP INFO; returns the status."""
        body = f"Signal={key}\r\nDuration=160\r\n"
        response = await self._inside(self._request("INFO", body, "application/dtmf-relay"))
        return response.status

    async def refer(self, target: str) -> int:
        """Ask the far end to call somebody else (RFC 3515); returns the status."""
        request = self._request("REFER")
        me = f"<sip:{self._agent.identity.user}@{self._agent.identity.domain}>"
        request.headers += (("Refer-To", f"<{target}>"), ("Referred-By", me))
        response = await self._inside(request)
        return response.status

    async def outcome(self, wait_s: float) -> tuple[int, str] | None:
        """The final NOTIFY of a REFER; None when none came, or the call ended first."""
        try:
            async with asyncio.timeout(wait_s):
                while True:
                    status, reason = await self.fragments.get()
                    if status >= 200:
                        return status, reason
        except TimeoutError:
            return None

    async def alive(self) -> bool:
        """Whether the far end still knows the call."""
        if self.ended.is_set():
            return False
        try:
            return not isinstance(await self.renegotiate("sendrecv"), int)
        except NoResponse:
            return False

    async def hang_up(self) -> None:
        """End the call, whatever became of it."""
        try:
            if self._began and not self.ended.is_set():
                await self._inside(self._request("BYE"), answer_s=3.0)
        except NoResponse:
            pass
        finally:
            await self.media.close()
            self._forget()

    # -- what the far end asks ---------------------------------------------------------------

    def _asked(self, message: Message, route: Route) -> bool:
        own = tag_of(self._from)
        if message.value("call-id") != self._call_id or tag_of(message.value("to")) != own:
            return False
        match message.method:
            case "ACK":
                return True
            case "BYE":
                self.ended.set()
            case "NOTIFY":
                if found := _SIPFRAG.search(message.body):
                    self.fragments.put_nowait((int(found.group(1)), found.group(2)))
            case "INFO":
                if found := _SIGNAL.search(message.body):
                    self.keys.append(found.group(1))
            case "INVITE" | "UPDATE":
                self._agent.answer(message, route, "200 OK", body=self._renewed(message))
                return True
            case "OPTIONS":
                pass
            case _:
                self._agent.answer(message, route, "501 Not Implemented")
                return True
        self._agent.answer(message, route, "200 OK")
        return True

    def _renewed(self, message: Message) -> str:
        """Our answer to a new offer of the far end; '' to one without SDP in an UPDATE."""
        direction = "sendrecv"
        codec = self.answer.codec if self.answer and self.answer.codec else self._codecs[0]
        if message.body:
            try:
                offered = sdp.read(message.body)
            except ValueError:
                return ""
            direction = sdp.opposite(offered.direction)
            self.media.start(offered)
        elif message.method == "UPDATE":
            return ""
        self._version += 1
        return sdp.describe(
            self._agent.address,
            self.media.port,
            (codec,),
            version=self._version,
            direction=direction,
            key=self._key,
        )
