"""Puts the parts of sending together, from a town's configuration."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from deploy.errors import ConfigError
from deploy.sending.email import MailServer
from deploy.sending.open311 import Open311
from deploy.sending.outbox import Carrier, Route
from deploy.sending.settings import Email, Sms
from deploy.sending.sms import SmsGateway
from deploy.sending.ticket_settings import TicketSettings
from deploy.sending.webhook import Webhooks
from dialog.outgoing import Means as Offered
from dialog.town import Town
from records import Means, TicketRecord


def offered(sms: Sms, email: Email) -> Offered:
    """What callers may be offered."""
    return Offered(sms=sms.enabled, email=email.enabled and email.to_callers, sms_parts=sms.parts)


def open_routes(town: Town, sms: Sms, email: Email) -> dict[Means, Route]:
    """The carriers that are configured; whoever opens them closes them.

    Raises:
        ConfigError: a secret or a certificate cannot be read; one sentence.
    """
    routes: dict[Means, Route] = {}
    try:
        if sms.enabled:
            routes[Means.SMS] = Route(SmsGateway(sms), sms.attempts, sms.retry_s)
        if email.enabled:
            server = MailServer(email, _sender_name(town))
            routes[Means.EMAIL] = Route(server, email.attempts, email.retry_s)
    except ValueError as error:
        raise ConfigError(str(error)) from error
    return routes


LONGEST_WAIT_S = 24 * 3600.0  #: between two attempts at another system
KEEP = timedelta(days=7)  #: a ticket is worth telling of for longer than an SMS


def open_ticket_routes(
    town: Town,
    settings: TicketSettings,
    link: str,
    find: Callable[[str], Awaitable[TicketRecord | None]],
) -> dict[Means, Route]:
    """The carriers of tickets to other systems; whoever opens them closes them.

    Args:
        link: address of a ticket for supervisors, with {reference}; empty: none is given.
        find: the ticket with an id, None when it was erased.

    Raises:
        ConfigError: a secret or a certificate cannot be read; one sentence.
    """

    def route(carrier: Carrier) -> Route:
        return Route(carrier, settings.attempts, settings.retry_s, LONGEST_WAIT_S, KEEP)

    routes: dict[Means, Route] = {}
    try:
        if settings.webhooks:
            routes[Means.WEBHOOK] = route(Webhooks(town, settings.webhooks, link, find))
        if settings.open311.enabled:
            routes[Means.OPEN311] = route(Open311(town, settings.open311, find))
    except ValueError as error:
        raise ConfigError(str(error)) from error
    return routes


def _sender_name(town: Town) -> str:
    return town.greeting_name[:1].upper() + town.greeting_name[1:]
