"""What of the tickets has not left the building: what waits, what was given up; tried again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from records import Means, SendingState, TicketMessage
from review.desk import ReviewDesk
from review.gate import Refusal, Visitor
from review.reasons import in_french
from review.render import Pages
from review.rights import Right
from review.routes import Routes, Who
from review.ticket_history import EVENTS

SINCE = timedelta(days=30)
MOST = 200
MEANS = {
    Means.EMAIL: "courriel au service",
    Means.WEBHOOK: "autre logiciel",
    Means.OPEN311: "Open311",
    Means.SMS: "SMS",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsentMessage:
    """One message; `reason` is of the last attempt, `said` the same in French."""

    id: str
    ticket: str
    means: str
    means_name: str
    target: str
    event: str
    state: str
    attempts: int
    reason: str
    said: str
    created_at: datetime
    next_at: datetime | None
    given_up_at: datetime | None


def shown(one: TicketMessage) -> UnsentMessage:
    """A message for people and for the API."""
    message = one.message
    target, event, *_ = (*message.subject.split(" "), "", "")
    machine = message.means in (Means.WEBHOOK, Means.OPEN311)
    waits = message.state is SendingState.WAITING
    return UnsentMessage(
        id=message.id,
        ticket=one.reference,
        means=message.means.value,
        means_name=MEANS[message.means],
        target=target if machine else "",
        event=EVENTS.get(event, "") if machine else "nouvelle demande",
        state=message.state.value,
        attempts=message.attempts,
        reason=message.reason,
        said=in_french(message.reason),
        created_at=message.created_at,
        next_at=message.due_at if waits else None,
        given_up_at=None if waits else message.done_at,
    )


class OutboxPages:
    """The page, and the button that tries again."""

    def __init__(self, desk: ReviewDesk, pages: Pages) -> None:
        self._desk = desk
        self._pages = pages
        self._store = desk.store.outside

    def add(self, routes: Routes) -> None:
        """Add the routes of this file."""
        routes.page("/outbox", Right.TICKETS)(self.page)
        routes.api("GET", "/api/outbox", Right.TICKETS)(self.listed)
        routes.form("/outbox/{message_id}/retry", Right.ACT)(self.retry_form)
        routes.api("POST", "/api/outbox/{message_id}/retry", Right.ACT)(self.retry_api)

    def page(self, request: Request, who: Who) -> Response:
        """What waits and what was given up."""
        found = self.listed(who)
        values = {
            "failed": [one for one in found if one.state == SendingState.FAILED],
            "waiting": [one for one in found if one.state == SendingState.WAITING],
        }
        return self._pages.show(request, "outbox.html", values)

    def listed(self, who: Who) -> tuple[UnsentMessage, ...]:
        """Messages of tickets that have not left: waiting, or given up in the last 30 days."""
        found = self._store.not_sent(self._desk.store.now() - SINCE, MOST)
        return tuple(shown(one) for one in found)

    def retry_form(self, request: Request, who: Who, message_id: str) -> Response:
        """Try again, from the page."""
        self._retry(who, message_id)
        return RedirectResponse(f"{request.scope['root_path']}/outbox?done=retry", 303)

    def retry_api(self, who: Who, message_id: str) -> dict[str, str]:
        """Try a message again, now."""
        self._retry(who, message_id)
        return {"id": message_id, "state": SendingState.WAITING.value}

    def _retry(self, who: Visitor, message_id: str) -> None:
        message, ticket = self._store.message(message_id)
        if ticket is None:
            raise Refusal(409, "La demande est effacée : il n'y a plus rien à envoyer.")
        if message.state not in (SendingState.WAITING, SendingState.FAILED):
            raise Refusal(409, "Ce message est déjà parti, ou effacé.")
        entry = self._desk.recompose(message, ticket)
        if entry is None:
            raise Refusal(409, "Ce message ne peut pas être écrit à nouveau.")
        self._store.retry(message_id, entry, who.login)
        self._desk.store.log(who.login, "retry", message.call_id or "", ticket.reference)
