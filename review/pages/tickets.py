"""What callers left: lists by kind and status, the map of reports, one ticket and its history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from dialog.tasks.rules import TaskRules
from records import TicketFilter, TicketRecord, TicketStatus
from review import french
from review.desk import ReviewDesk
from review.gate import Refusal, Visitor
from review.pages.outbox import SINCE
from review.render import Pages
from review.rights import Right
from review.routes import Routes, Who
from review.street_map import StreetMap
from review.ticket_history import Step, steps

PER_PAGE = 50
MOST_ON_MAP = 200
_RULES = TaskRules.load()


class TicketFilters(BaseModel):
    """What the list of tickets is narrowed to."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["", "message", "report", "appointment"] = ""
    status: Literal["", "todo", "open", "in_progress", "closed"] = Field(
        "todo", description="todo: all that are not closed; empty: all."
    )
    service: str = Field("", max_length=80)
    assigned: str = Field("", max_length=80, description="Login of who deals with it.")
    overdue: Literal["", "1"] = Field("", description="1: past their deadline.")


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketLine:
    """One ticket of the list. `late` counts working days past the deadline, 0 when in time."""

    reference: str
    kind: str
    kind_name: str
    status: str
    status_name: str
    service: str
    summary: str
    caller: str
    phone: str
    place: str
    created_at: datetime
    due_on: date | None
    late: int
    complete: bool
    count: int
    joined: bool
    assigned_to: str
    call_id: str | None
    lat: float | None
    lon: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketPage:
    """One ticket with all its fields, its twins and its history."""

    line: TicketLine
    fields: Mapping[str, str]
    joined_to: TicketLine | None
    joined_by: tuple[TicketLine, ...]
    history: tuple[Step, ...]
    erase_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketList:
    """A page of tickets; `after` is the next page's key, empty on the last one."""

    tickets: tuple[TicketLine, ...]
    after: str


class TicketChange(BaseModel):
    """What is done with a ticket; what is absent stays."""

    model_config = ConfigDict(extra="forbid")

    status: Literal["open", "in_progress", "closed"] | None = None
    assigned_to: str | None = Field(None, max_length=80)
    note: str = Field("", max_length=1000)
    join: str = Field("", max_length=6, description="Reference of an earlier ticket.")


def line(desk: ReviewDesk, visitor: Visitor, ticket: TicketRecord) -> TicketLine:
    """A ticket for this visitor."""
    fields = ticket.fields
    problem = _problem(fields.get("problem", ""))
    subject = fields.get("subject") or fields.get("description", "")
    return TicketLine(
        reference=ticket.reference,
        kind=ticket.kind,
        kind_name=french.KINDS.get(ticket.kind, ticket.kind),
        status=ticket.status.value,
        status_name=french.STATUSES[ticket.status],
        service=ticket.service,
        summary=" : ".join(part for part in (problem, subject) if part) or "sans objet",
        caller=fields.get("name", ""),
        phone=french.phone(fields["phone"], whole=visitor.may(Right.NUMBERS))
        if fields.get("phone")
        else "",
        place=_place(ticket),
        created_at=ticket.created_at,
        due_on=ticket.due_on,
        late=_late(desk, ticket),
        complete=ticket.complete,
        count=ticket.count,
        joined=ticket.joined_to is not None,
        assigned_to=ticket.assigned_to,
        call_id=ticket.call_id,
        lat=ticket.lat,
        lon=ticket.lon,
    )


def _problem(problem: str) -> str:
    known = _RULES.problem(problem) if problem else None
    name = known.name if known else ("autre problème" if problem else "")
    return name[:1].upper() + name[1:]


def _place(ticket: TicketRecord) -> str:
    if ticket.street:
        number = ticket.fields.get("number", "")
        return f"{number} {ticket.street}".strip()
    return ticket.fields.get("place", "")


def _late(desk: ReviewDesk, ticket: TicketRecord) -> int:
    """Working days since the deadline; 0 in time or closed."""
    today = desk.today
    if ticket.due_on is None or ticket.due_on >= today or ticket.status is TicketStatus.CLOSED:
        return 0
    return desk.working_days_late(ticket.service, ticket.due_on, today)


def wanted(desk: ReviewDesk, filters: TicketFilters) -> TicketFilter:
    """The records' filter."""
    todo = (TicketStatus.OPEN.value, TicketStatus.IN_PROGRESS.value)
    statuses = todo if filters.status == "todo" else (filters.status,) if filters.status else ()
    return TicketFilter(
        kind=filters.kind,
        statuses=statuses,
        service=filters.service,
        assigned_to=filters.assigned,
        overdue_on=desk.today if filters.overdue else None,
        joined=False,
    )


FromQuery = Annotated[TicketFilters, Query()]


class TicketPages:
    """What callers left."""

    def __init__(self, desk: ReviewDesk, pages: Pages) -> None:
        self._desk = desk
        self._pages = pages
        self._store = desk.store
        self._maps = StreetMap(desk.streets)

    def add(self, routes: Routes) -> None:
        """Add the routes of this file."""
        routes.page("/tickets", Right.TICKETS)(self.tickets_page)
        routes.api("GET", "/api/tickets", Right.TICKETS)(self.tickets_api)
        routes.page("/tickets/{reference}", Right.TICKETS)(self.ticket_page)
        routes.api("GET", "/api/tickets/{reference}", Right.TICKETS)(self.ticket_api)
        routes.form("/tickets/{reference}", Right.ACT)(self.change_form)
        routes.api("PATCH", "/api/tickets/{reference}", Right.ACT)(self.change_api)

    def listed(self, who: Visitor, filters: TicketFilters, after: str) -> TicketList:
        if after and not (len(after) == 6 and after.isascii() and after.isdigit()):
            raise Refusal(422, "Cette page de la liste n'existe plus. Revenez au début.")
        found = self._store.tickets(wanted(self._desk, filters), after=after, limit=PER_PAGE + 1)
        shown = found[:PER_PAGE]
        return TicketList(
            tickets=tuple(line(self._desk, who, one) for one in shown),
            after=shown[-1].reference if len(found) > PER_PAGE else "",
        )

    def opened(self, who: Visitor, reference: str) -> TicketPage:
        ticket, earlier, later = self._store.ticket(reference)
        return TicketPage(
            line=line(self._desk, who, ticket),
            fields={
                french.FIELDS[name]: value
                for name, value in ticket.fields.items()
                if name in french.FIELDS and value and name not in ("phone", "problem", "mobile")
            },
            joined_to=line(self._desk, who, earlier) if earlier else None,
            joined_by=tuple(line(self._desk, who, one) for one in later),
            history=tuple(steps(ticket)),
            erase_on=ticket.erase_on,
        )

    def tickets_page(
        self, request: Request, who: Who, filters: FromQuery, after: str = ""
    ) -> Response:
        """The tickets, the earliest deadline first, and reports on the map."""
        narrowed = wanted(self._desk, filters)
        on_map = None
        if filters.kind in ("", "report"):
            reports = TicketFilter(
                kind="report",
                statuses=narrowed.statuses,
                service=narrowed.service,
                assigned_to=narrowed.assigned_to,
                overdue_on=narrowed.overdue_on,
                joined=False,
            )
            placed = self._store.tickets(reports, limit=MOST_ON_MAP)
            on_map = self._maps.draw(tuple(line(self._desk, who, one) for one in placed))
        values = {
            "list": self.listed(who, filters, after),
            "filters": filters,
            "count": self._store.count_tickets(narrowed),
            "map": on_map,
            "given_up": self._store.outside.count_given_up(self._desk.now - SINCE),
            "accounts": _names(self._desk),
        }
        return self._pages.show(request, "tickets.html", values)

    def tickets_api(self, who: Who, filters: FromQuery, after: str = "") -> TicketList:
        """Tickets, 50 a page, the earliest deadline first."""
        return self.listed(who, filters, after)

    def ticket_page(self, request: Request, who: Who, reference: str) -> Response:
        """One ticket."""
        found = self.opened(who, reference)
        self._store.log(who.login, "read_ticket", found.line.call_id or "", reference)
        return self._pages.show(
            request, "ticket.html", {"ticket": found, "accounts": _names(self._desk), "error": ""}
        )

    def ticket_api(self, who: Who, reference: str) -> TicketPage:
        """One ticket with its history."""
        found = self.opened(who, reference)
        self._store.log(who.login, "read_ticket", found.line.call_id or "", reference)
        return found

    def change_form(self, request: Request, who: Who, reference: str) -> Response:
        """Assign, move on, remark, join, from the page's forms."""
        given = {k: v for k, v in who.form.items() if k in TicketChange.model_fields}
        try:
            asked = TicketChange.model_validate(given)
        except ValueError:
            raise Refusal(422, "Ce formulaire n'est pas complet, ou trop long.") from None
        if not asked.model_dump(exclude_unset=True, exclude_defaults=True):
            raise Refusal(422, "Écrivez une remarque, ou choisissez ce qui change.")
        self.change(who, reference, asked)
        root = request.scope["root_path"]
        return RedirectResponse(f"{root}/tickets/{reference}?done=ticket", 303)

    def change_api(self, who: Who, reference: str, asked: TicketChange) -> TicketPage:
        """Assign, move on, remark, join; returns the ticket as it is now."""
        self.change(who, reference, asked)
        return self.opened(who, reference)

    def change(self, who: Visitor, reference: str, asked: TicketChange) -> None:
        before = self._store.ticket(reference)[0]
        if asked.assigned_to and asked.assigned_to not in _names(self._desk):
            raise Refusal(422, f"Personne ne s'appelle « {asked.assigned_to} » ici.")
        try:
            if asked.note.strip():
                self._store.note(reference, asked.note, who.login)
            if asked.join:
                self._store.join(reference, asked.join.strip(), who.login)
        except ValueError as error:
            raise Refusal(422, f"Non enregistré : {error}.") from error
        if asked.assigned_to is not None and asked.assigned_to != before.assigned_to:
            self._store.assign(reference, asked.assigned_to, who.login)
        if asked.status is not None and asked.status != before.status:
            self._store.move(reference, TicketStatus(asked.status), who.login)
        self._store.log(who.login, "ticket", before.call_id or "", reference)


def _names(desk: ReviewDesk) -> dict[str, str]:
    """Who may be given a ticket: login and name."""
    accounts = desk.store.accounts.every()
    return {one.login: one.name for one in accounts if not one.disabled}
