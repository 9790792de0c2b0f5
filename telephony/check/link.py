"""The check's signalling: UDP, TCP or TLS, one trunk, every message captured.

Only the trunk's own addresses are heard. Over UDP and TCP calls that come back are taken on the
same port; over TLS only on the connection that we opened: the check has no certificate of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import ssl
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from telephony.check.capture import Address, Capture
from telephony.peers import Transport
from telephony.sip_message import Message

MOST_BYTES = 65536  #: of one message
CONNECT_S = 5.0
_LENGTH = re.compile(rb"^(?:content-length|l)\s*:\s*(\d+)", re.IGNORECASE | re.MULTILINE)

OnMessage = Callable[[Message, "Route"], None]


@dataclass(frozen=True)
class Route:
    """Where a message came from, so that its answer goes back the same way."""

    address: Address
    writer: asyncio.StreamWriter | None = None


class Link(asyncio.DatagramProtocol):
    """One trunk's signalling; `open`, then `send`, then `close`.

    Args:
        local: address and port of ours; port 0 takes any.
        to: the trunk's address and port.
        on_message: told of each message that arrives.
    """

    def __init__(
        self,
        transport: Transport,
        local: Address,
        to: Address,
        capture: Capture,
        on_message: OnMessage,
    ) -> None:
        self.transport = transport
        self.local = local
        self.to = to
        self._capture = capture
        self._on_message = on_message
        self._friends = {to[0]}
        self._udp: asyncio.DatagramTransport | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self, tls: ssl.SSLContext | None = None, server_name: str = "") -> None:
        """Bind, and connect where the transport is a connection.

        Raises:
            OSError: the port is taken, or the trunk cannot be reached.
            TimeoutError: it does not answer.
            ssl.SSLError: its certificate is not good.
        """
        loop = asyncio.get_running_loop()
        if self.transport == "udp":
            self._udp, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=self.local)
            self.local = self._udp.get_extra_info("sockname")
            return
        if self.transport == "tcp":
            self._server = await asyncio.start_server(self._accepted, *self.local)
            self.local = self._server.sockets[0].getsockname()
        secure = self.transport == "tls"
        async with asyncio.timeout(CONNECT_S):
            reader, self._writer = await asyncio.open_connection(
                *self.to,
                local_addr=(self.local[0], 0),
                ssl=tls if secure else None,
                server_hostname=server_name if secure and server_name else None,
            )
        if secure:
            self.local = self._writer.get_extra_info("sockname")
        self._spawn(self._read(reader, self._writer))

    def befriend(self, host: str) -> None:
        """An address that a Contact named may speak, too."""
        self._friends.add(host)

    def send(self, data: bytes, route: Route | None = None, hop: Address | None = None) -> None:
        """Send a message: the way that `route` came, over UDP to `hop`, else to the trunk."""
        address = route.address if route else self.to
        if self._udp is not None and route is None and hop is not None:
            address = hop
        self._capture.sip(data, self.local, address)
        if self._udp is not None:
            self._udp.sendto(data, address)
            return
        writer = route.writer if route and route.writer else self._writer
        if writer is not None and not writer.is_closing():
            writer.write(data)

    def close(self) -> None:
        """Close sockets and connections."""
        for task in self._tasks:
            task.cancel()
        if self._udp is not None:
            self._udp.close()
        if self._writer is not None:
            self._writer.close()
        if self._server is not None:
            self._server.close()

    # -- what arrives ------------------------------------------------------------------------

    def datagram_received(self, data: bytes, addr: Address) -> None:
        """One message over UDP."""
        self._take(data, Route(addr))

    def error_received(self, exc: Exception) -> None:
        """ICMP said that nobody listens; the missing answer tells it, too."""

    def _take(self, data: bytes, route: Route) -> None:
        if route.address[0] not in self._friends or not data.strip():
            return
        self._capture.sip(data, route.address, self.local)
        try:
            message = Message.parse(data.decode("utf-8", "replace"))
        except ValueError:
            return
        self._on_message(message, route)

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._spawn(self._read(reader, writer))

    async def _read(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = writer.get_extra_info("peername")
        route = Route((peer[0], peer[1]), writer)
        try:
            with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
                while True:
                    head = (await reader.readuntil(b"\r\n\r\n")).lstrip(b"\r\n")
                    length = _LENGTH.search(head)
                    size = int(length.group(1)) if length else 0
                    if size > MOST_BYTES:
                        return
                    self._take(head + await reader.readexactly(size), route)
        except (asyncio.LimitOverrunError, ValueError):
            return
        finally:
            writer.close()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
