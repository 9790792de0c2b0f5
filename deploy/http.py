"""The HTTP side of the server: health, and the page that calls and writes from a browser."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass

import uvicorn
from fastapi import FastAPI, Response

from deploy.config import Http, Settings
from deploy.control import Control, add_control
from deploy.errors import CannotStart
from deploy.metrics.route import add_metrics
from telephony.session import Session
from telephony.status import Connection
from telephony.web import WebCalls, add_routes
from telephony.written import Writing


@dataclass
class Health:
    """Whether the server takes calls; written by the server, read by /readyz."""

    ready: bool = False
    degraded: Callable[[], str] = lambda: ""  #: what must be mended though calls are taken
    connections: Callable[[], Sequence[Connection]] = tuple  #: trunks and accounts


_STATES = {True: "up", False: "down", None: "unknown"}


def build_app(
    settings: Settings,
    session: Session,
    health: Health,
    writing: Writing | None = None,
    review: FastAPI | None = None,
    control: Control | None = None,
    figures: Callable[[], str] | None = None,
) -> tuple[FastAPI, WebCalls]:
    """The routes of the server; the browser calls are closed by whoever built them.

    Args:
        figures: what /metrics shows.
    """
    app = FastAPI(title="Allô Mairie", docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        """The process lives."""
        return {"status": "ok"}

    @app.get("/readyz")
    async def readyz(response: Response) -> dict[str, object]:
        """Models are loaded and calls are taken; 503 otherwise."""
        if not health.ready:
            response.status_code = 503
            return {"status": "not ready"}
        if control is not None and control.draining:
            response.status_code = 503
            return {"status": "draining"}
        watched = {one.name: _STATES[one.up] for one in health.connections()}
        said: dict[str, object] = {"connections": watched} if watched else {}
        if degraded := health.degraded():
            return {"status": "degraded", "reason": degraded, **said}
        return {"status": "ready", **said}

    if control is not None:
        add_control(app, control)
    if figures is not None:
        add_metrics(app, settings.metrics, figures)
    calls = WebCalls(
        session,
        enabled=settings.http.web_calls,
        per_minute=settings.http.web_calls_per_minute,
        ice=settings.webrtc.ice(),
        tickets=settings.webrtc.tickets(),
    )
    add_routes(
        app,
        calls,
        town_name=settings.town.name,
        phone=settings.town.phone,
        writing=writing,
        embed_origins=settings.webrtc.embed_origins,
    )
    if review is not None:
        app.mount("/review", review)
    return app, calls


def bind(settings: Http) -> socket.socket:
    """Take the port before anything slow is loaded.

    Raises:
        CannotStart: the port or the address cannot be had.
    """
    try:
        return socket.create_server((settings.host, settings.port), reuse_port=False)
    except OSError as error:
        raise CannotStart(
            f"HTTP cannot listen on {settings.host}:{settings.port} ({error.strerror}); stop the "
            "program that uses this port, or set http.port and http.host in allomairie.toml"
        ) from error


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals belong to `deploy.server`, which drains calls first."""
        yield


@contextlib.asynccontextmanager
async def serving(app: FastAPI, listener: socket.socket) -> AsyncIterator[None]:
    """Serve `app` on a bound socket while the context lasts."""
    config = uvicorn.Config(
        app,
        log_level="warning",
        log_config=None,  # its lines are written and masked like all others
        timeout_graceful_shutdown=3,
    )
    server = _Server(config)
    # the socket listens already: a request that comes before the task ran waits in its backlog
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield
    finally:
        server.should_exit = True
        await task
