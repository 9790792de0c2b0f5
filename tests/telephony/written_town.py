"""A small town hall that is written to: the real desk, the real records, no model of speech."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from dialog.desk import Desk
from dialog.state import State
from records import AsyncRecords, CallView, Records, sqlite_url
from telephony.call import CallInfo
from telephony.ledger import Ledger
from telephony.web import WebCalls, add_routes
from telephony.written import Writing
from telephony.written_limits import Limits
from tests.browser.echo_town import EchoTown
from tests.dialog.conftest import OPEN

PHONE = "02 61 91 50 00"
KEY = b"a key that is only used in tests"
START = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


class Clock:
    """The time in the records: each look is a millisecond later, until it is moved."""

    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> datetime:
        self.time += timedelta(milliseconds=1)
        return self.time

    def move(self, **delta: float) -> None:
        self.time += timedelta(**delta)


class Web:
    """The page's server, with clocks that jump."""

    def __init__(self, desk: Desk, records: AsyncRecords, clock: Clock, **settings: Any) -> None:
        self.records_clock = clock
        self.seconds = 1000.0
        self.at = OPEN
        self.records = records
        self.desk = desk
        self.writing = Writing(
            desk, records, lambda: self.at, clock=lambda: self.seconds, **settings
        )
        self.calls = WebCalls(EchoTown(), enabled=True, per_minute=100)
        app = FastAPI()
        add_routes(app, self.calls, town_name="Valmont", phone=PHONE, writing=self.writing)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        self.http = httpx.AsyncClient(transport=transport, base_url="http://mairie.test")

    async def visitor(self) -> Visitor:
        """Somebody who began to write."""
        answer = await self.http.post("/written", json={})
        assert answer.status_code == 200, answer.text
        return Visitor(self, answer.json())

    async def call(self) -> CallView:
        """The conversation that began last, as it is remembered."""
        (last,) = await self.records.recent_calls(1)
        return await self.records.call(last.id)


@dataclass
class Visitor:
    """One conversation, as the page holds it."""

    web: Web
    last: dict[str, Any]

    def __post_init__(self) -> None:
        self.id, self.token = self.last["conversation"], self.last["token"]

    async def post(self, text: object, **headers: str) -> httpx.Response:
        sent = {"X-Conversation-Token": self.token} | headers
        return await self.web.http.post(f"/written/{self.id}", json={"text": text}, headers=sent)

    async def says(self, *texts: str) -> str:
        """Write one message after the other; the last answer is returned."""
        for text in texts:
            answer = await self.post(text)
            assert answer.status_code == 200, answer.text
            self.last = answer.json()
        said: str = self.last["say"]
        return said

    @property
    def choices(self) -> list[str]:
        return [choice["text"] for choice in self.last["choices"]]


@asynccontextmanager
async def opened(desk: Desk, folder: Path, **settings: Any) -> AsyncIterator[Web]:
    """A server with records in this folder; closed with everything in it."""
    clock = Clock()
    url = sqlite_url(folder / "records.db")
    records = AsyncRecords(Records.open(url, hash_key=KEY, now=clock))
    web = Web(desk, records, clock, **settings)
    async with web.http:
        yield web
        await web.writing.close()
    await web.calls.close()
    await records.close()


class Phone:
    """A telephone call to the same desk, as the conductor leads it, without its sound."""

    def __init__(self, web: Web, ledger: Ledger) -> None:
        self.web = web
        self.ledger = ledger
        self.state = State()

    @classmethod
    async def rings(cls, web: Web, caller: str = "") -> Phone:
        ledger = await Ledger.open(web.records, CallInfo(channel="sip", caller=caller))
        phone = cls(web, ledger)
        phone.state = web.desk.greeting("mairie", at=web.at, caller=caller).state
        return phone

    async def says(self, *texts: str) -> str:
        for text in texts:
            decision = self.web.desk.hear(self.state, text, at=self.web.at)
            if decision.resume is not None:
                assert await self.ledger.offer(decision.resume, decision.state)
            for ticket in decision.tickets:
                assert await self.ledger.ticket(ticket)
            self.state = decision.state
            await self.ledger.keep(self.state)
            turn = await self.ledger.begin(decision.reply, None, typed=text)
            await self.ledger.finish(
                turn, decision.reply, played=decision.reply.say, interrupted=False, timings={}
            )
        return decision.reply.say

    async def hangs_up(self) -> None:
        left = self.web.desk.hang_up(self.state, at=self.web.at)
        if left is not None:
            assert await self.ledger.ticket(left)
        await self.ledger.keep(self.state, left)


__all__ = ["KEY", "PHONE", "Limits", "Phone", "Visitor", "Web", "opened"]
