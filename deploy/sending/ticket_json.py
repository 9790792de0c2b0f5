"""A ticket as other systems read it, in the shape that Publik gives its requests."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from dialog.tasks.rules import TaskRules
from dialog.town import Town
from records import TicketRecord, TicketStatus

KINDS = {"message": "Message", "report": "Signalement", "appointment": "Demande de rendez-vous"}
STATUSES = {
    TicketStatus.OPEN: "À traiter",
    TicketStatus.IN_PROGRESS: "En cours",
    TicketStatus.CLOSED: "Clos",
}
_RULES = TaskRules.load()


def problem_name(problem: str) -> str:
    """ "Un trou dans la chaussée"; empty when there is none."""
    known = _RULES.problem(problem)
    name = known.name if known else ("autre problème" if problem else "")
    return name[:1].upper() + name[1:]


def as_json(
    ticket: TicketRecord, town: Town, link: str, fields: Collection[str] = ()
) -> dict[str, Any]:
    """The ticket; of what the caller left, only the fields that are named.

    Args:
        link: address of the ticket for supervisors with {reference}; empty: none is given.
    """
    problem = ticket.fields.get("problem", "")
    return {
        "display_id": ticket.reference,
        "display_name": KINDS.get(ticket.kind, ticket.kind),
        "kind": ticket.kind,
        "url": link.replace("{reference}", ticket.reference),
        "receipt_time": ticket.created_at.isoformat(),
        "last_update_time": max(
            (event.at for event in ticket.events), default=ticket.created_at
        ).isoformat(),
        "due_on": ticket.due_on.isoformat() if ticket.due_on else None,
        "closed_at": ticket.closed_at.isoformat() if ticket.closed_at else None,
        "service": {"id": ticket.service, "name": town.service(ticket.service).name},
        "workflow": {"status": {"id": ticket.status.value, "name": STATUSES[ticket.status]}},
        "complete": ticket.complete,
        "count": ticket.count,
        "joined": ticket.joined_to is not None,
        "problem": {"id": problem, "name": problem_name(problem)} if problem else None,
        "fields": {
            name: value for name, value in ticket.fields.items() if name in fields and value
        },
    }
