"""What is outside, put together: `deploy` adds it to its own routes, behind the shield.

/demander         the public form         /open311/…    our reports for everybody
/hooks/tickets/…  status from other systems
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from records import RecordsError, ReviewStore
from review.outside.form import FormWords, PublicForm
from review.outside.hooks import add_hooks
from review.outside.open311 import Open311Pages, Open311Reading
from review.shield import Shield

logger = logging.getLogger("allomairie.review")

NO_DATABASE = "Cela ne peut pas être enregistré en ce moment. Réessayez dans quelques minutes."
NOT_HERE = "Il n'y a rien à cette adresse."
UNREADABLE = "Ce que vous envoyez n'est pas compris."
TOO_LONG = "Ce que vous envoyez est trop long."


@dataclass(frozen=True)
class OutsideSettings:
    """What of it the town wants; None and empty: not at all."""

    form: FormWords | None = None
    per_hour: int = 60
    open311: Open311Reading | None = None
    hook_secrets: Mapping[str, str] = field(default_factory=dict)  #: by name of the system


def outside_routes(
    store: ReviewStore,
    settings: OutsideSettings,
    *,
    monotonic: Callable[[], float] = time.monotonic,
    now_s: Callable[[], float] = time.time,
) -> list[BaseRoute]:
    """Routes for the server's own application; empty when the town wants none of it."""
    router = APIRouter()
    paths: list[str] = []
    if settings.form is not None:
        PublicForm(store.outside, settings.form, settings.per_hour, monotonic).add(router)
        paths += ["/demander", "/demander/{rest:path}"]
    if settings.open311 is not None:
        Open311Pages(store.outside, settings.open311, store.now).add(router)
        paths += ["/open311/{rest:path}"]
    if settings.hook_secrets:
        add_hooks(router, store.outside, settings.hook_secrets, now_s)
        paths += ["/hooks/{rest:path}"]
    if not paths:
        return []
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(router)
    app.add_exception_handler(HTTPException, _wrong)
    app.add_exception_handler(RecordsError, _no_database)
    app.add_exception_handler(ClientDisconnect, _too_long)
    guarded: ASGIApp = Shield(app)
    return [Route(path, endpoint=guarded) for path in paths]


def _wrong(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
    message = NOT_HERE if error.status_code in (404, 405) else UNREADABLE
    return _said(request, error.status_code, message)


def _no_database(request: Request, error: Exception) -> Response:
    logger.error("outside: %s", error)
    return _said(request, 503, NO_DATABASE)


def _too_long(request: Request, _: Exception) -> Response:
    return _said(request, 413, TOO_LONG)


def _said(request: Request, status: int, message: str) -> Response:
    if request.url.path.startswith("/demander"):
        return PlainTextResponse(message, status_code=status)
    return JSONResponse({"err": 1, "err_desc": message}, status_code=status)
