"""Who may call: declared peers, each with its addresses, its transport and what it must encrypt.

The stack has one user agent a transport, whatever the peer, so what it *offers* is the same for all
peers of UDP and TCP, and for all of TLS; what each *must* do is judged here, on the INVITE as it
arrived.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import Literal, get_args

from telephony.wire import Seen

Transport = Literal["udp", "tcp", "tls"]
Srtp = Literal["off", "preferred", "required"]
Codec = Literal["pcma", "pcmu", "g722", "opus"]
TRANSPORTS: tuple[Transport, ...] = get_args(Transport)
CODECS: tuple[Codec, ...] = ("pcma", "pcmu", "g722")  #: unless a peer says otherwise
STACK_CODECS: dict[Codec, str] = {
    "pcma": "pcma",
    "pcmu": "pcmu",
    "g722": "g722/16000/1",
    "opus": "opus/48000/2",
}


@dataclass(frozen=True)
class Peer:
    """An IPBX, an SBC or a provider whose calls are answered."""

    name: str
    networks: tuple[IPv4Network, ...]  #: where its signalling comes from
    transport: Transport = "udp"
    srtp: Srtp = "off"
    codecs: tuple[Codec, ...] = CODECS  #: in order of preference
    trusted: bool = True  #: its P-Asserted-Identity is believed
    port: int = 5060  #: where it listens, for OPTIONS
    options_every_s: int = 0  #: 0: it is not asked whether it lives
    account: bool = False  #: the registrar of an account, which has a user agent of its own

    def matches(self, source: IPv4Address, transport: str) -> bool:
        """Whether a message from there is this peer's.

        A peer of UDP may send a long INVITE over TCP (RFC 3261, 18.1.1): both are clear, and one.
        """
        return _secure(transport) == _secure(self.transport) and any(
            source in one for one in self.networks
        )

    @property
    def narrowness(self) -> int:
        """Bits of its narrowest network: of two peers that match, the narrower one is meant."""
        return max(network.prefixlen for network in self.networks)


def _secure(transport: str) -> bool:
    return transport == "tls"


class Refused(Exception):
    """A call that is not answered; the message says why, for the log."""


class Peers:
    """All declared peers; without any, whoever reaches the address may call.

    Raises:
        ValueError: two peers want what one user agent cannot do for both; one sentence.
    """

    def __init__(self, peers: Sequence[Peer] = ()) -> None:
        self._peers = tuple(peers)
        for transport in TRANSPORTS:
            wanted = {peer.codecs: peer.name for peer in self._of(transport)}
            if len(wanted) > 1:
                first, second, *_ = wanted.values()
                raise ValueError(
                    f"the peers {first} and {second} have different codecs; the stack has one "
                    "list for UDP and TCP, and one for TLS"
                )

    def _of(self, transport: Transport) -> tuple[Peer, ...]:
        return tuple(
            peer
            for peer in self._peers
            if _secure(peer.transport) == _secure(transport) and not peer.account
        )

    @property
    def networks(self) -> frozenset[IPv4Network]:
        """Every network that signalling may come from."""
        return frozenset(network for peer in self._peers for network in peer.networks)

    def codecs(self, transport: Transport) -> tuple[str, ...]:
        """What the user agent of a transport offers, in the stack's names."""
        of = self._of(transport)
        return tuple(STACK_CODECS[codec] for codec in (of[0].codecs if of else CODECS))

    def media_encryption(self, transport: Transport) -> str:
        """The stack's `mediaenc` of a transport: '' none, 'srtp' if offered, 'srtp-mand' always."""
        if not self._peers:
            return "srtp" if transport == "tls" else ""
        wanted = {peer.srtp for peer in self._of(transport)}
        if wanted <= {"off"}:
            return ""
        return "srtp-mand" if wanted == {"required"} else "srtp"

    def judge(self, seen: Seen | None) -> Peer | None:
        """Whose call this is; None when no peer is declared and all may call.

        Raises:
            Refused: it is nobody's, or it does not do what its peer must do.
        """
        if not self._peers:
            return None
        if seen is None:
            raise Refused("the stack did not tell where the call came from")
        matching = [peer for peer in self._peers if peer.matches(seen.source, seen.transport)]
        if not matching:
            raise Refused(f"{seen.source} is no declared peer over {seen.transport.upper()}")
        peer = max(matching, key=lambda one: one.narrowness)
        self._judge_media(peer, seen)
        return peer

    def _judge_media(self, peer: Peer, seen: Seen) -> None:
        body = seen.message.body
        if peer.srtp == "required":
            always = peer.account or self.media_encryption(peer.transport) == "srtp-mand"
            if not body and not always:
                raise Refused(f"peer {peer.name} must offer SRTP, and offered nothing")
            if body and not offers_srtp(body):
                raise Refused(f"peer {peer.name} must offer SRTP, and offered clear audio")
        if peer.srtp == "off" and wants_srtp(body):
            raise Refused(f"peer {peer.name} offers SRTP only, and its srtp is off")


def _audio(body: str) -> tuple[str, bool]:
    """The profile of an SDP's first audio line, and whether keys stand beside it (RFC 4568)."""
    profile, keys = "", False
    for line in body.splitlines():
        if line.startswith("m="):
            if profile:
                break
            words = line[2:].split()
            profile = words[2].upper() if len(words) > 2 and words[0] == "audio" else ""
        elif profile and line.startswith("a=crypto:"):
            keys = True
    return profile, keys


def offers_srtp(body: str) -> bool:
    """Whether the audio of this offer can be encrypted with keys in the SDP."""
    return _audio(body)[1]


def wants_srtp(body: str) -> bool:
    """Whether the audio of this offer must be encrypted."""
    return "SAVP" in _audio(body)[0]
