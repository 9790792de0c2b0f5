"""A SIP peer that says exactly what a test wants, right or wrong, and hears what comes back."""

from __future__ import annotations

import itertools
import re
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

_counter = itertools.count(1)
CRLF = "\r\n"


@dataclass(frozen=True)
class Reply:
    """One message that came back."""

    text: str
    after_s: float  #: since the request it was waited for
    source: tuple[str, int]

    @property
    def status(self) -> int:
        """The status of a response, 0 of a request."""
        return int(self.text[8:11]) if self.text.startswith("SIP/2.0 ") else 0

    @property
    def method(self) -> str:
        return "" if self.status else self.text.partition(" ")[0]

    def header(self, name: str) -> str:
        """The first value of a header, '' when there is none."""
        match = re.search(rf"^{name}\s*:\s*(.*)$", self.text, re.IGNORECASE | re.MULTILINE)
        return match.group(1).strip() if match else ""

    def headers(self, name: str) -> list[str]:
        found = re.findall(rf"^{name}\s*:\s*(.*)$", self.text, re.IGNORECASE | re.MULTILINE)
        return [value.strip() for value in found]

    @property
    def audio(self) -> tuple[str, int]:
        """Where the SDP wants the audio."""
        host = re.search(r"^c=IN IP4 (\S+)", self.text, re.MULTILINE)
        port = re.search(r"^m=audio (\d+)", self.text, re.MULTILINE)
        if host is None or port is None:
            raise AssertionError(f"no audio in {self.text}")
        return host.group(1), int(port.group(1))


def sdp(address: str, port: int, extra: str = "") -> str:
    """An offer of A-law with telephone-event."""
    return (
        f"v=0\r\no=peer 1 1 IN IP4 {address}\r\ns=-\r\nc=IN IP4 {address}\r\nt=0 0\r\n"
        f"m=audio {port} RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\n"
        f"a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=ptime:20\r\n{extra}"
    )


@dataclass
class Dialog:
    """What a call needs to go on."""

    call_id: str
    local: str  #: From or To of ours, with tag
    remote: str
    uri: str  #: the far end's Contact
    route: list[str] = field(default_factory=list)
    cseq: int = 1
    invite: str = ""


class SipPeer:
    """One UDP socket."""

    def __init__(self, target: tuple[str, int], address: str = "127.0.0.1") -> None:
        self.target = target
        self.address = address
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, 0))
        self.port: int = self.socket.getsockname()[1]

    def __enter__(self) -> SipPeer:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, message: str | bytes) -> None:
        data = message.encode("utf-8", "surrogateescape") if isinstance(message, str) else message
        self.socket.sendto(data, self.target)

    def receive(self, timeout_s: float) -> Reply | None:
        """The next message, None when there is none in time."""
        self.socket.settimeout(max(timeout_s, 0.001))
        begun = time.monotonic()
        try:
            data, source = self.socket.recvfrom(65535)
        except (TimeoutError, BlockingIOError, ConnectionRefusedError):
            return None
        return Reply(data.decode("utf-8", "replace"), time.monotonic() - begun, source)

    def replies(self, timeout_s: float) -> Iterator[Reply]:
        """All that comes within a time, each with its age since now."""
        begun = time.monotonic()
        while (left := begun + timeout_s - time.monotonic()) > 0:
            if (reply := self.receive(left)) is not None:
                yield Reply(reply.text, time.monotonic() - begun, reply.source)

    def final(self, timeout_s: float = 10, method: str = "INVITE") -> Reply | None:
        """The final response to our request; what is no answer to it is passed over."""
        for reply in self.replies(timeout_s):
            if reply.status >= 200 and reply.header("CSeq").endswith(method):
                return reply
        return None

    # -- requests ------------------------------------------------------------------------------

    def request(
        self,
        method: str,
        *,
        uri: str = "",
        call_id: str = "",
        headers: str = "",
        body: str = "",
        from_: str = "",
        to: str = "",
        cseq: int = 1,
        branch: str = "",
    ) -> str:
        """A request of ours, ready to be sent; `headers` are whole lines ending in CRLF."""
        number = next(_counter)
        uri = uri or f"sip:mairie@{self.target[0]}:{self.target[1]}"
        branch = branch or f"z9hG4bK{self.port}x{number}"
        from_ = from_ or f"<sip:0639980001@{self.address}>;tag=t{self.port}x{number}"
        contact = f"Contact: <sip:0639980001@{self.address}:{self.port}>\r\n"
        kind = "Content-Type: application/sdp\r\n" if body else ""
        return (
            f"{method} {uri} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP {self.address}:{self.port};branch={branch};rport\r\n"
            f"Max-Forwards: 70\r\nFrom: {from_}\r\nTo: {to or f'<{uri}>'}\r\n"
            f"Call-ID: {call_id or f'c{self.port}x{number}@{self.address}'}\r\n"
            f"CSeq: {cseq} {method}\r\n{contact}{headers}{kind}"
            f"Content-Length: {len(body.encode())}\r\n\r\n{body}"
        )

    def ask(self, method: str, timeout_s: float = 5, **options: str) -> Reply | None:
        """Send a request outside of any call and wait for its final response."""
        self.send(self.request(method, **options))
        return self.final(timeout_s, method)

    def invite(self, rtp_port: int, timeout_s: float = 10, **options: str) -> Reply | None:
        """Ask for a call; the final response, acknowledged unless it is a 2xx."""
        message = self.request("INVITE", body=sdp(self.address, rtp_port), **options)
        self.send(message)
        reply = self.final(timeout_s)
        if reply is not None and reply.status >= 300:
            self._acknowledge_refusal(message, reply)
        return reply

    def _acknowledge_refusal(self, message: str, reply: Reply) -> None:
        asked = Reply(message, 0, self.target)
        via = asked.header("Via")
        self.send(
            f"ACK {message.split(' ')[1]} SIP/2.0\r\nVia: {via}\r\nMax-Forwards: 70\r\n"
            f"From: {asked.header('From')}\r\nTo: {reply.header('To')}\r\n"
            f"Call-ID: {asked.header('Call-ID')}\r\nCSeq: 1 ACK\r\nContent-Length: 0\r\n\r\n"
        )

    def accept(self, reply: Reply) -> Dialog:
        """Acknowledge a 200; the call stands."""
        assert reply.status == 200, reply.text
        contact = re.search(r"<([^>]+)>", reply.header("Contact"))
        assert contact, reply.text
        dialog = Dialog(
            reply.header("Call-ID"),
            reply.header("From"),
            reply.header("To"),
            contact.group(1),
            list(reversed(reply.headers("Record-Route"))),
        )
        self.send(self.within(dialog, "ACK"))
        return dialog

    def within(self, dialog: Dialog, method: str, **options: str) -> str:
        """A request within a call."""
        if method not in {"ACK", "CANCEL"}:
            dialog.cseq += 1
        route = "".join(f"Route: {one}\r\n" for one in dialog.route)
        return self.request(
            method,
            uri=dialog.uri,
            call_id=dialog.call_id,
            from_=dialog.local,
            to=dialog.remote,
            cseq=dialog.cseq,
            headers=route + options.pop("headers", ""),
            **options,
        )

    def bye(self, dialog: Dialog, timeout_s: float = 5) -> Reply | None:
        self.send(self.within(dialog, "BYE"))
        return self.final(timeout_s, "BYE")

    def answer(self, request: Reply, status: str = "200 OK") -> None:
        """Respond to a request that came to us."""
        lines = [f"SIP/2.0 {status}"]
        for name in ("Via", "From", "To", "Call-ID", "CSeq"):
            lines += [f"{name}: {value}" for value in request.headers(name)]
        self.send(CRLF.join([*lines, "Content-Length: 0", "", ""]))
