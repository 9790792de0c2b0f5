"""Offers of one audio stream, and the answers to them (RFC 4566, RFC 3264, RFC 4568)."""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from telephony.peers import Codec

PAYLOADS: dict[Codec, int] = {"pcma": 8, "pcmu": 0, "g722": 9}
_MAPS: dict[Codec, str] = {"pcma": "PCMA/8000", "pcmu": "PCMU/8000", "g722": "G722/8000"}
EVENT_PAYLOAD = 101
SUITE = "AES_CM_128_HMAC_SHA1_80"
KEY_BYTES = 30  #: master key and salt of that suite
_OPPOSITE = {"sendonly": "recvonly", "recvonly": "sendonly"}


@dataclass(frozen=True)
class Audio:
    """The audio stream of a session description."""

    host: str
    port: int  #: 0: refused
    codec: Codec | None  #: the first that is known
    event: int | None  #: payload number of telephone-event, None when it is not there
    direction: str = "sendrecv"
    key: bytes | None = None  #: SDES key of its sender
    secure: bool = False  #: its profile is RTP/SAVP


def new_key() -> bytes:
    """A fresh SDES key and salt."""
    return secrets.token_bytes(KEY_BYTES)


def describe(
    host: str,
    port: int,
    codecs: Sequence[Codec],
    *,
    version: int = 1,
    direction: str = "sendrecv",
    event: int | None = EVENT_PAYLOAD,
    key: bytes | None = None,
) -> str:
    """A session description of ours.

    Args:
        version: grows with each change within a call.
        event: payload number of telephone-event, None: without.
        key: with it the stream is RTP/SAVP.
    """
    spoken = [codec for codec in codecs if codec in PAYLOADS] or list(PAYLOADS)  # not Opus
    numbers = [PAYLOADS[codec] for codec in spoken] + ([] if event is None else [event])
    lines = [
        "v=0",
        f"o=allomairie 1 {version} IN IP4 {host}",
        "s=essai",
        f"c=IN IP4 {host}",
        "t=0 0",
        f"m=audio {port} RTP/{'S' if key else ''}AVP {' '.join(map(str, numbers))}",
        *(f"a=rtpmap:{PAYLOADS[codec]} {_MAPS[codec]}" for codec in spoken),
    ]
    if event is not None:
        lines += [f"a=rtpmap:{event} telephone-event/8000", f"a=fmtp:{event} 0-15"]
    if key:
        lines.append(f"a=crypto:1 {SUITE} inline:{base64.b64encode(key).decode()}")
    return "\r\n".join([*lines, "a=ptime:20", f"a={direction}", ""])


def read(body: str) -> Audio:
    """The audio of a session description.

    Raises:
        ValueError: there is none; one French sentence.
    """
    host = ""
    session, *sections = re.split(r"^(?=m=)", body.replace("\r\n", "\n"), flags=re.MULTILINE)
    audio = next((one for one in sections if one.startswith("m=audio ")), "")
    if not audio:
        raise ValueError("la réponse ne décrit aucun son (SDP sans m=audio)")
    for part in (session, audio):
        if found := re.search(r"^c=IN IP4 ([0-9.]+)", part, re.MULTILINE):
            host = found.group(1)
    words = audio.partition("\n")[0].split()
    if len(words) < 4 or not words[1].isdecimal():
        raise ValueError("la ligne m=audio de la réponse est illisible")
    maps = {
        int(number): name.lower()
        for number, name in re.findall(r"^a=rtpmap:(\d+) ([\w.-]+)", audio, re.MULTILINE)
    }
    names: dict[int, str] = {number: codec for codec, number in PAYLOADS.items()}
    offered = [int(word) for word in words[3:] if word.isdecimal()]
    spoken = [{**names, **maps}.get(number, "") for number in offered]
    event = next((n for n in offered if maps.get(n) == "telephone-event"), None)
    codec = next((one for one in PAYLOADS if one == next(iter(spoken), "")), None) or next(
        (one for name in spoken for one in PAYLOADS if one == name), None
    )
    way = re.search(r"^a=(sendrecv|sendonly|recvonly|inactive)", audio, re.MULTILINE) or re.search(
        r"^a=(sendrecv|sendonly|recvonly|inactive)", session, re.MULTILINE
    )
    return Audio(
        host=host,
        port=int(words[1].partition("/")[0]),
        codec=codec,
        event=event,
        direction=way.group(1) if way else "sendrecv",
        key=_key(audio),
        secure="SAVP" in words[2].upper(),
    )


def _key(audio: str) -> bytes | None:
    for found in re.findall(rf"^a=crypto:\d+ {SUITE} inline:([^|\s]+)", audio, re.MULTILINE):
        try:
            key = base64.b64decode(found + "=" * (-len(found) % 4), validate=True)
        except ValueError:
            continue
        if len(key) == KEY_BYTES:
            return key
    return None


def opposite(direction: str) -> str:
    """What the answer to this direction says."""
    return _OPPOSITE.get(direction, direction)
