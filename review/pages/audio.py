"""The sound of one call: a reason first, then the sound itself, by byte ranges.

It is decrypted in memory at each request; no copy is kept here, nor in the browser (`no-store`).
"""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Header, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from records import UnknownRecord
from review import listening
from review.desk import ReviewDesk
from review.gate import Visitor
from review.rights import Right
from review.routes import Routes, Who

KIND = "audio/ogg; codecs=opus"
_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


class Reason(BaseModel):
    """Why somebody listens."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(max_length=20, description="One of: " + ", ".join(listening.REASONS))


class AudioPages:
    """Listening to one call."""

    def __init__(self, desk: ReviewDesk) -> None:
        self._desk = desk

    def add(self, routes: Routes) -> None:
        """Add the routes of this file."""
        routes.form("/calls/{call_id}/listen", Right.LISTEN)(self.listen_form)
        routes.api("POST", "/api/calls/{call_id}/listen", Right.LISTEN, status_code=204)(
            self.listen_api
        )
        routes.api("GET", "/api/calls/{call_id}/audio", Right.LISTEN, response_class=Response)(
            self.audio
        )

    def listen_form(self, request: Request, who: Who, call_id: str) -> Response:
        """Say why, then the page shows the player."""
        listening.allow(self._desk, who, call_id, who.form.get("reason", ""))
        return RedirectResponse(f"{request.scope['root_path']}/calls/{call_id}#son", 303)

    def listen_api(self, who: Who, call_id: str, reason: Reason) -> None:
        """Say why; the sound may be fetched within the next hour. It is written into the log."""
        listening.allow(self._desk, who, call_id, reason.reason)

    def audio(
        self,
        who: Who,
        call_id: str,
        wanted: Annotated[str, Header(alias="Range", max_length=200)] = "",
        if_range: Annotated[str, Header(alias="If-Range", max_length=200)] = "",
    ) -> Response:
        """The sound, Opus in Ogg, the caller left and the assistant right; whole or one range."""
        sound, tag = self._sound(who, call_id)
        headers = {"Accept-Ranges": "bytes", "ETag": tag, "Content-Disposition": "inline"}
        span = _span(wanted, len(sound)) if if_range in ("", tag) else None
        if span is None:
            return Response(sound, media_type=KIND, headers=headers)
        first, last = span
        if first > last:
            headers["Content-Range"] = f"bytes */{len(sound)}"
            return Response(status_code=416, headers=headers)
        headers["Content-Range"] = f"bytes {first}-{last}/{len(sound)}"
        return Response(sound[first : last + 1], 206, media_type=KIND, headers=headers)

    def _sound(self, who: Visitor, call_id: str) -> tuple[bytes, str]:
        if listening.of_call(self._desk, call_id) is None:
            raise UnknownRecord("no sound of this call")
        return listening.heard_by(self._desk, who, call_id, self._desk.store.call(call_id))


def _span(wanted: str, size: int) -> tuple[int, int] | None:
    """First and last byte; first > last: none of it is there; None: send all (RFC 9110, 14)."""
    found = _RANGE.fullmatch(wanted.replace(" ", ""))
    if found is None or found[0] == "bytes=-":
        return None  # not one plain range: a server may then send the whole
    first, last = found[1], found[2]
    if not first:
        length = min(int(last), size)
        return (size - length, size - 1) if length else (1, 0)
    if last and int(last) < int(first):
        return None
    start = int(first)
    return (start, min(int(last), size - 1) if last else size - 1) if start < size else (1, 0)
