"""Another town system that really listens, on this machine, and misbehaves when told to."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Asked:
    """One request."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        """A body that is a form."""
        return dict(parse_qsl(self.body.decode()))


@dataclass
class Receiver:
    """What it was asked, and what it answers: status, body, and headers."""

    answer: Callable[[Asked], tuple[int, bytes]] = lambda _: (200, b"{}")
    headers: dict[str, str] = field(default_factory=dict)
    wait: threading.Event | None = None  #: it answers once this is set
    asked: list[Asked] = field(default_factory=list)
    url: str = ""


@contextmanager
def receiver(certificate: tuple[Path, Path] | None = None, **behaviour: Any) -> Iterator[Receiver]:
    """A receiver on a free port of the loopback."""
    told = Receiver(**behaviour)

    class Handler(BaseHTTPRequestHandler):
        def _take(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            parts = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, parts.path, dict(parse_qsl(parts.query)), headers, body)
            told.asked.append(asked)
            if told.wait is not None:
                told.wait.wait(10)
            status, answer = told.answer(asked)
            try:
                self.send_response(status)
                for name, value in told.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)
            except OSError:
                return  # the caller did not wait

        do_GET = do_POST = _take

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    scheme = "http"
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*map(str, certificate))
        server.socket = context.wrap_socket(server.socket, server_side=True)
        scheme = "https"
    told.url = f"{scheme}://localhost:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield told
    finally:
        if told.wait is not None:
            told.wait.set()
        server.shutdown()
        server.server_close()
