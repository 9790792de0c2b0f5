"""Another system tells the status of a ticket: a signed POST to /hooks/tickets/NAME.

request ─► the name is configured ─► signed within 5 minutes ─► event known? ─► ticket moved on
              └ 404                     └ 401                      └ 200, nothing changes
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool

from records import TicketStatus, UnknownRecord
from records.outside_store import OutsideStore
from review.signature import SIGNATURE, TIMESTAMP, is_signed

logger = logging.getLogger("allomairie.review")


class StatusTold(BaseModel):
    """What the other system says."""

    model_config = ConfigDict(extra="ignore")

    id: str = Field(min_length=1, max_length=100, description="Of the event: known, it is once.")
    reference: str = Field(pattern=r"^[0-9]{6}$", description="Our reference, display_id.")
    status: Literal["open", "in_progress", "closed"]
    note: str = Field("", max_length=1000)


def add_hooks(
    router: APIRouter,
    store: OutsideStore,
    secrets: Mapping[str, str],
    now_s: Callable[[], float],
) -> None:
    """Add the route.

    Args:
        secrets: by the name of each system that may tell.
        now_s: seconds since 1970.
    """

    @router.post("/hooks/tickets/{name}")
    async def told(name: str, request: Request) -> JSONResponse:
        """Take the status of a ticket."""
        secret = secrets.get(name)
        if secret is None:
            return _said(404, "Aucun système de ce nom ne peut écrire ici.")
        body = await request.body()
        given = request.headers.get(SIGNATURE, "")
        if not is_signed(secret, request.headers.get(TIMESTAMP, ""), given, body, now_s()):
            return _said(401, "La signature est fausse, absente ou trop ancienne.")
        try:
            asked = StatusTold.model_validate(json.loads(body))
        except (ValueError, ValidationError, RecursionError):
            return _said(422, "Il faut id, reference (six chiffres) et status, en JSON.")
        status = TicketStatus(asked.status)
        try:
            fresh = await run_in_threadpool(
                store.told_status, asked.reference, status, name, asked.id, asked.note
            )
        except UnknownRecord:
            return _said(404, "Aucune demande n'a cette référence.")
        logger.info("ticket %s: %s by %s", asked.reference, asked.status, name)
        return JSONResponse({"err": 0, "data": {"id": asked.reference, "known": not fresh}})


def _said(status: int, message: str) -> JSONResponse:
    return JSONResponse({"err": 1, "err_desc": message}, status_code=status)
