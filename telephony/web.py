"""The page that calls from a browser, and the HTTP route that takes its calls."""

from __future__ import annotations

import html
import re
from importlib import resources
from string import Template

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from pydantic import ValidationError

from telephony.web_calls import (
    BAD_OFFER,
    DISABLED,
    NOT_JSON,
    TOO_LARGE,
    Offer,
    Refused,
    WebCalls,
)

__all__ = ["WebCalls", "add_routes"]

BODY_BYTES = 32_000
FILES = {"style.css": "text/css", "call.js": "text/javascript"}
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    ),
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}


async def _read_offer(request: Request) -> Offer:
    # JSON only: a page of another site cannot send it without a preflight, which nobody answers
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise Refused(NOT_JSON)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_BYTES:
            raise Refused(TOO_LARGE)
    try:
        return Offer.model_validate_json(bytes(body))
    except ValidationError as error:
        raise Refused(BAD_OFFER) from error


def _render(town_name: str, phone: str, *, enabled: bool) -> str:
    page = Template((resources.files("telephony") / "page" / "index.html").read_text("utf-8"))
    return page.substitute(
        town=html.escape(town_name),
        phone=html.escape(phone),
        phone_link=re.sub(r"[^+\d]", "", phone),
        problem="" if enabled else html.escape(DISABLED.sentence(phone)),
        disabled="" if enabled else "disabled",
    )


def add_routes(app: FastAPI, calls: WebCalls, *, town_name: str, phone: str) -> None:
    """Serve the page at / and take its calls at /api/offer.

    Args:
        app: gets the routes.
        calls: takes the calls.
        town_name: shown on the page.
        phone: the front desk, named wherever a call cannot be taken.
    """
    page = _render(town_name, phone, enabled=calls.enabled)
    folder = resources.files("telephony") / "page"
    files = {name: (folder / name).read_bytes() for name in FILES}

    @app.get("/", include_in_schema=False)
    async def index() -> Response:
        """The page that calls."""
        return Response(page, media_type="text/html", headers=HEADERS)

    @app.get("/page/{name}", include_in_schema=False)
    async def file(name: str) -> Response:
        """Its style and its script."""
        if name not in files:
            return JSONResponse({"error": "Cette page n'existe pas."}, 404, headers=HEADERS)
        return Response(files[name], media_type=FILES[name], headers=HEADERS)

    @app.post("/api/offer", include_in_schema=False)
    async def offer(request: Request) -> Response:
        """Begin a call: {sdp, type} in; {sdp, type, pc_id} or {error} out."""
        try:
            return JSONResponse(await calls.take(await _read_offer(request)), headers=HEADERS)
        except Refused as refused:
            refusal = refused.refusal
            body = {"error": refusal.sentence(phone)}
            return JSONResponse(body, refusal.status, headers=HEADERS)
