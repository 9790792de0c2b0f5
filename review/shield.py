"""What stands before every route: size, rate, encrypted transport, and the headers of answers."""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 256 * 1024
PER_SECOND, BURST = 20.0, 100.0
ADDRESSES_KEPT = 10_000
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "connect-src 'self'; media-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "X-Robots-Tag": "noindex",
}


class Shield:
    """ASGI middleware around the supervisors' page.

    Args:
        clock: seconds, monotonic; tests let it jump.
    """

    def __init__(self, app: ASGIApp, clock: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._clock = clock
        self._allowance: OrderedDict[str, tuple[float, float]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is not None:
            await refusal(scope, receive, _with_headers(send, scope))
            return
        await self._app(scope, _bounded(receive), _with_headers(send, scope))

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        host = str((scope.get("client") or ("", 0))[0])
        if scope["scheme"] != "https" and not _here(host):
            return PlainTextResponse(
                "Cette page ne s'ouvre qu'en HTTPS (https://…). Demandez l'adresse à votre "
                "service informatique.",
                status_code=403,
            )
        length = Headers(scope=scope).get("content-length", "0")
        if length.isdigit() and int(length) > LARGEST_BODY:
            return PlainTextResponse("Ce que vous envoyez est trop long.", status_code=413)
        if not self._allowed(host):
            return PlainTextResponse(
                "Trop de demandes en peu de temps. Attendez quelques secondes.",
                status_code=429,
                headers={"Retry-After": "5"},
            )
        return None

    def _allowed(self, host: str) -> bool:
        """A bucket of tokens per address: so many at once, so many more each second."""
        now = self._clock()
        left, at = self._allowance.pop(host, (BURST, now))
        left = min(BURST, left + (now - at) * PER_SECOND)
        allowed = left >= 1
        self._allowance[host] = (left - 1 if allowed else left, now)
        while len(self._allowance) > ADDRESSES_KEPT:
            self._allowance.popitem(last=False)
        return allowed


def _here(host: str) -> bool:
    """Whether the other side is this machine, where nothing can be read on the way."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _bounded(receive: Receive) -> Receive:
    """A body without a length is cut off where it becomes too long."""
    taken = 0

    async def bounded() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > LARGEST_BODY:
            return {"type": "http.disconnect"}
        return message

    return bounded


def _with_headers(send: Send, scope: Scope) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
            if "/static/" not in scope["path"]:
                headers["Cache-Control"] = "no-store"
            if scope["scheme"] == "https":
                headers["Strict-Transport-Security"] = "max-age=31536000"
        await send(message)

    return sending
