"""What may leave the machine: nothing unless it is configured (requirements R28)."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from deploy.doctor.finding import Finding
from deploy.errors import CannotStart
from deploy.parts import Town


def sending_findings(town: Town) -> Iterator[Finding]:
    """By which way messages leave."""
    sms, email = town.settings.sms, town.settings.email
    try:
        town.check_sending()
    except CannotStart as error:
        yield Finding("sending", False, str(error))
        return
    told = f"{sms.sender} by {urlsplit(sms.url).hostname}" if sms.enabled else "off: none is sent"
    yield Finding("SMS", True, told)
    told = f"{email.sender} by {email.host}:{email.port}, {email.security}"
    yield Finding("e-mail", True, told if email.enabled else "off: none is sent")
    yield from _ticket_findings(town)


def _ticket_findings(town: Town) -> Iterator[Finding]:
    """The other systems that tickets go to; nothing where there is none."""
    tickets = town.settings.tickets
    for name, hook in tickets.webhooks.items():
        yield Finding(f"webhook {name}", True, f"tickets go to {urlsplit(hook.url).hostname}")
    if tickets.open311.enabled:
        host = urlsplit(tickets.open311.url).hostname
        kinds = ", ".join(tickets.open311.services)
        yield Finding("Open311", True, f"street reports go to {host}: {kinds}")
