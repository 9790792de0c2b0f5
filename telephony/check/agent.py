"""Requests and their answers (RFC 3261, section 17), and calls that come back to us.

A call that arrives while ours is under way is our own, sent round by the trunk: it is answered and
echoed, so that what we send is proven to arrive. Everything else is refused.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from telephony.check import digest
from telephony.check.capture import Address, Capture
from telephony.check.link import Link, Route
from telephony.sip_message import Message

T1_S, T2_S = 0.5, 4.0  #: RFC 3261, 17.1.1.1
ANSWER_S = 8.0  #: for a request's final response; an INVITE has its own
AGENT = "allomairie (essai)"
ALLOW = "INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, NOTIFY, UPDATE"
_TAG = re.compile(r";\s*tag=([^;,\s]+)", re.IGNORECASE)
_BRANCH = re.compile(r";\s*branch=([^;,\s]+)", re.IGNORECASE)


class NoResponse(Exception):
    """No final response in time."""


@dataclass(frozen=True)
class Identity:
    """As whom the check calls."""

    user: str
    domain: str  #: host[:port] in From
    auth_user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        """Without the password."""
        return f"Identity({self.user}@{self.domain})"


@dataclass
class Request:
    """One request of ours, before Via and CSeq."""

    method: str
    uri: str
    to: str
    sender: str
    call_id: str
    cseq: int
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    kind: str = "application/sdp"
    hop: Address | None = None  #: where it goes over UDP, when not to the trunk


Handler = Callable[[Message, Route], bool]


def token() -> str:
    """Unique enough for a branch, a tag or a Call-ID."""
    return secrets.token_hex(8)


def tag_of(value: str) -> str:
    """The tag of a From or To."""
    found = _TAG.search(value)
    return found.group(1) if found else ""


class Agent:
    """Speaks SIP over one link."""

    def __init__(self, link: Link, identity: Identity, address: str, capture: Capture) -> None:
        self.link = link
        self.identity = identity
        self.address = address
        self.capture = capture
        self._waiting: dict[str, asyncio.Queue[Message]] = {}
        self._acks: dict[tuple[str, str], bytes] = {}  #: by Call-ID and CSeq, for repeated 200
        self._answers: dict[tuple[str, str], bytes] = {}  #: ours, for repeated requests
        self._handlers: list[Handler] = []

    @property
    def contact(self) -> str:
        """Where we are reached."""
        host, port = self.link.local[:2]
        return f"<sip:{self.identity.user}@{host}:{port};transport={self.link.transport}>"

    def handle(self, handler: Handler) -> Callable[[], None]:
        """Let `handler` see requests, the latest first; returns what takes it away again."""
        self._handlers.insert(0, handler)
        return lambda: self._handlers.remove(handler)

    # -- requests of ours --------------------------------------------------------------------

    def _bytes(self, request: Request, branch: str, credentials: str = "") -> bytes:
        host, port = self.link.local[:2]
        head = [
            f"{request.method} {request.uri} SIP/2.0",
            f"Via: SIP/2.0/{self.link.transport.upper()} {host}:{port};branch={branch};rport",
            "Max-Forwards: 70",
            f"From: {request.sender}",
            f"To: {request.to}",
            f"Call-ID: {request.call_id}",
            f"CSeq: {request.cseq} {request.method}",
            f"Contact: {self.contact}",
            *(f"{name}: {value}" for name, value in request.headers),
            f"Allow: {ALLOW}",
            f"User-Agent: {AGENT}",
            *([credentials] if credentials else []),
        ]
        body = request.body.encode()
        if body:
            head.append(f"Content-Type: {request.kind}")
        head.append(f"Content-Length: {len(body)}")
        return ("\r\n".join(head) + "\r\n\r\n").encode() + body

    async def ask(
        self,
        request: Request,
        *,
        answer_s: float = ANSWER_S,
        on_progress: Callable[[int], None] | None = None,
    ) -> Message:
        """Send a request and return its final response; a challenge is answered once.

        Raises:
            NoResponse: none came in time.
            digest.NoAnswer: the challenge cannot be answered.
        """
        response = await self._transact(request, "", answer_s, on_progress)
        if response.status not in (401, 407) or not self.identity.password:
            return response
        header, name = (
            ("www-authenticate", "Authorization")
            if response.status == 401
            else ("proxy-authenticate", "Proxy-Authorization")
        )
        asked = [value for key, value in response.headers if key == header]
        if not asked:
            return response
        said = digest.answer(
            max(asked, key=digest.strength),
            request.method,
            request.uri,
            self.identity.auth_user or self.identity.user,
            self.identity.password,
        )
        request.cseq += 1
        return await self._transact(request, f"{name}: {said}", answer_s, on_progress)

    async def _transact(
        self,
        request: Request,
        credentials: str,
        answer_s: float,
        on_progress: Callable[[int], None] | None,
    ) -> Message:
        branch = f"z9hG4bK{token()}"
        data = self._bytes(request, branch, credentials)
        answers = self._waiting[branch] = asyncio.Queue()
        repeating = asyncio.create_task(self._repeat(data, request.hop))
        try:
            async with asyncio.timeout(answer_s):
                while True:
                    response = await answers.get()
                    if response.status >= 200:
                        break
                    if request.method == "INVITE":
                        repeating.cancel()
                    if on_progress is not None:
                        on_progress(response.status)
        except TimeoutError:
            if request.method == "INVITE":
                self.link.send(self._cancel(request, branch))
            raise NoResponse(f"aucune réponse à {request.method} en {answer_s:g} s") from None
        finally:
            repeating.cancel()
            self._waiting.pop(branch, None)
        if request.method == "INVITE" and response.status >= 300:
            self.link.send(self._ack_refusal(request, branch, response))
        return response

    async def _repeat(self, data: bytes, hop: Address | None) -> None:
        """UDP loses packets; TCP does not."""
        self.link.send(data, hop=hop)
        wait_s = T1_S
        while self.link.transport == "udp":
            await asyncio.sleep(wait_s)
            self.link.send(data, hop=hop)
            wait_s = min(wait_s * 2, T2_S)

    def _cancel(self, request: Request, branch: str) -> bytes:
        again = Request(
            "CANCEL", request.uri, request.to, request.sender, request.call_id, request.cseq
        )
        return self._bytes(again, branch)

    def _ack_refusal(self, request: Request, branch: str, response: Message) -> bytes:
        to = response.value("to")
        ack = Request("ACK", request.uri, to, request.sender, request.call_id, request.cseq)
        data = self._bytes(ack, branch)
        self._acks[request.call_id, f"{request.cseq} INVITE"] = data
        return data

    def ack(self, request: Request) -> None:
        """Confirm a 2xx to an INVITE; it is said again whenever the 2xx is."""
        data = self._bytes(request, f"z9hG4bK{token()}")
        self._acks[request.call_id, f"{request.cseq} INVITE"] = data
        self.link.send(data, hop=request.hop)

    # -- what arrives ------------------------------------------------------------------------

    def arrived(self, message: Message, route: Route) -> None:
        """A message of the trunk."""
        branch = _BRANCH.search(message.value("via"))
        key = branch.group(1) if branch else ""
        if message.status:
            if (waiting := self._waiting.get(key)) is not None:
                waiting.put_nowait(message)
            elif (ack := self._acks.get((message.value("call-id"), message.value("cseq")))) and (
                message.status >= 200
            ):
                self.link.send(ack)
            return
        if (said := self._answers.get((key, message.method))) is not None:
            self.link.send(said, route)
            return
        if not any(handler(message, route) for handler in list(self._handlers)):
            self._refuse(message, route)

    def _refuse(self, message: Message, route: Route) -> None:
        if message.method == "OPTIONS":
            self.answer(message, route, "200 OK")
        elif message.method == "INVITE":
            self.answer(message, route, "486 Busy Here")
        elif message.method != "ACK":
            inside = bool(tag_of(message.value("to")))
            self.answer(
                message,
                route,
                "481 Call/Transaction Does Not Exist" if inside else "501 Not Implemented",
            )

    def answer(
        self, message: Message, route: Route, status: str, *, tag: str = "", body: str = ""
    ) -> bytes:
        """Respond to a request; a repeated one gets the same."""
        to = message.value("to")
        if not tag_of(to) and not status.startswith("100"):
            to += f";tag={tag or token()}"
        via = [value for key, value in message.headers if key == "via"]
        via[0] = _received(via[0], route)
        head = [
            f"SIP/2.0 {status}",
            *(f"Via: {value}" for value in via),
            *(f"Record-Route: {value}" for key, value in message.headers if key == "record-route"),
            f"From: {message.value('from')}",
            f"To: {to}",
            f"Call-ID: {message.value('call-id')}",
            f"CSeq: {message.value('cseq')}",
            f"Contact: {self.contact}",
            f"Allow: {ALLOW}",
            f"User-Agent: {AGENT}",
            *(["Content-Type: application/sdp"] if body else []),
            f"Content-Length: {len(body.encode())}",
        ]
        data = ("\r\n".join(head) + "\r\n\r\n" + body).encode()
        branch = _BRANCH.search(via[0])
        if branch and not status.startswith("1"):
            self._answers[branch.group(1), message.method] = data
        self.link.send(data, route)
        return data


def _received(via: str, route: Route) -> str:
    """Our observation in the top Via (RFC 3581), so that proxies find their request again."""
    host, port = route.address[:2]
    with contextlib.suppress(ValueError):
        via = re.sub(r";\s*rport(?=;|$)", f";rport={port};received={host}", via)
    return via
