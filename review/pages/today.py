"""The morning's page: what is going on, what is due, and how the day went so far."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Annotated

from fastapi import Path, Query, Request
from fastapi.responses import RedirectResponse, Response, StreamingResponse
from starlette.concurrency import run_in_threadpool

from records import AlertRecord, Figures, TicketFilter
from review import french
from review.charts import by_hour
from review.desk import ReviewDesk
from review.gate import Refusal, Visitor
from review.pages.tickets import TicketLine, line
from review.render import Pages
from review.rights import Right
from review.routes import Routes, Who

LOOK_EVERY_S = 3.0
LONGEST_STREAM_S = 600.0  #: then the page connects again, and its session is checked again
MOST_TICKETS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveCall:
    """A call that is being held."""

    id: str
    reference: str
    line: str
    started_at: datetime
    minutes: int
    subject: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertLine:
    """An emergency nobody has seen yet."""

    id: int
    at: datetime
    kind: str
    caller: str
    words: str
    call_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """What changes by the minute; a part is None when the role may not see it."""

    live: tuple[LiveCall, ...] | None
    live_count: int
    alerts: tuple[AlertLine, ...] | None
    overdue: int | None
    due_today: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The figures of one day and of the same day a week before."""

    day: date
    figures: Figures
    before: Figures


class TodayPages:
    """The first page, its API and its live updates."""

    def __init__(self, desk: ReviewDesk, pages: Pages) -> None:
        self._desk = desk
        self._pages = pages
        self._store = desk.store

    def add(self, routes: Routes) -> None:
        """Add the routes of this file."""
        routes.page("/", Right.SELF)(self.start)
        routes.page("/today", Right.FIGURES)(self.today_page)
        routes.api("GET", "/api/now", Right.FIGURES)(self.now)
        routes.api("GET", "/api/figures", Right.FIGURES)(self.figures)
        routes.api("GET", "/api/live", Right.FIGURES, response_class=StreamingResponse)(self.live)
        routes.form("/alerts/{number}", Right.ACT)(self.acknowledge)
        routes.api("POST", "/api/alerts/{number}/acknowledge", Right.ACT)(self.acknowledge_api)

    def start(self, request: Request, who: Who) -> Response:
        """The first page that the role may see."""
        for page, right in (
            ("today", Right.FIGURES),
            ("calls", Right.CALLS),
            ("access", Right.ACCESS_LOG),
        ):
            if who.may(right):
                return RedirectResponse(f"{request.scope['root_path']}/{page}", 303)
        return RedirectResponse(f"{request.scope['root_path']}/account", 303)

    def today_page(self, request: Request, who: Who, day: Annotated[str, Query()] = "") -> Response:
        """The day, or an earlier one."""
        shown = self._day(day)
        values = {
            "shown": shown,
            "chart": by_hour(
                shown.figures.by_hour, shown.figures.abandoned_by_hour, shown.before.by_hour
            ),
            "now": self.now(who),
            "due": self._due(who),
            "questions": self._questions(who),
            "yesterday": shown.day - timedelta(days=1),
            "tomorrow": shown.day + timedelta(days=1) if shown.day < self._desk.today else None,
        }
        return self._pages.show(request, "today.html", values)

    def figures(self, who: Who, day: Annotated[str, Query()] = "") -> Day:
        """The figures of a day, today's without `day`, and of the same day a week before."""
        return self._day(day)

    def now(self, who: Who) -> Now:
        """What changes by the minute."""
        live = self._store.live()
        titles = self._desk.sheet_titles()
        moment = self._desk.now
        tickets = who.may(Right.TICKETS)
        today = self._desk.today
        return Now(
            live_count=len(live),
            live=tuple(
                LiveCall(
                    id=one.call.id,
                    reference=one.call.reference,
                    line=one.call.line,
                    started_at=one.call.started_at,
                    minutes=int((moment - one.call.started_at).total_seconds() // 60),
                    subject=next((titles.get(t.sheet_id, "") for t in one.turns if t.sheet_id), ""),
                    state=french.ACTIONS.get(one.turns[-1].action, "") if one.turns else "Accueil",
                )
                for one in live
            )
            if who.may(Right.CALLS)
            else None,
            alerts=tuple(_alert(one) for one in self._store.alerts.recent(20, open_only=True))
            if who.may(Right.CALLS)
            else None,
            overdue=self._store.count_tickets(TicketFilter(overdue_on=today, joined=False))
            if tickets
            else None,
            due_today=self._store.count_tickets(TicketFilter(due_by=today, joined=False))
            if tickets
            else None,
        )

    async def live(self, request: Request, who: Who) -> StreamingResponse:
        """Server-sent events: `now` whenever it changed, a comment otherwise."""
        return StreamingResponse(self._stream(request, who), media_type="text/event-stream")

    async def _stream(self, request: Request, who: Visitor) -> AsyncIterator[str]:
        last, spent = "", 0.0
        while spent < LONGEST_STREAM_S and not await request.is_disconnected():
            now = await run_in_threadpool(self.now, who)
            text = json.dumps(asdict(now), ensure_ascii=False, default=str)
            yield f"event: now\ndata: {text}\n\n" if text != last else ": rien de neuf\n\n"
            last = text
            await asyncio.sleep(LOOK_EVERY_S)
            spent += LOOK_EVERY_S

    def acknowledge(
        self, request: Request, who: Who, number: Annotated[int, Path(ge=1, lt=2**31)]
    ) -> Response:
        """Somebody has seen an alert."""
        self.acknowledge_api(who, number)
        return RedirectResponse(f"{request.scope['root_path']}/today?done=alert", 303)

    def acknowledge_api(self, who: Who, number: Annotated[int, Path(ge=1, lt=2**31)]) -> AlertLine:
        """Say that you have seen an alert; the first one counts."""
        alert = self._store.alerts.acknowledge(number, who.login)
        self._store.log(who.login, "alert", alert.call_id or "", str(number))
        return _alert(alert)

    def _day(self, text: str) -> Day:
        try:
            day = date.fromisoformat(text) if text else self._desk.today
        except ValueError:
            day = date.min
        if not 2000 <= day.year <= 2200:
            raise Refusal(422, "Une date s'écrit comme 2026-11-24 : année, mois, jour.")
        return Day(day=day, figures=self._of(day), before=self._of(day - timedelta(days=7)))

    def _of(self, day: date) -> Figures:
        since = self._desk.start_of(day)
        until = self._desk.start_of(day + timedelta(days=1))
        return self._store.figures(since, until, self._desk.zone)

    def _due(self, who: Visitor) -> tuple[TicketLine, ...] | None:
        if not who.may(Right.TICKETS):
            return None
        due = TicketFilter(due_by=self._desk.today, joined=False)
        found = self._store.tickets(due, limit=MOST_TICKETS)
        return tuple(line(self._desk, who, one) for one in found)

    def _questions(self, who: Visitor) -> int | None:
        if not who.may(Right.QUESTIONS):
            return None
        until = self._desk.now + timedelta(seconds=1)
        return len(self._store.doubtful(until - timedelta(days=7), until))


def _alert(alert: AlertRecord) -> AlertLine:
    return AlertLine(
        id=alert.id,
        at=alert.at,
        kind=french.ALERTS.get(alert.kind, "urgence"),
        caller=alert.caller,
        words=alert.words,
        call_id=alert.call_id,
    )
