"""The running server's control: `allomairie drain` speaks to it over HTTP on this machine.

The token is made at each start and lies in the town's `data/`, readable by its owner alone: who may
read it may also stop the server. Requests from other machines are refused whatever they know.
"""

from __future__ import annotations

import contextlib
import hmac
import json
import logging
import os
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import httpx
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from deploy.config import Http
from deploy.folder import TownFolder

FILE_NAME = "control.json"
PATH = "/control/drain"
STATUS_PATH = "/control/status"
ANSWER_S = 5.0
SECURITY = logging.getLogger("allomairie.security")


class Carrier(Protocol):
    """What carries calls and may refuse new ones."""

    refusing: bool

    @property
    def active(self) -> int:
        """Calls in progress."""


@dataclass
class Control:
    """Whether new calls are taken; calls in progress go on."""

    token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    carriers: Sequence[Carrier] = ()
    status: Callable[[], dict[str, object]] = dict  #: what `allomairie status` shows

    @property
    def draining(self) -> bool:
        """Whether new calls are refused."""
        return any(carrier.refusing for carrier in self.carriers)

    def drain(self, refuse: bool) -> None:
        """Refuse new calls from now on, or take them again."""
        for carrier in self.carriers:
            carrier.refusing = refuse

    def state(self) -> dict[str, object]:
        """For the command."""
        return {"draining": self.draining, "calls": sum(one.active for one in self.carriers)}


def add_control(app: FastAPI, control: Control) -> None:
    """Serve the control: GET its state, PUT to drain, DELETE to take calls again."""

    def refusal(request: Request) -> Response | None:
        here = request.client.host if request.client else ""
        said = request.headers.get("authorization", "").removeprefix("Bearer ")
        own = (request.scope.get("server") or ("",))[0]
        if not (here.startswith("127.") or here in ("::1", own)):
            return JSONResponse({"error": "only from this machine"}, 403)
        if not hmac.compare_digest(said.encode(), control.token.encode()):
            return JSONResponse({"error": "the token is wrong"}, 401)
        return None

    @app.api_route(PATH, methods=["GET", "PUT", "DELETE"], include_in_schema=False)
    async def drain(request: Request) -> Response:
        """The state, after the change that was asked for."""
        if (refused := refusal(request)) is not None:
            return refused
        if request.method != "GET":
            control.drain(request.method == "PUT")
            said = "refused" if control.draining else "taken again"
            facts = {"event": "drain", "draining": control.draining}
            SECURITY.warning("new calls are %s", said, extra={"facts": facts})
        return JSONResponse(control.state())

    @app.get(STATUS_PATH, include_in_schema=False)
    async def status(request: Request) -> Response:
        """How the server is, for the terminal."""
        refused = refusal(request)
        return JSONResponse(control.status()) if refused is None else refused


def write_key(folder: TownFolder, control: Control, http: Http) -> Path:
    """Leave the way in and its token for the command; returns the file."""
    host = "127.0.0.1" if http.host in ("0.0.0.0", "::", "") else http.host  # noqa: S104
    path = folder.data / FILE_NAME
    path.unlink(missing_ok=True)
    said = json.dumps({"url": f"http://{host}:{http.port}{PATH}", "token": control.token})
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(said)
    return path


def remove_key(path: Path, control: Control) -> None:
    """Take the way in back, unless another server of this town has put its own there."""
    with contextlib.suppress(OSError, ValueError, KeyError):
        if json.loads(path.read_text(encoding="utf-8"))["token"] == control.token:
            path.unlink()


class NoServer(Exception):
    """No running server of this town answers; one sentence."""


def ask(folder: TownFolder, method: str, path: str = PATH) -> dict[str, Any]:
    """Speak to the town's running server.

    Raises:
        NoServer: there is none, or it does not answer as it should.
    """
    file = folder.data / FILE_NAME
    try:
        key = json.loads(file.read_text(encoding="utf-8"))
        headers = {"Authorization": f"Bearer {key['token']}"}
        response = httpx.request(
            method,
            httpx.URL(key["url"]).copy_with(path=path),
            headers=headers,
            timeout=ANSWER_S,
            trust_env=False,
        )
        response.raise_for_status()
        state: dict[str, Any] = response.json()
    except FileNotFoundError:
        raise NoServer(f"no server of this town is running ({file} does not exist)") from None
    except PermissionError:
        raise NoServer(f"{file} belongs to the user that runs the server; be that user") from None
    except (OSError, ValueError, KeyError, httpx.HTTPError, httpx.InvalidURL) as error:
        raise NoServer(f"the server of this town does not answer: {error}") from error
    return state
