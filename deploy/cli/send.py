"""`allomairie send test`: try the SMS gateway and the mail server as they are configured."""

from __future__ import annotations

import asyncio
import uuid
from datetime import UTC, datetime
from typing import Annotated

import typer

from deploy.cli.output import EXAMPLE, JsonOption, TownOption, fail, print_json
from deploy.parts import Town
from deploy.sending.errors import SendingFailed
from deploy.sending.opening import open_routes
from dialog.values.emails import parse_email
from dialog.values.mobiles import national_mobile
from records import Means, OutboxRecord, SendingState, mask_number

app = typer.Typer(help="Send SMS and e-mails by hand.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keeps `test` a command of its own."""


@app.command("test")
def send_test(
    sms: Annotated[str, typer.Option("--sms", help="A French mobile, 06 12 34 56 78.")] = "",
    email: Annotated[str, typer.Option("--email", help="An e-mail address.")] = "",
    town: TownOption = EXAMPLE,
    as_json: JsonOption = False,
) -> None:
    """Send a short message now, past the outbox; exit code 1 when it was not taken."""
    if bool(sms) == bool(email):
        fail("give one of --sms 06… and --email …", code=2)
    means = Means.SMS if sms else Means.EMAIL
    to = national_mobile(sms) if sms else parse_email(email)
    if not to:
        fail("--sms takes a French mobile number (06, 07)" if sms else f"{email!r} is no address")
    opened = Town.open(town)
    problem = asyncio.run(_send(opened, means, to))
    shown = mask_number(to) if sms else to
    if as_json:
        print_json({"ok": not problem, "channel": means.value, "to": shown, "problem": problem})
        if problem:
            raise typer.Exit(1)
    elif problem:
        fail(problem)
    else:
        typer.echo(f"The {means.value} to {shown} was taken.")


async def _send(town: Town, means: Means, to: str) -> str:
    """Hand the message over; returns what is wrong, in one sentence, or nothing."""
    settings = town.settings
    routes = open_routes(settings.town, settings.sms, settings.email)
    try:
        if means not in routes:
            return f"[{means.value}] is not enabled in {town.folder.config}"
        try:
            await routes[means].carrier.send(_message(settings.town.greeting_name, means, to))
        except SendingFailed as error:
            return str(error)
        return ""
    finally:
        for route in routes.values():
            await route.carrier.close()


def _message(name: str, means: Means, to: str) -> OutboxRecord:
    now = datetime.now(UTC)
    return OutboxRecord(
        id=uuid.uuid4().hex,
        call_id=None,
        ticket_id=None,
        means=means,
        state=SendingState.WAITING,
        to=to,
        subject=f"Essai de la {name}",
        text=f"Essai de l'assistant de la {name}.",
        parts=1,
        attempts=1,
        created_at=now,
        due_at=now,
        done_at=None,
        reason="",
    )
