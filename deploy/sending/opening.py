"""Puts the parts of sending together, from a town's configuration."""

from __future__ import annotations

from deploy.errors import ConfigError
from deploy.sending.email import MailServer
from deploy.sending.outbox import Route
from deploy.sending.settings import Email, Sms
from deploy.sending.sms import SmsGateway
from dialog.outgoing import Means as Offered
from dialog.town import Town
from records import Means


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


def _sender_name(town: Town) -> str:
    return town.greeting_name[:1].upper() + town.greeting_name[1:]
