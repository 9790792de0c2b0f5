"""Silence for strangers' audio: each call's RTP ports take packets from the far end only.

The stack plays whatever reaches the port of a call: anybody who guesses it could speak into a
citizen's call, or press 0 there. What the two sides agreed on stands in the stack's trace. So once
an offer is answered the kernel is told to drop, on the call's ports, all that comes neither from
the address in the far end's SDP, nor from where its signalling comes (NAT), nor from
`sip.media_networks`.

    RX INVITE (offer) ─► TX 200 (answer): filter          RX re-INVITE ─► TX 200: filter anew
    TX 200 (offer) ─► RX ACK (answer): filter             TX INVITE ─► RX 200: filter
"""

from __future__ import annotations

import logging
import re
from collections import OrderedDict
from dataclasses import dataclass, field
from ipaddress import AddressValueError, IPv4Address, IPv4Network

from telephony.door import close_to_strangers
from telephony.sip_message import Message
from telephony.wire import TRACE

logger = logging.getLogger("allomairie.telephony")

BOUND_TO = "0.0.0.0"  # noqa: S104 - where the stack binds RTP, whatever `net_interface` says
PENDING = 8  #: offers of one call that were not answered; strangers may have sent some
KEPT = 512  #: calls remembered; far more than can be at once
_HEAD = re.compile(r"(RX|TX) (?:UDP|TCP|TLS) ([0-9.]+):\d+ -> ([0-9.]+):\d+\n", re.IGNORECASE)
_CONNECTION = re.compile(r"^c=IN IP4 ([0-9.]+)", re.MULTILINE)
_AUDIO_PORT = re.compile(r"^m=audio (\d+) ", re.MULTILINE)
_NOWHERE = IPv4Address("0.0.0.0")  # noqa: S104 - "on hold" in old SDPs, nothing is bound


@dataclass
class _Talk:
    """What one call agreed on so far."""

    ours: int = 0  #: our RTP port
    theirs: dict[str, frozenset[IPv4Address]] = field(default_factory=dict)  #: by CSeq
    late: str = ""  #: the CSeq of an INVITE that we answered with an offer


class MediaDoor(logging.Handler):
    """Filters the RTP sockets of this process, call by call; `open` and `close` bracket its life.

    Args:
        networks: more networks that audio may come from; 0.0.0.0/0 lets all in.
    """

    def __init__(self, networks: tuple[IPv4Network, ...] = ()) -> None:
        super().__init__(logging.DEBUG)
        self._networks = networks
        self._talks: OrderedDict[str, _Talk] = OrderedDict()
        self._told = False

    def open(self) -> None:
        """Listen to the trace, which `telephony.wire` switches on."""
        if IPv4Network("0.0.0.0/0") not in self._networks:
            logging.getLogger(TRACE).addHandler(self)

    def close(self) -> None:
        """Listen no more."""
        logging.getLogger(TRACE).removeHandler(self)
        super().close()

    def emit(self, record: logging.LogRecord) -> None:
        """A line of the trace, on a thread of the stack."""
        text = record.getMessage()
        head = _HEAD.match(text)
        if head is None:
            return
        try:
            message = Message.parse(text[head.end() :])
            far = IPv4Address(head.group(2 if head.group(1) == "RX" else 3))
        except (AddressValueError, ValueError):
            return
        if message.method in {"INVITE", "UPDATE", "ACK"} or message.status // 100 == 2:
            self._follow(message, far, arrived=head.group(1) == "RX")

    def _follow(self, message: Message, far: IPv4Address, *, arrived: bool) -> None:
        call_id, cseq = message.value("call-id"), message.value("cseq")
        number, _, method = cseq.partition(" ")
        if method not in {"INVITE", "UPDATE", "ACK"}:
            return
        talk = self._talks.setdefault(call_id, _Talk())
        self._talks.move_to_end(call_id)
        while len(self._talks) > KEPT:
            self._talks.popitem(last=False)
        if arrived:
            self._arrived(talk, message, far, number)
        else:
            self._sent(talk, message, number)

    def _arrived(self, talk: _Talk, message: Message, far: IPv4Address, number: str) -> None:
        sources = _sources(message.body, far)
        if not sources:
            return
        if message.method in {"INVITE", "UPDATE"}:
            if len(talk.theirs) < PENDING:
                talk.theirs[number] = sources  # counts once we accept it
        elif message.status or number == talk.late:
            talk.late = ""
            self._let_in(talk, sources)

    def _sent(self, talk: _Talk, message: Message, number: str) -> None:
        port = _AUDIO_PORT.search(message.body)
        if port is not None:
            talk.ours = int(port.group(1))
        if message.status // 100 == 2 and port is not None:
            sources = talk.theirs.pop(number, None)
            talk.theirs.clear()
            if sources is None:
                talk.late = number
            else:
                self._let_in(talk, sources)

    def _let_in(self, talk: _Talk, sources: frozenset[IPv4Address]) -> None:
        if not talk.ours:
            return
        networks = {IPv4Network(source) for source in sources} | set(self._networks)
        try:
            close_to_strangers(BOUND_TO, (talk.ours, talk.ours + 1), networks)
        except OSError as error:
            if not self._told:
                self._told = True
                logger.warning("strangers' audio cannot be kept out of calls: %s", error)


def _sources(body: str, far: IPv4Address) -> frozenset[IPv4Address]:
    """Where audio may come from by this SDP; nothing when it has none, or names a host."""
    if _AUDIO_PORT.search(body) is None:
        return frozenset()
    try:
        named = {IPv4Address(text) for text in _CONNECTION.findall(body)}
    except AddressValueError:
        return frozenset()
    return frozenset((named | {far}) - {_NOWHERE}) if named else frozenset()
