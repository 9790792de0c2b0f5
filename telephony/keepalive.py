"""OPTIONS sent to trunks (RFC 3261, section 11): does the IPBX still live?

The stack cannot send OPTIONS, so this is a small client of its own, from a port of its own. Any
answer but a server's failure means that the peer lives: many answer 404 or 405 and are well.

    OPTIONS ─► wait for a final response, sent again over UDP after 0.5, 1, 2 s ─► up or down
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import ssl
from dataclasses import dataclass

from telephony.peers import Transport
from telephony.sip_message import Message
from telephony.status import Status

ANSWER_S = 5.0  #: without a final response within it, the peer is down
FIRST_RETRANSMISSION_S = 0.5  #: T1 of RFC 3261
MOST_BYTES = 65536


@dataclass(frozen=True)
class Target:
    """A trunk that is asked."""

    name: str
    host: str
    port: int
    transport: Transport
    every_s: int


class NotAlive(Exception):
    """The peer did not answer as one that takes calls; the message says how."""


def options(target: Target, local: tuple[str, int], token: str) -> bytes:
    """One OPTIONS request.

    Args:
        local: address and port that the response comes to.
        token: makes branch, tag and Call-ID unique.
    """
    host, port = local
    uri = f"sip:{target.host}:{target.port};transport={target.transport}"
    lines = (
        f"OPTIONS {uri} SIP/2.0",
        f"Via: SIP/2.0/{target.transport.upper()} {host}:{port};branch=z9hG4bK{token};rport",
        "Max-Forwards: 70",
        f"From: <sip:mairie@{host}>;tag={token[:8]}",
        f"To: <sip:{target.host}:{target.port}>",
        f"Call-ID: {token}@{host}",
        "CSeq: 1 OPTIONS",
        f"Contact: <sip:mairie@{host}:{port};transport={target.transport}>",
        "Accept: application/sdp",
        "User-Agent: allomairie",
        "Content-Length: 0",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def is_final(data: bytes, token: str) -> int:
    """The status of a final response to our request; 0 for anything else.

    Raises:
        NotAlive: the peer answers that it fails.
    """
    try:
        message = Message.parse(data.decode("utf-8", "replace"))
    except ValueError:
        return 0
    if message.status < 200 or f"z9hG4bK{token}" not in message.value("via"):
        return 0
    if message.status >= 500:
        raise NotAlive(f"it answers {message.start.partition(' ')[2][:60]}")
    return message.status


class _Answers(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.received: asyncio.Queue[bytes] = asyncio.Queue(16)

    def datagram_received(self, data: bytes, addr: tuple[str | object, int]) -> None:
        with contextlib.suppress(asyncio.QueueFull):
            self.received.put_nowait(data)

    def error_received(self, exc: Exception) -> None:
        """ICMP said nobody listens; the retransmissions will tell."""


async def ask(
    target: Target, address: str, *, tls: ssl.SSLContext | None = None, answer_s: float = ANSWER_S
) -> int:
    """Send one OPTIONS from `address` and return the status of its answer.

    Raises:
        NotAlive: no answer in time, no connection, or a 5xx or 6xx.
    """
    try:
        async with asyncio.timeout(answer_s):
            if target.transport == "udp":
                return await _ask_udp(target, address)
            return await _ask_stream(target, address, tls)
    except TimeoutError:
        raise NotAlive(f"no answer to OPTIONS within {answer_s:g} s") from None
    except ssl.SSLError as error:
        raise NotAlive(f"TLS: {error.reason or error}") from error
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)  # asyncio's own says less
        raise NotAlive(f"{target.host}:{target.port}: {why}") from error


async def _ask_udp(target: Target, address: str) -> int:
    loop = asyncio.get_running_loop()
    transport, answers = await loop.create_datagram_endpoint(
        _Answers, local_addr=(address, 0), remote_addr=(target.host, target.port)
    )
    token = secrets.token_hex(12)
    request = options(target, transport.get_extra_info("sockname"), token)
    wait_s = FIRST_RETRANSMISSION_S
    try:
        while True:
            transport.sendto(request)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    while not (status := is_final(await answers.received.get(), token)):
                        pass
                    return status
            wait_s *= 2
    finally:
        transport.close()


async def _ask_stream(target: Target, address: str, tls: ssl.SSLContext | None) -> int:
    reader, writer = await asyncio.open_connection(
        target.host,
        target.port,
        local_addr=(address, 0),
        ssl=tls if target.transport == "tls" else None,
    )
    token = secrets.token_hex(12)
    try:
        writer.write(options(target, writer.get_extra_info("sockname"), token))
        received = b""
        while len(received) < MOST_BYTES and (data := await reader.read(4096)):
            received += data
            if b"\r\n\r\n" in received and (status := is_final(received, token)):
                return status
        raise NotAlive("the connection was closed without an answer")
    finally:
        writer.close()


async def keep_asking(
    target: Target, address: str, status: Status, tls: ssl.SSLContext | None
) -> None:
    """Ask for ever; what changes is reported."""
    while True:
        try:
            await ask(target, address, tls=tls)
            status.report(target.name, up=True)
        except NotAlive as error:
            status.report(target.name, up=False, detail=str(error))
        await asyncio.sleep(target.every_s)
