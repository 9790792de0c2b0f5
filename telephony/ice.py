"""How a browser and this server find a way to each other: STUN, TURN, time-limited credentials.

A TURN server believes who knows an expiry signed with a secret that it shares with us, as coturn
does with `use-auth-secret` (draft-uberti-behave-turn-rest): user "EXPIRY:NAME", password
base64(HMAC-SHA1(secret, user)). No account is made, and what leaks is soon worth nothing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass, field

from aiortc import RTCIceServer

NAME = "allomairie"
_STUN = re.compile(r"stun:[A-Za-z0-9.-]+(:\d{1,5})?")
_TURN = re.compile(
    r"(turn:[A-Za-z0-9.-]+(:\d{1,5})?(\?transport=(udp|tcp))?)"
    r"|(turns:[A-Za-z0-9.-]+(:\d{1,5})?(\?transport=tcp)?)"
)


def checked_stun(uri: str) -> str:
    """A STUN address (RFC 7064).

    Raises:
        ValueError: it is none; one sentence.
    """
    if not _STUN.fullmatch(uri):
        raise ValueError(f"{uri!r} is no STUN address such as stun:stun.example:3478")
    return uri


def checked_turn(uri: str) -> str:
    """A TURN address (RFC 7065).

    Raises:
        ValueError: it is none; one sentence.
    """
    if not _TURN.fullmatch(uri):
        raise ValueError(
            f"{uri!r} is no TURN address such as turn:turn.example:3478?transport=tcp or "
            "turns:turn.example:443"
        )
    return uri


def credentials(secret: str, expires_at: float) -> tuple[str, str]:
    """User and password that a TURN server takes until `expires_at`, in Unix seconds."""
    user = f"{int(expires_at)}:{NAME}"
    digest = hmac.new(secret.encode(), user.encode(), hashlib.sha1).digest()
    return user, base64.b64encode(digest).decode()


@dataclass(frozen=True)
class Ice:
    """The servers that help, as the town configured them."""

    stun: tuple[str, ...] = ()
    turn: tuple[str, ...] = ()
    secret: str = field(default="", repr=False)  #: shared with the TURN server
    ttl_s: int = 900  #: that a credential holds
    relay_only: bool = False  #: the page tries nothing but TURN

    def for_page(self, now: float) -> list[dict[str, object]]:
        """`RTCConfiguration.iceServers` of the browser, with fresh credentials."""
        servers: list[dict[str, object]] = [{"urls": list(self.stun)}] if self.stun else []
        if self.turn:
            user, password = credentials(self.secret, now + self.ttl_s)
            servers.append({"urls": list(self.turn), "username": user, "credential": password})
        return servers

    def for_server(self, now: float) -> list[RTCIceServer]:
        """The same for aiortc, which uses the first address of each kind."""
        servers = [RTCIceServer(list(self.stun))] if self.stun else []
        if self.turn:
            user, password = credentials(self.secret, now + self.ttl_s)
            servers.append(RTCIceServer(list(self.turn), username=user, credential=password))
        return servers
