"""The HTTP of conversations in writing: small JSON in, small JSON out, of the same origin only.

    POST /written                 {}                 -> conversation, token, say, choices
    POST /written/resume          {reference, code}  -> the same, and the call's last replies
    POST /written/{conversation}  {text}             -> say, choices, ended
    POST /written/{conversation}/leave {}            -> 204

The token travels in a header of its own: no address holds it, no cookie carries it, and a page of
another site can neither read it nor send it.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from typing import Annotated, TypeVar
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from telephony.web_calls import Refusal, Refused
from telephony.written import Begun, Writing
from telephony.written_conversation import Answer
from telephony.written_limits import LONGEST_CHARS

TOKEN_HEADER = "X-Conversation-Token"  # noqa: S105 - a name
BODY_BYTES = 16_000  #: the longest message, each character escaped in JSON, with room to spare

_RELOAD = "Rechargez la page et réessayez, ou appelez la mairie au {phone}."
NOT_JSON = Refusal(415, "Votre message n'a pas été compris. " + _RELOAD)
UNREADABLE = Refusal(422, "Votre message n'a pas été compris. " + _RELOAD)
ELSEWHERE = Refusal(403, "Ce message ne vient pas de la page de la mairie. " + _RELOAD)
TOO_LONG = Refusal(
    413,
    f"Votre message est trop long : {LONGEST_CHARS} caractères au plus. "
    "Écrivez-le en plusieurs fois.",
)
EMPTY = Refusal(422, "Écrivez un message, par exemple : « Quels sont les horaires de la mairie ? »")
BAD_REFERENCE = Refusal(
    422,
    "La référence a six chiffres et le code aussi. Par exemple : référence 482 913, code 751 204.",
)


def _readable(text: str) -> str:
    """The words without what no keyboard writes; an empty text stays empty."""
    kept = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(kept.split())


def _digits(text: str) -> str:
    digits = re.sub(r"[\s.\-\u00a0\u202f]", "", text)
    if not (digits.isascii() and digits.isdigit() and len(digits) in range(4, 7)):
        raise ValueError("not a reference or code")
    return digits


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Nothing(_Body):
    """An empty object."""


class Message(_Body):
    """What a visitor wrote."""

    text: Annotated[str, Field(max_length=LONGEST_CHARS), AfterValidator(_readable)]


class Found(_Body):
    """What finds a call again."""

    reference: Annotated[str, Field(max_length=20), AfterValidator(_digits)]
    code: Annotated[str, Field(max_length=20), AfterValidator(_digits)]


_B = TypeVar("_B", bound=_Body)


async def _read(request: Request, kind: type[_B], wrong: Refusal = UNREADABLE) -> _B:
    """The body of a request that comes from our own page.

    Raises:
        Refused: it does not, or it is not what was asked.
    """
    # JSON only: a page of another site cannot send it without a preflight, which nobody answers
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise Refused(NOT_JSON)
    if not same_origin(request.headers):
        raise Refused(ELSEWHERE)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_BYTES:
            raise Refused(TOO_LONG)
    try:
        return kind.model_validate_json(bytes(body))
    except ValidationError as error:
        long = any(one["type"] == "string_too_long" for one in error.errors())
        raise Refused(TOO_LONG if long and kind is Message else wrong) from error


def same_origin(headers: Mapping[str, str]) -> bool:
    """Whether a browser says that the request comes from our page; programs say nothing."""
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host", "")


def visitor(request: Request) -> str:
    """Who is counted as one visitor: an IPv4 address, or an IPv6 network of one household."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return host


def _said(answer: Answer) -> dict[str, object]:
    return {
        "say": answer.text,
        "choices": [{"label": one.label, "text": one.text} for one in answer.choices],
        "ended": answer.ended,
    }


def _begun(begun: Begun) -> dict[str, object]:
    names: dict[str, object] = {"conversation": begun.id, "token": begun.token}
    return names | {"earlier": list(begun.earlier)} | _said(begun.answer)


def add_written_routes(
    app: FastAPI, writing: Writing, *, phone: str, headers: Mapping[str, str]
) -> None:
    """Take conversations in writing.

    Args:
        app: gets the routes.
        writing: holds the conversations.
        phone: the front desk, named wherever something is refused.
        headers: of every answer.
    """
    sent = {**headers, "Cache-Control": "no-store"}

    @app.exception_handler(Refused)
    async def refused(_: Request, error: Exception) -> Response:
        refusal = error.refusal if isinstance(error, Refused) else UNREADABLE
        return JSONResponse({"error": refusal.sentence(phone)}, refusal.status, headers=sent)

    @app.post("/written", include_in_schema=False)
    async def begin(request: Request) -> Response:
        """Begin a conversation."""
        await _read(request, Nothing)
        return JSONResponse(_begun(await writing.begin(visitor(request))), headers=sent)

    @app.post("/written/resume", include_in_schema=False)
    async def resume(request: Request) -> Response:
        """Go on with a telephone call."""
        found = await _read(request, Found, BAD_REFERENCE)
        begun = await writing.resume(visitor(request), found.reference, found.code)
        return JSONResponse(_begun(begun), headers=sent)

    @app.post("/written/{conversation}", include_in_schema=False)
    async def hear(request: Request, conversation: str) -> Response:
        """One turn."""
        text = (await _read(request, Message)).text
        if not text:
            raise Refused(EMPTY)
        token = request.headers.get(TOKEN_HEADER, "")
        return JSONResponse(_said(await writing.hear(conversation, token, text)), headers=sent)

    @app.post("/written/{conversation}/leave", include_in_schema=False)
    async def leave(request: Request, conversation: str) -> Response:
        """The visitor closed the page."""
        await _read(request, Nothing)
        await writing.leave(conversation, request.headers.get(TOKEN_HEADER, ""))
        return Response(status_code=204, headers=sent)
