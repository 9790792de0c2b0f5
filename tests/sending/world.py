"""A gateway and a mail server that really listen, on this machine, and misbehave when told to."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import json
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HASH_KEY = b"a key that is only used in tests"


@dataclass
class Request:
    """What the gateway was asked."""

    method: str
    path: str
    headers: dict[str, str]
    fields: dict[str, Any]


@dataclass
class Gateway:
    """An SMS gateway."""

    status: int = 200
    answer: bytes = b'{"status": "ok"}'
    delay_s: float = 0
    location: str = ""
    requests: list[Request] = field(default_factory=list)
    url: str = ""

    @property
    def sent(self) -> dict[str, str]:
        """The messages as a telephone shows them: a repeated id is the same message."""
        return {r.fields["id"]: r.fields["text"] for r in self.requests}


@contextmanager
def gateway(**behaviour: Any) -> Iterator[Gateway]:
    """A gateway on a free port of the loopback."""
    told = Gateway(**behaviour)

    class Handler(BaseHTTPRequestHandler):
        def _take(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            if self.headers.get("Content-Type", "").startswith("application/json"):
                fields = json.loads(body)
            else:
                fields = dict(parse_qsl(body or urlsplit(self.path).query))
            headers = {name.lower(): value for name, value in self.headers.items()}
            told.requests.append(Request(self.command, self.path, headers, fields))
            time.sleep(told.delay_s)
            try:
                self.send_response(told.status)
                if told.location:
                    self.send_header("Location", told.location)
                self.send_header("Content-Length", str(len(told.answer)))
                self.end_headers()
                self.wfile.write(told.answer)
            except OSError:
                return  # the caller did not wait

        do_GET = do_POST = do_PUT = _take

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    told.url = f"http://127.0.0.1:{server.server_port}/messages"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()


def certificate(folder: Path, name: str = "localhost") -> tuple[Path, Path]:
    """A certificate that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    names: list[x509.GeneralName] = [x509.DNSName(name)]
    if name == "localhost":
        names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / f"{name}.pem", folder / f"{name}.key"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return public, private


@dataclass
class MailSink:
    """A mail server that keeps what it gets."""

    certificate: tuple[Path, Path]
    tls: bool = False  #: encrypted from the start, else by STARTTLS
    answers: dict[str, str] = field(default_factory=dict)  #: command -> answer instead of 250
    silent: bool = False
    mails: list[str] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    port: int = 0

    async def __aenter__(self) -> MailSink:
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(*map(str, self.certificate))
        context = self._context if self.tls else None
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", 0, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._session(reader, writer)
        except (OSError, ssl.SSLError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _session(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        encrypted = self.tls
        if self.silent:
            await reader.read()
            return
        writer.write(b"220 sink\r\n")
        while line := await reader.readline():
            command = line.decode().strip()
            verb = command.split(" ")[0].upper()
            if verb in self.answers:
                writer.write(self.answers[verb].encode() + b"\r\n")
            elif verb == "EHLO":
                writer.write(b"250-sink\r\n250-AUTH PLAIN\r\n250 STARTTLS\r\n")
            elif verb == "STARTTLS":
                writer.write(b"220 go\r\n")
                await writer.drain()
                await writer.start_tls(self._context)
                encrypted = True
            elif verb == "AUTH":
                self.logins.append(command)
                writer.write(b"235 welcome\r\n")
            elif verb == "RCPT":
                self.recipients.append(command)
                writer.write(b"250 ok\r\n")
            elif verb == "DATA":
                writer.write(b"354 go\r\n")
                text = (await reader.readuntil(b"\r\n.\r\n")).decode()
                self.mails.append(text.removesuffix(".\r\n"))
                self.encrypted.append(encrypted)
                writer.write(b"250 taken\r\n")
            elif verb == "QUIT":
                writer.write(b"221 bye\r\n")
                return
            else:
                writer.write(b"250 ok\r\n")
