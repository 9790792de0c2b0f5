"""Sends street reports to another town service: a client of Open311 GeoReport v2.

    first attempt          POST requests.json ─► service_request_id, or a token
    later attempts         GET requests.json: is our reference there already? ─► its id
                           else POST again

The protocol has no key by which a server would know a repetition, so what was perhaps taken is
looked for before it is sent again. Source: wiki.open311.org/GeoReport_v2.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from deploy.sending.errors import SendingFailed, SendingRefused
from deploy.sending.target import Door, read_json
from deploy.sending.ticket_json import problem_name
from deploy.sending.ticket_settings import Open311Client
from dialog.town import Town
from records import OutboxRecord, TicketRecord

LONGEST_DESCRIPTION = 4000  #: characters, by the protocol
_EARLIER = timedelta(hours=1)  #: their clock may differ from ours


class Open311:
    """The carrier of street reports; whoever opens it closes it."""

    def __init__(
        self,
        town: Town,
        settings: Open311Client,
        find: Callable[[str], Awaitable[TicketRecord | None]],
    ) -> None:
        """
        Raises:
            ValueError: the secret or a certificate cannot be read; one sentence.
        """
        self._town = town
        self._settings = settings
        self._find = find
        self._door = Door("open311", settings)
        self._base = settings.url.rstrip("/")

    async def send(self, message: OutboxRecord) -> str:
        """Hand one report over; returns its number there.

        Raises:
            SendingRefused: it will never be taken.
            SendingFailed: not now.
        """
        ticket = await self._find(message.ticket_id or "")
        if ticket is None:
            raise SendingRefused("the ticket was erased in the meantime")
        problem = ticket.fields.get("problem", "")
        code = self._settings.services.get(problem)
        if code is None:
            raise SendingRefused(f"tickets.open311.services has no {problem} any more")
        if message.attempts > 1 and (there := await self._already(ticket, code)):
            return there
        form = self.form(ticket, code)
        headers = {"Idempotency-Key": message.id}
        url = f"{self._base}/requests.json"
        status, body = await self._door.ask("POST", url, data=form, headers=headers)
        answer = read_json(body)
        self._door.check(status, _error(answer))
        return _number(answer)

    async def services(self) -> list[dict[str, Any]]:
        """What the server takes.

        Raises:
            SendingFailed: it does not answer as it should.
        """
        url = f"{self._base}/services.json"
        status, body = await self._door.ask("GET", url, params=self._jurisdiction())
        self._door.check(status)
        found = read_json(body)
        if not isinstance(found, list):
            raise SendingFailed("open311: the answer is no list of services")
        return [one for one in found if isinstance(one, dict)]

    async def close(self) -> None:
        """Close the connections."""
        await self._door.close()

    def form(self, ticket: TicketRecord, code: str) -> dict[str, str]:
        """The fields of the POST."""
        fields = ticket.fields
        form = {**self._jurisdiction(), "service_code": code}
        if self._door.secret:
            form["api_key"] = self._door.secret
        if ticket.lat is not None and ticket.lon is not None:
            form |= {"lat": f"{ticket.lat:.6f}", "long": f"{ticket.lon:.6f}"}
        if address := _address(ticket):
            form["address_string"] = f"{address}, {self._town.name}"
        words = [problem_name(fields.get("problem", "")), fields.get("description", "")]
        words += [f"taille : {fields['size']}"] if fields.get("size") else []
        words += [f"repère : {fields['landmark']}"] if fields.get("landmark") else []
        told = ". ".join(word for word in words if word)[: LONGEST_DESCRIPTION - 40]
        form["description"] = f"{told} {_mark(ticket)}"
        if self._settings.send_contact:
            contact = {"last_name": fields.get("name", ""), "phone": fields.get("phone", "")}
            form |= {name: value for name, value in contact.items() if value}
        return form

    def _jurisdiction(self) -> dict[str, str]:
        wanted = self._settings.jurisdiction_id
        return {"jurisdiction_id": wanted} if wanted else {}

    async def _already(self, ticket: TicketRecord, code: str) -> str:
        """The number of a report that was taken though we never heard so; empty when none was."""
        since = ticket.created_at - _EARLIER
        query = {
            **self._jurisdiction(),
            "service_code": code,
            "start_date": f"{since:%Y-%m-%dT%H:%M:%SZ}",
        }
        status, body = await self._door.ask("GET", f"{self._base}/requests.json", params=query)
        if status in (404, 405, 501):
            return ""  # a server that only takes reports
        self._door.check(status)
        found = read_json(body)
        for one in found if isinstance(found, list) else ():
            if isinstance(one, dict) and _mark(ticket) in str(one.get("description", "")):
                return str(one.get("service_request_id", ""))
        return ""


def _mark(ticket: TicketRecord) -> str:
    return f"(réf. {ticket.reference})"


def _address(ticket: TicketRecord) -> str:
    if ticket.street:
        return f"{ticket.fields.get('number', '')} {ticket.street}".strip()
    return ticket.fields.get("place", "")


def _error(answer: Any) -> str:
    """The server's own words of what is wrong, shortened."""
    if isinstance(answer, list) and answer and isinstance(answer[0], dict):
        return " ".join(str(answer[0].get("description", "")).split())[:120]
    return ""


def _number(answer: Any) -> str:
    """The id of the new request, or the token by which the server will give it later.

    Raises:
        SendingFailed: the answer has neither.
    """
    first = answer[0] if isinstance(answer, list) and answer else None
    if isinstance(first, dict):
        for name in ("service_request_id", "token"):
            if first.get(name):
                return str(first[name])
    raise SendingFailed("open311: the answer has no service_request_id")
