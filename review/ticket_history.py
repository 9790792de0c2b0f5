"""The history of a ticket in French: what happened, when, and who did it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from records import TicketRecord
from review import french
from review.reasons import in_french

EVENTS = {"created": "nouvelle demande", "updated": "changement", "closed": "clôture"}
_HISTORY = {
    "created": "Laissée par l'appelant",
    "joined": "Une autre demande sur le même problème l'a rejointe",
    "joined_to": "Réunie à une demande plus ancienne",
    "reference_changed": "Référence changée : l'appelant a entendu un autre numéro",
    "went_on": "Complétée par l'appelant",
    "message_sent": "Message envoyé",
    "message_failed": "Message non envoyé",
    "message_retried": "Envoi réessayé",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a ticket's history."""

    at: datetime
    text: str
    by: str


def steps(ticket: TicketRecord) -> list[Step]:
    """The history in French; who moved a ticket on stands beside the step."""
    told: list[Step] = []
    for event in ticket.events:
        data = event.data
        by = str(data.get("by", ""))
        if event.kind == "by" and told:
            last = told.pop()
            told.append(Step(at=last.at, text=last.text, by=by))
            continue
        text = _HISTORY.get(event.kind, event.kind)
        if event.kind == "status":
            status = french.STATUSES.get(str(data.get("status", "")), "")
            text = f"État : {status}"
        elif event.kind == "assigned":
            to = str(data.get("to", ""))
            text = f"Confiée à {to}" if to else "Remise à tous"
        elif event.kind == "note":
            text = f"Remarque : {data.get('text', '')}"
        elif event.kind in ("message_sent", "message_failed"):
            text = _sent(text, data)
        elif event.kind == "from_outside":
            text, by = "Nouvel état reçu d'un autre logiciel", str(data.get("from", ""))
        elif event.kind in ("joined", "joined_to"):
            text = f"{text} ({data.get('ticket', '')})"
        told.append(Step(at=event.at, text=text, by=by))
    return told


def _sent(text: str, data: Mapping[str, object]) -> str:
    """Where a message went, and the number that the other system gave."""
    means = str(data.get("means", ""))
    name, event, *_ = (*str(data.get("subject", "")).split(" "), "", "")
    if means in ("webhook", "open311"):
        text += f" à {name} ({EVENTS.get(event, event)})"
    elif means == "email":
        text += " au service, par courriel"
    if reason := in_french(str(data.get("reason", ""))):
        text += f" : {reason}"
    remote = data.get("remote")
    return f"{text}, numéro {remote} là-bas" if remote else text
