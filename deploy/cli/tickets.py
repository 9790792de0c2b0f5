"""`allomairie tickets`: what callers left, and whether it left the building."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table

from deploy.cli.opened import opened_records
from deploy.cli.output import EXAMPLE, JsonOption, TownOption, fail, print_json
from deploy.outside import recompose
from deploy.parts import Town
from deploy.sending.errors import SendingFailed
from deploy.sending.open311 import Open311
from deploy.sending.ticket_json import KINDS, STATUSES, as_json, problem_name
from deploy.sending.ticket_settings import problems
from records import (
    Records,
    SendingState,
    TicketFilter,
    TicketMessage,
    TicketRecord,
    TicketStatus,
)
from review.french import FIELDS
from review.reasons import in_french
from review.ticket_history import steps

app = typer.Typer(help="What callers left for the services.", no_args_is_help=True)

GIVEN_UP_DAYS = 30
BY = "commande"  #: who did it, in a ticket's history
_TODO = (TicketStatus.OPEN.value, TicketStatus.IN_PROGRESS.value)


class Kind(StrEnum):
    """Kinds of tickets."""

    MESSAGE = "message"
    REPORT = "report"
    APPOINTMENT = "appointment"


@app.command("list")
def list_(
    kind: Annotated[Kind | None, typer.Option("--kind", help="Only of this kind.")] = None,
    service: Annotated[str, typer.Option("--service", help="Id of a service.")] = "",
    overdue: Annotated[bool, typer.Option("--overdue", help="Only late ones.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Closed ones too.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=500)] = 50,
    town: TownOption = EXAMPLE,
    as_json_: JsonOption = False,
) -> None:
    """Tickets, the earliest deadline first; without the caller's words."""
    with opened_records(town) as (opened, records):
        today = opened.clock()().date()
        wanted = TicketFilter(
            kind=kind.value if kind else "",
            statuses=() if everything else _TODO,
            service=service,
            overdue_on=today if overdue else None,
        )
        found = records.review.tickets(wanted, limit=limit)
        count = records.review.count_tickets(wanted)
    if as_json_:
        print_json({"count": count, "tickets": [_told(opened, one) for one in found]})
        return
    table = Table("référence", "sorte", "service", "échéance", "état", "appels")
    for one in found:
        late = one.due_on is not None and one.due_on < today and one.closed_at is None
        table.add_row(
            one.reference,
            KINDS.get(one.kind, one.kind),
            one.service,
            f"{_day(one.due_on)}{' (en retard)' if late else ''}",
            STATUSES[one.status],
            str(one.count),
        )
    Console().print(table)
    typer.echo(f"{count} demande{'s' if count > 1 else ''}")


@app.command("show")
def show(
    reference: Annotated[str, typer.Argument(help="Six digits.")],
    town: TownOption = EXAMPLE,
    as_json_: JsonOption = False,
) -> None:
    """One ticket with what the caller left and its history; it holds personal data."""
    with opened_records(town) as (opened, records):
        ticket = records.find_ticket("".join(reference.split()))
        records.review.log(BY, "read_ticket", ticket.call_id or "", ticket.reference)
    zone = ZoneInfo(opened.settings.town.timezone)
    if as_json_:
        history = [
            {"at": one.at.isoformat(), "kind": one.kind, "data": dict(one.data)}
            for one in ticket.events
        ]
        print_json({**_told(opened, ticket), "fields": dict(ticket.fields), "history": history})
        return
    typer.echo(f"{KINDS.get(ticket.kind, ticket.kind)} {ticket.reference}, {ticket.service}")
    typer.echo(f"  état      {STATUSES[ticket.status]}")
    typer.echo(f"  échéance  {_day(ticket.due_on)}")
    if problem := problem_name(ticket.fields.get("problem", "")):
        typer.echo(f"  problème  {problem}")
    for name, value in ticket.fields.items():
        if value and name != "problem":
            typer.echo(f"  {FIELDS.get(name, name).lower()} : {value}")
    for step in steps(ticket):
        at = f"{step.at.astimezone(zone):%d/%m/%Y %H:%M}"
        typer.echo(f"  {at}  {step.text}{f' ({step.by})' if step.by else ''}")


@app.command("outbox")
def outbox(town: TownOption = EXAMPLE, as_json_: JsonOption = False) -> None:
    """What has not left: messages that wait, and those given up in the last 30 days."""
    with opened_records(town) as (opened, records):
        found = _not_sent(opened, records)
    if as_json_:
        print_json([_message(one) for one in found])
        return
    zone = ZoneInfo(opened.settings.town.timezone)
    table = Table("id", "demande", "vers", "état", "essais", "prochain essai", "raison")
    for one in found:
        message = one.message
        waits = message.state is SendingState.WAITING
        next_at = f"{message.due_at.astimezone(zone):%d/%m %H:%M:%S}" if waits else "—"
        state = "en attente" if waits else "abandonné"
        to = message.subject.split(" ")[0] if message.means.value != "email" else "service"
        table.add_row(
            message.id[:8],
            one.reference,
            f"{message.means.value} {to}",
            state,
            str(message.attempts),
            next_at,
            in_french(message.reason),
        )
    Console().print(table)


@app.command("retry")
def retry(
    messages: Annotated[
        list[str] | None, typer.Argument(help="Ids of messages; their beginning is enough.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that were given up.")] = False,
    town: TownOption = EXAMPLE,
    as_json_: JsonOption = False,
) -> None:
    """Try messages again; the running server sends them within seconds."""
    if bool(messages) == everything:
        fail("give ids of messages, or --all", code=2)
    with opened_records(town) as (opened, records):
        found = _not_sent(opened, records)
        wanted = [_one(found, given) for given in messages or ()]
        if everything:
            wanted = [one for one in found if one.message.state is SendingState.FAILED]
        write = recompose(opened)
        for one in wanted:
            message, ticket = records.review.outside.message(one.message.id)
            entry = write(message, ticket) if ticket else None
            if entry is None:
                fail(f"the message {message.id[:8]} cannot be written again")
            records.review.outside.retry(message.id, entry, BY)
            records.review.log(BY, "retry", message.call_id or "", one.reference)
    if as_json_:
        print_json({"retried": [one.message.id for one in wanted]})
    else:
        several = "s" if len(wanted) > 1 else ""
        typer.echo(f"{len(wanted)} message{several} à envoyer de nouveau.")


@app.command("services")
def services(town: TownOption = EXAMPLE, as_json_: JsonOption = False) -> None:
    """What the GeoReport server of [tickets.open311] takes, beside our kinds of reports."""
    opened = Town.open(town)
    wanted = opened.settings.tickets.open311
    if not wanted.enabled:
        fail(f"tickets.open311 is not enabled in {opened.folder.config}")
    try:
        there = asyncio.run(_services(opened))
    except (SendingFailed, ValueError) as error:
        fail(str(error))
    ours = {code: problem for problem, code in wanted.services.items()}
    if as_json_:
        print_json({"services": there, "mapping": wanted.services, "problems": sorted(problems())})
        return
    table = Table("code", "là-bas", "chez nous")
    for one in there:
        code = str(one.get("service_code", ""))
        name = problem_name(ours[code]) if code in ours else "—"
        table.add_row(code, str(one.get("service_name", "")), name)
    Console().print(table)
    if unknown := sorted(set(ours) - {str(one.get("service_code", "")) for one in there}):
        fail(f"tickets.open311.services names codes that the server has not: {', '.join(unknown)}")


async def _services(town: Town) -> list[dict[str, Any]]:
    async def nothing(_: str) -> TicketRecord | None:
        return None

    client = Open311(town.settings.town, town.settings.tickets.open311, nothing)
    try:
        return await client.services()
    finally:
        await client.close()


def _not_sent(town: Town, records: Records) -> tuple[TicketMessage, ...]:
    since = town.clock()() - timedelta(days=GIVEN_UP_DAYS)
    return records.review.outside.not_sent(since, limit=1000)


def _one(found: tuple[TicketMessage, ...], given: str) -> TicketMessage:
    fitting = [one for one in found if given and one.message.id.startswith(given)]
    if len(fitting) != 1:
        fail(f"{'no' if not fitting else 'more than one'} message has an id that begins {given!r}")
    return fitting[0]


def _told(town: Town, ticket: TicketRecord) -> dict[str, Any]:
    return as_json(ticket, town.settings.town, town.settings.email.ticket_link)


def _message(one: TicketMessage) -> dict[str, Any]:
    message = one.message
    waits = message.state is SendingState.WAITING
    return {
        "id": message.id,
        "ticket": one.reference,
        "means": message.means.value,
        "state": message.state.value,
        "attempts": message.attempts,
        "created_at": message.created_at.isoformat(),
        "next_at": message.due_at.isoformat() if waits else None,
        "reason": message.reason,
    }


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else "aucune"
