"""What really stood on the wire: the stack's own trace, kept in memory for the calls that arrive.

The stack tells of an INVITE its caller and a few headers, but neither where it came from nor what
it offered. Its trace does: every SIP message with both addresses, decrypted, also for TLS. It comes
through the logger "baresip.native.sip", on a thread of the stack; nothing of it is logged.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections import OrderedDict
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address

from telephony.sip_message import Message

TRACE = "baresip.native.sip"
KEPT = 512  #: INVITEs remembered; far more than can ring at once
WAIT_S = 1.0  #: the trace is on its way when the call arrives, on another thread
_HEAD = re.compile(r"RX (UDP|TCP|TLS) ([0-9.]+):(\d+) -> [0-9.]+:(\d+)\n", re.IGNORECASE)
_AUDIO = re.compile(r"^m=audio \d+ \S+ ([\d ]+)", re.MULTILINE)
_RTPMAP = re.compile(r"^a=rtpmap:(\d+) ([\w.-]+)/", re.MULTILINE)


@dataclass(frozen=True)
class Seen:
    """One message that arrived."""

    transport: str  #: "udp", "tcp" or "tls"
    source: IPv4Address  #: the address the packet came from, whatever its headers claim
    source_port: int
    message: Message


def read_trace(text: str) -> Seen | None:
    """A line of the stack's trace; None for what was sent, and for what is no SIP message."""
    head = _HEAD.match(text)
    if head is None:
        return None
    try:
        source = IPv4Address(head.group(2))
        message = Message.parse(text[head.end() :])
    except (AddressValueError, ValueError):
        return None
    return Seen(head.group(1).lower(), source, int(head.group(3)), message)


def first_codec(body: str) -> str:
    """The name of the first format of an SDP's audio (RFC 4566, RFC 3551); '' when it has none."""
    audio = _AUDIO.search(body)
    if audio is None:
        return ""
    names = dict(_RTPMAP.findall(body)) | {"0": "PCMU", "8": "PCMA", "9": "G722"}
    return next((names[one] for one in audio.group(1).split() if one in names), "")


class Wire(logging.Handler):
    """Remembers the INVITEs that arrived, and what each call speaks.

    `open` and `close` bracket the stack's life.
    """

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self._invites: OrderedDict[str, Seen] = OrderedDict()
        self._awaited: dict[str, asyncio.Future[Seen]] = {}
        self._codecs: OrderedDict[str, str] = OrderedDict()
        self._ours: OrderedDict[str, None] = OrderedDict()  #: Call-IDs that came to us, or counted
        self.busy = 0  #: calls that the stack refused by itself, with 486: all lines are taken
        self._loop: asyncio.AbstractEventLoop | None = None

    def open(self) -> None:
        """Listen to the trace, and keep it from every other log."""
        self._loop = asyncio.get_running_loop()
        trace = logging.getLogger(TRACE)
        trace.addHandler(self)
        trace.setLevel(logging.DEBUG)
        trace.propagate = False  # it holds callers' numbers

    def close(self) -> None:
        """Listen no more."""
        logging.getLogger(TRACE).removeHandler(self)
        self._loop = None
        super().close()

    def emit(self, record: logging.LogRecord) -> None:
        """A line of the trace, on the stack's thread: only what arrived crosses to the loop."""
        text, loop = record.getMessage(), self._loop
        self._note_codec(text)
        self._note_busy(text)
        if loop is None or not text.startswith("RX ") or "\nINVITE " not in text[:120]:
            return
        seen = read_trace(text)
        if seen is None or seen.message.method != "INVITE":
            return
        try:
            loop.call_soon_threadsafe(self._keep, seen)
        except RuntimeError:  # the loop closed while the stack said its last words
            return

    def _note_codec(self, text: str) -> None:
        """The first codec of an answer, in a 2xx or an ACK, is the one spoken (RFC 3264)."""
        head, _, rest = text.partition("\n")
        answers = rest.startswith(("SIP/2.0 2", "ACK "))
        if not answers or not head.startswith(("RX ", "TX ")) or "m=audio " not in rest:
            return
        try:
            message = Message.parse(rest)
        except ValueError:
            return
        codec = first_codec(message.body)
        if codec:
            self._codecs[message.value("call-id")] = codec
            while len(self._codecs) > KEPT:
                self._codecs.popitem(last=False)

    def _note_busy(self, text: str) -> None:
        """A 486 to a call that never came to us is the stack's own; sent again, it counts once."""
        head, _, rest = text.partition("\n")
        if not head.startswith("TX ") or not rest.startswith("SIP/2.0 486"):
            return
        try:
            call_id = Message.parse(rest).value("call-id")
        except ValueError:
            return
        if call_id not in self._ours:
            self._remember(call_id)
            self.busy += 1

    def _remember(self, call_id: str) -> None:
        self._ours[call_id] = None
        while len(self._ours) > KEPT:
            self._ours.popitem(last=False)

    def codec(self, call_id: str) -> str:
        """What a call speaks, by its name in SDP; '' when the trace does not know it."""
        return self._codecs.get(call_id, "")

    def _keep(self, seen: Seen) -> None:
        call_id = seen.message.value("call-id")
        waiting = self._awaited.get(call_id)
        if waiting is not None and not waiting.done():
            waiting.set_result(seen)
        self._invites.setdefault(call_id, seen)  # a re-INVITE does not replace the first
        while len(self._invites) > KEPT:
            self._invites.popitem(last=False)

    async def invite(self, call_id: str, *, wait_s: float = WAIT_S) -> Seen | None:
        """The INVITE of a call that arrives; None when the trace does not know it."""
        self._remember(call_id)
        if (seen := self._invites.pop(call_id, None)) is not None:
            return seen
        waiting = asyncio.get_running_loop().create_future()
        self._awaited[call_id] = waiting
        try:
            seen = await asyncio.wait_for(waiting, wait_s)
            self._invites.pop(call_id, None)
            return seen
        except TimeoutError:
            return None
        finally:
            self._awaited.pop(call_id, None)
