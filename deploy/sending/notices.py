"""Tells a service by e-mail that a ticket waits for it: a link, never the caller's words (I11)."""

from __future__ import annotations

from collections.abc import Sequence

from deploy.sending.settings import Email
from dialog.town import Town
from records import Means, OutboxEntry, TicketRecord

_KINDS = {
    "message": "Nouveau message",
    "report": "Nouveau signalement",
    "appointment": "Nouvelle demande de rendez-vous",
}


class Notices:
    """Writes the notice of a ticket; nothing in it is personal."""

    def __init__(self, town: Town, settings: Email) -> None:
        self._town = town
        self._settings = settings

    def of(self, ticket: TicketRecord) -> Sequence[OutboxEntry]:
        """The notice for the service, when it has an address."""
        service = self._town.service(ticket.service)
        if not (self._settings.enabled and self._settings.to_services and service.email):
            return ()
        kind = _KINDS.get(ticket.kind, "Nouvelle demande")
        reference = f"{ticket.reference[:3]} {ticket.reference[3:]}"
        entry = OutboxEntry(
            means=Means.EMAIL,
            to=service.email,
            subject=f"{kind}, référence {reference}",
            text=self._text(ticket, kind, reference),
            call_id=ticket.call_id,
            ticket_id=ticket.id,
        )
        return (entry,)

    def _text(self, ticket: TicketRecord, kind: str, reference: str) -> str:
        link = self._settings.ticket_link.replace("{reference}", ticket.reference)
        lines = [
            "Bonjour,",
            "",
            f"{kind} pour votre service, référence {reference}.",
            f"À traiter au plus tard le {ticket.due_on:%d/%m/%Y}." if ticket.due_on else "",
            "L'appelant a raccroché avant la fin." if not ticket.complete else "",
            f"{ticket.count} personnes ont signalé la même chose." if ticket.count > 1 else "",
            f"Pour le lire : {link}" if link else "Il se lit dans l'espace des agents.",
            "",
            f"L'assistant téléphonique de la {self._town.greeting_name}",
        ]
        kept = [line for n, line in enumerate(lines) if line or n in (1, 7)]
        return "\n".join(kept) + "\n"
