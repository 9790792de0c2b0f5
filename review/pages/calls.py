"""The list of calls, its exports, and one call with what supervisors say about it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from fastapi import Query, Request
from fastapi.responses import RedirectResponse, Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from records import AnnotationKind, CallFilter, ListedCall, PageKey, UnknownRecord
from review import evaluation_set, french, listening
from review.call_view import CallPage, view
from review.desk import ReviewDesk
from review.gate import Refusal, Visitor
from review.render import Pages
from review.rights import Right
from review.routes import Routes, Who

PER_PAGE = 50
MOST_COUNTED = 10_000
MOST_EXPORTED = 100_000
LONGEST_SEARCH = 10_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Filters(BaseModel):
    """What the list is narrowed to; what is empty does not narrow. Days are the town's."""

    model_config = ConfigDict(frozen=True)

    q: str = Field("", description="Words; a call's or ticket's reference; a telephone number.")
    since: str = Field("", max_length=10, description="First day, 2026-11-24.")
    until: str = Field("", max_length=10, description="Last day, 2026-11-24.")
    line: str = Field("", max_length=200)
    outcome: str = Field("", max_length=40)
    service: str = Field("", max_length=80)
    subject: str = Field("", max_length=200, description="Id of the sheet that answered first.")
    language: str = Field("", max_length=10)
    doubtful: Literal["", "1"] = Field("", description="1: with a reply that was not sure.")
    tickets: Literal["", "1", "0"] = Field("", description="1: that left a ticket; 0: without.")
    flagged: Literal["", "1"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLine:
    """One line of the list."""

    id: str
    reference: str
    started_at: datetime
    seconds: float | None
    channel: str
    line: str
    caller: str
    outcome: str
    outcome_name: str
    language: str
    service: str
    subject: str
    subject_title: str
    turns: int
    lowest_confidence: float | None
    doubtful: bool
    tickets: int
    flagged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CallList:
    """A page of the list; `after` is the key of the next page, empty on the last one."""

    calls: tuple[CallLine, ...]
    after: str


class Mark(BaseModel):
    """What a supervisor says of a call or a turn."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["note", "grid", "flag", "word", "sheet", "hidden"]
    turn: int | None = Field(None, ge=0, le=10_000)
    text: str = Field("", max_length=2000, description="Of a note; what was really said.")
    sheet: str = Field("", max_length=200, description="The right sheet; empty: none answers.")
    on: bool = Field(True, description="Of a flag and of hiding.")
    understood: Literal["yes", "no", ""] = ""
    right: Literal["yes", "no", ""] = ""
    polite: Literal["yes", "no", ""] = ""
    human: Literal["yes", "no", ""] = ""


def wanted(desk: ReviewDesk, filters: Filters) -> CallFilter:
    """The records' filter.

    Raises:
        Refusal: a day is not one, or the search is longer than anybody types.
    """
    if len(filters.q) > LONGEST_SEARCH:
        raise Refusal(422, "La recherche est trop longue : quelques mots suffisent.")
    since, until = _day(filters.since), _day(filters.until)
    services = (filters.service,) if filters.service else ()
    return CallFilter(
        since=desk.start_of(since) if since else None,
        until=desk.start_of(until + timedelta(days=1)) if until else None,
        lines=(filters.line,) if filters.line else (),
        outcomes=(filters.outcome,) if filters.outcome else (),
        languages=(filters.language,) if filters.language else (),
        services=services,
        of_service=desk.sheets_of(services),
        subjects=(filters.subject,) if filters.subject else (),
        doubtful=True if filters.doubtful else None,
        flagged=True if filters.flagged else None,
        tickets={"1": True, "0": False}.get(filters.tickets),
        search=filters.q.replace("\x00", "").strip(),
    )


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text) if text.strip() else None
    except ValueError:
        found = date.min
    if found is not None and not 2000 <= found.year <= 2200:
        raise Refusal(422, "Une date s'écrit comme 2026-11-24 : année, mois, jour.")
    return found


def _key(text: str) -> PageKey | None:
    try:
        return PageKey.parse(text) if text else None
    except (ValueError, OverflowError):
        raise Refusal(422, "Cette page de la liste n'existe plus. Revenez au début.") from None


def line(
    desk: ReviewDesk, visitor: Visitor, call: ListedCall, titles: Mapping[str, str]
) -> CallLine:
    """A line for this visitor."""
    spent = (call.ended_at - call.started_at).total_seconds() if call.ended_at else None
    return CallLine(
        id=call.id,
        reference=call.reference,
        started_at=call.started_at,
        seconds=spent,
        channel=call.channel,
        line=call.line,
        caller=french.phone(call.caller_number, whole=visitor.may(Right.NUMBERS)),
        outcome=call.outcome,
        outcome_name=french.OUTCOMES.get(call.outcome, call.outcome),
        language=call.language,
        service=call.service,
        subject=call.subject,
        subject_title=titles.get(call.subject, call.subject),
        turns=call.turns,
        lowest_confidence=call.lowest,
        doubtful=call.doubtful,
        tickets=call.tickets,
        flagged=call.flagged,
    )


FromQuery = Annotated[Filters, Query()]


class CallPages:
    """The list of calls and one call."""

    def __init__(
        self,
        desk: ReviewDesk,
        pages: Pages,
        saved: Callable[[ReviewDesk, Visitor], Sequence[object]],
    ) -> None:
        """
        Args:
            saved: the filters that the visitor kept or others share, for the page.
        """
        self._desk = desk
        self._pages = pages
        self._saved = saved
        self._store = desk.store

    def add(self, routes: Routes) -> None:
        """Add the routes of this file."""
        routes.page("/calls", Right.CALLS)(self.calls_page)
        routes.api("GET", "/api/calls", Right.CALLS)(self.calls_api)
        routes.api("GET", "/api/calls/export.csv", Right.EXPORT, response_class=StreamingResponse)(
            self.export_csv
        )
        routes.api("GET", "/api/calls/export.json", Right.EXPORT, response_class=StreamingResponse)(
            self.export_json
        )
        routes.page("/calls/{call_id}", Right.CALLS)(self.call_page)
        routes.api("GET", "/api/calls/{call_id}", Right.CALLS)(self.call_api)
        routes.form("/calls/{call_id}/marks", Right.ANNOTATE)(self.mark_form)
        routes.api("POST", "/api/calls/{call_id}/marks", Right.ANNOTATE, status_code=201)(
            self.mark_api
        )
        routes.form("/calls/{call_id}/turns/{turn}/erase", Right.ERASE)(self.erase_form)
        routes.api("DELETE", "/api/calls/{call_id}/turns/{turn}", Right.ERASE)(self.erase_api)

    def listed(self, who: Visitor, filters: Filters, after: str) -> CallList:
        found = self._store.calls(
            wanted(self._desk, filters), after=_key(after), limit=PER_PAGE + 1
        )
        if filters.q.strip():
            self._store.log(who.login, "search")
        titles = self._desk.sheet_titles()
        more = len(found) > PER_PAGE
        shown = found[:PER_PAGE]
        return CallList(
            calls=tuple(line(self._desk, who, one, titles) for one in shown),
            after=str(shown[-1].key) if more else "",
        )

    def opened(self, who: Visitor, call_id: str) -> CallPage:
        found = view(self._desk, who, self._store.call(call_id))
        self._store.log(who.login, "read", call_id)
        return found

    def calls_page(
        self, request: Request, who: Who, filters: FromQuery, after: str = ""
    ) -> Response:
        """The list of calls."""
        found = self.listed(who, filters, after)
        values = {
            "list": found,
            "filters": filters,
            "count": self._store.count_calls(wanted(self._desk, filters), MOST_COUNTED),
            "most": MOST_COUNTED,
            "lines": self._store.lines(),
            "titles": self._desk.sheet_titles(),
            "saved": self._saved(self._desk, who),
            "narrowed": {name: value for name, value in filters.model_dump().items() if value},
        }
        return self._pages.show(request, "calls.html", values)

    def calls_api(self, who: Who, filters: FromQuery, after: str = "") -> CallList:
        """The list of calls, 50 a page, newest first."""
        return self.listed(who, filters, after)

    def export_csv(self, who: Who, filters: FromQuery) -> StreamingResponse:
        """The filtered calls as CSV, at most 100,000; without words."""
        asked = wanted(self._desk, filters)
        self._store.log(who.login, "export", detail="calls csv")
        return StreamingResponse(
            _csv(self.lines_of(who, asked)),
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="appels.csv"'},
        )

    def export_json(self, who: Who, filters: FromQuery) -> StreamingResponse:
        """The filtered calls as a JSON list, at most 100,000; without words."""
        asked = wanted(self._desk, filters)
        self._store.log(who.login, "export", detail="calls json")
        return StreamingResponse(
            _json(self.lines_of(who, asked)),
            media_type="application/json",
            headers={"Content-Disposition": 'attachment; filename="appels.json"'},
        )

    def lines_of(self, who: Visitor, asked: CallFilter) -> Iterator[CallLine]:
        titles = self._desk.sheet_titles()
        for call in self._store.every_call(asked, MOST_EXPORTED):
            yield line(self._desk, who, call, titles)

    def call_page(self, request: Request, who: Who, call_id: str) -> Response:
        """One call."""
        values = {
            "call": self.opened(who, call_id),
            "sound": listening.offered(self._desk, who, call_id),
            "left": self._store.tickets_of(call_id),
            "holds": self._store.privacy.holds_of(call_id) if who.may(Right.PERSONS) else (),
            "titles": self._desk.sheet_titles(),
        }
        return self._pages.show(request, "call.html", values)

    def call_api(self, who: Who, call_id: str) -> CallPage:
        """One call with its turns, its events and what supervisors said of it."""
        return self.opened(who, call_id)

    def mark_form(self, request: Request, who: Who, call_id: str) -> Response:
        """A note, a grid, a flag, a correction, or hiding, from the page's forms."""
        mark = _from_form(who.form)
        self.annotate(who, call_id, mark)
        anchor = f"#tour-{mark.turn}" if mark.turn is not None else "#notes"
        back = f"{request.scope['root_path']}/calls/{call_id}?done={mark.kind}{anchor}"
        return RedirectResponse(back, 303)

    def mark_api(self, who: Who, call_id: str, mark: Mark) -> CallPage:
        """The same; returns the call as it is now."""
        self.annotate(who, call_id, mark)
        return view(self._desk, who, self._store.call(call_id))

    def annotate(self, who: Visitor, call_id: str, mark: Mark) -> None:
        kind, data = AnnotationKind(mark.kind), _data(mark)
        if mark.kind in ("word", "sheet", "hidden") and mark.turn is None:
            raise Refusal(422, "Dites de quel échange il s'agit.")
        if mark.kind == "sheet" and mark.sheet and mark.sheet not in self._desk.sheet_titles():
            raise Refusal(422, f"Aucune fiche ne s'appelle « {mark.sheet} ».")
        try:
            self._store.annotate(call_id, who.login, kind, data, mark.turn)
        except ValueError as error:
            raise Refusal(422, f"Non enregistré : {error}.") from error
        self._store.log(who.login, "annotate", call_id, mark.kind)
        if mark.kind in ("word", "sheet") and mark.turn is not None:
            evaluation_set.update(self._desk.root, self._store.call(call_id), mark.turn)

    def erase_form(self, request: Request, who: Who, call_id: str, turn: int) -> Response:
        """Erase a passage for good, once `sure` is ticked."""
        if who.form.get("sure") != "1":
            raise Refusal(422, "Cochez « Effacer définitivement » pour confirmer.")
        self.erase(who, call_id, turn)
        root = request.scope["root_path"]
        return RedirectResponse(f"{root}/calls/{call_id}?done=erased#tour-{turn}", 303)

    def erase_api(self, who: Who, call_id: str, turn: int) -> CallPage:
        """Erase the words of a turn for good; returns the call as it is now."""
        self.erase(who, call_id, turn)
        return view(self._desk, who, self._store.call(call_id))

    def erase(self, who: Visitor, call_id: str, turn: int) -> None:
        if not 0 <= turn <= 10_000:
            raise UnknownRecord("no such turn")
        self._store.erase_turn(call_id, turn, who.login)
        if self._desk.recordings is not None:
            self._desk.recordings.erase_turn(call_id, turn)
        evaluation_set.forget(self._desk.root, call_id, turn)
        self._store.log(who.login, "erase", call_id, f"turn {turn}")


def _from_form(form: Mapping[str, str]) -> Mark:
    """The fields of a form, checked as the API's."""
    known = {name: value for name, value in form.items() if name in Mark.model_fields and value}
    try:
        return Mark.model_validate({**known, "on": form.get("on", "1") == "1"})
    except ValueError:
        raise Refusal(
            422, "Ce formulaire n'est pas complet, ou un texte dépasse 2000 caractères."
        ) from None


def _data(mark: Mark) -> dict[str, object]:
    if mark.kind == "grid":
        return {name: getattr(mark, name) for name in french.GRID}
    if mark.kind in ("flag", "hidden"):
        return {"on": mark.on}
    return {"sheet": mark.sheet} if mark.kind == "sheet" else {"text": mark.text}


def _csv(lines: Iterator[CallLine]) -> Iterator[str]:
    """Semicolons and a byte order mark, as the spreadsheets of French town halls expect."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";")
    yield "\ufeff"
    writer.writerow(CallLine.__dataclass_fields__)
    for one in lines:
        writer.writerow([_cell(value) for value in asdict(one).values()])
        if buffer.tell() > 32_000:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _cell(value: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text


def _json(lines: Iterator[CallLine]) -> Iterator[str]:
    first = True
    yield "["
    for one in lines:
        value = {**asdict(one), "started_at": one.started_at.isoformat()}
        yield ("" if first else ",\n") + json.dumps(value, ensure_ascii=False)
        first = False
    yield "]\n"
