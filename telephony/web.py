"""The page that calls and writes from a browser, and the HTTP route that takes its calls."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from importlib import resources
from string import Template
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from pydantic import ValidationError

from telephony.embed import headers_for
from telephony.web_calls import (
    BAD_OFFER,
    DISABLED,
    ELSEWHERE,
    NOT_JSON,
    TOO_LARGE,
    Offer,
    Refused,
    WebCalls,
)
from telephony.written import Writing
from telephony.written_limits import DISABLED as NO_WRITING
from telephony.written_limits import LONGEST_CHARS
from telephony.written_routes import add_written_routes

__all__ = ["WebCalls", "add_routes"]

BODY_BYTES = 32_000
FILES = {"style.css": "text/css", "call.js": "text/javascript", "write.js": "text/javascript"}
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

SECRET = {**HEADERS, "Cache-Control": "no-store"}


def _address(request: Request) -> str:
    """The visitor's, as uvicorn knows it: of a reverse proxy on this machine, what it says."""
    return request.client.host if request.client else ""


def _must_be_our_page(request: Request) -> None:
    """Another site cannot fetch tickets: browsers say where a request comes from.

    Raises:
        Refused: it comes from elsewhere.
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None:  # a reverse proxy may change Host, but not this
        ours = site == "same-origin"
    else:
        ours = origin is None or urlsplit(origin).netloc == request.headers.get("host")
    if not ours:
        raise Refused(ELSEWHERE)


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


def _render(
    town_name: str, phone: str, *, enabled: bool, writing: Writing | None, name: str = "index.html"
) -> str:
    writes = writing is not None and writing.enabled
    folder = resources.files("telephony") / "page"
    page = Template((folder / name).read_text("utf-8"))
    return page.substitute(
        town=html.escape(town_name),
        phone=html.escape(phone),
        keypad=(folder / "keypad.html").read_text("utf-8"),
        levels=(folder / "levels.html").read_text("utf-8"),
        phone_link=re.sub(r"[^+\d]", "", phone),
        problem="" if enabled else html.escape(DISABLED.sentence(phone)),
        disabled="" if enabled else "disabled",
        longest=str(LONGEST_CHARS),
        writing_problem="" if writes else html.escape(NO_WRITING.sentence(phone)),
        writing_disabled="" if writes else "disabled",
        resume_hidden="" if writing is not None and writing.resumes else "hidden",
    )


def add_routes(
    app: FastAPI,
    calls: WebCalls,
    *,
    town_name: str,
    phone: str,
    writing: Writing | None = None,
    embed_origins: Sequence[str] = (),
) -> None:
    """Serve the page at /, take its calls at /api/offer and what is written at /written.

    Args:
        app: gets the routes.
        calls: takes the calls.
        town_name: shown on the page.
        phone: the front desk, named wherever a call cannot be taken.
        writing: takes what is written; without it the page only calls.
        embed_origins: sites that may show the call button; without any there is none.
    """
    page = _render(town_name, phone, enabled=calls.enabled, writing=writing)
    if writing is not None:
        add_written_routes(app, writing, phone=phone, headers=HEADERS)
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

    if embed_origins:
        small = _render(town_name, phone, enabled=calls.enabled, writing=None, name="embed.html")
        framed = headers_for(HEADERS, embed_origins)
        script = (folder / "embed.js").read_bytes()

        @app.get("/embed", include_in_schema=False)
        async def embedded() -> Response:
            """The small page for the town's own site."""
            return Response(small, media_type="text/html", headers=framed)

        @app.get("/embed.js", include_in_schema=False)
        async def button() -> Response:
            """What the town's own site includes."""
            return Response(script, media_type="text/javascript", headers=HEADERS)

    @app.post("/api/ticket", include_in_schema=False)
    async def ticket(request: Request) -> Response:
        """The right to one call: {ticket, ice_servers, relay_only} or {error}."""
        try:
            _must_be_our_page(request)
            return JSONResponse(calls.ticket(_address(request)), headers=SECRET)
        except Refused as refused:
            body = {"error": refused.refusal.sentence(phone)}
            return JSONResponse(body, refused.refusal.status, headers=HEADERS)

    @app.post("/api/offer", include_in_schema=False)
    async def offer(request: Request) -> Response:
        """Begin a call, or go on with one that lost its network.

        {sdp, type, ticket} or {sdp, type, ticket: "", resume} in; {sdp, type, pc_id, resume} or
        {error} out.
        """
        try:
            answer = await calls.take(await _read_offer(request), _address(request))
            return JSONResponse(answer, headers=SECRET)
        except Refused as refused:
            refusal = refused.refusal
            body = {"error": refusal.sentence(phone)}
            return JSONResponse(body, refusal.status, headers=HEADERS)
