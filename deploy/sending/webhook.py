"""Tells other systems of tickets: a signed POST of JSON, in the order in which things happened.

The outbox holds no word of the caller: what is sent is read from the ticket when it leaves, so what
was erased in the meantime is not sent.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from deploy.sending.errors import SendingFailed, SendingRefused
from deploy.sending.news import happened
from deploy.sending.signing import publik_address
from deploy.sending.target import Door, read_json
from deploy.sending.ticket_json import as_json
from deploy.sending.ticket_settings import Webhook
from dialog.town import Town
from records import OutboxRecord, TicketRecord
from review.signature import SIGNATURE, TIMESTAMP, signature

Finds = Callable[[str], Awaitable[TicketRecord | None]]


class Webhooks:
    """The carrier of all webhooks; a message's address is a webhook's name."""

    def __init__(
        self,
        town: Town,
        hooks: Mapping[str, Webhook],
        link: str,
        find: Finds,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """
        Raises:
            ValueError: a secret or a certificate cannot be read; one sentence.
        """
        self._town = town
        self._hooks = dict(hooks)
        self._link = link
        self._find = find
        self._now = now
        self._doors = {name: Door(name, hook) for name, hook in hooks.items()}

    async def send(self, message: OutboxRecord) -> str:
        """Hand one event over; returns the other system's number of the ticket, if it gave one.

        Raises:
            SendingRefused: it will never be taken.
            SendingFailed: not now.
        """
        hook = self._hooks.get(message.to)
        if hook is None:
            raise SendingRefused(f"tickets.webhooks.{message.to} is not configured any more")
        ticket = await self._find(message.ticket_id or "")
        if ticket is None:
            raise SendingRefused("the ticket was erased in the meantime")
        door = self._doors[message.to]
        body = json.dumps(self._told(message, ticket, hook), ensure_ascii=False).encode()
        now = self._now()
        stamp = int(now.timestamp())
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Allo-Mairie",
            "Idempotency-Key": message.id,
            "X-Allomairie-Event": f"ticket.{message.text}",
            TIMESTAMP: str(stamp),
            SIGNATURE: signature(door.secret, stamp, body),
        }
        url = publik_address(hook.url, hook.orig, door.secret, now) if hook.orig else hook.url
        status, answer = await door.ask("POST", url, content=body, headers=headers)
        door.check(status)
        return _remote(message.to, read_json(answer))

    async def close(self) -> None:
        """Close the connections."""
        for door in self._doors.values():
            await door.close()

    def _told(self, message: OutboxRecord, ticket: TicketRecord, hook: Webhook) -> dict[str, Any]:
        return {
            "id": message.id,
            "event": f"ticket.{message.text}",
            "at": happened(message),
            "town": self._town.name,
            "ticket": as_json(ticket, self._town, self._link, hook.fields),
        }


def _remote(name: str, answer: Any) -> str:
    """The number in `{"err": 0, "data": {"id": …}}` or `{"id": …}`.

    Raises:
        SendingFailed: the answer says that it failed, though its status does not.
    """
    if not isinstance(answer, dict):
        return ""
    if answer.get("err") not in (None, 0, "0", False):
        raise SendingFailed(f"{name} answered with an error")
    data = answer.get("data")
    found = data.get("id") if isinstance(data, dict) else answer.get("id")
    return str(found) if isinstance(found, str | int) else ""
