"""`allomairie privacy`: what is kept of a person, shown and erased."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from deploy.cli.output import EXAMPLE, JsonOption, TownOption, fail, print_json
from deploy.errors import CannotStart
from deploy.parts import Town
from records import Erased, Records, RecordsError, Whose, mask_number

BY = "console"  #: who the access log says it was
app = typer.Typer(help="What is kept of callers: shown, erased.", no_args_is_help=True)
NumberOption = Annotated[
    str, typer.Option("--number", help="Calls and tickets of this telephone number.")
]
ReferenceOption = Annotated[
    str, typer.Option("--reference", help="Six digits: of a ticket, or of a call.")
]
FromOption = Annotated[str, typer.Option("--from", help="First day, e.g. 2026-11-01.")]
ToOption = Annotated[str, typer.Option("--to", help="Last day, included.")]


@app.command("export")
def export(
    number: NumberOption = "",
    reference: ReferenceOption = "",
    first: FromOption = "",
    last: ToOption = "",
    out: Annotated[Path | None, typer.Option("--out", help="File to write; else printed.")] = None,
    town: TownOption = EXAMPLE,
) -> None:
    """Everything that is kept, as JSON: calls with their turns, tickets, messages, alerts."""
    with _records(town) as (opened, records):
        found = records.privacy.export(_whose(opened, number, reference, first, last))
    if not any(found.values()):
        fail("nothing is kept of this number, reference or these days")
    if out is None:
        print_json(found)
        return
    try:
        _write(out, found)
    except OSError as error:
        fail(f"{out} cannot be written: {error.strerror}")
    typer.echo(f"{len(found['calls'])} appels et {len(found['tickets'])} tickets écrits : {out}")


@app.command("erase")
def erase(
    number: NumberOption = "",
    reference: ReferenceOption = "",
    first: FromOption = "",
    last: ToOption = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    town: TownOption = EXAMPLE,
    as_json: JsonOption = False,
) -> None:
    """Erase calls, words, tickets and what waits to be sent; prints a proof without the data."""
    with _records(town) as (opened, records):
        whose = _whose(opened, number, reference, first, last)
        about = _about(number, reference, first, last)
        if not yes:
            found = records.privacy.export(whose)
            calls, tickets = len(found["calls"]), len(found["tickets"])
            question = f"Effacer {calls} appels et {tickets} tickets ({about}), sans retour ?"
            if not typer.confirm(question, err=True):
                fail("nothing was erased")
        erased = records.privacy.erase(whose, by=BY)
        zone = ZoneInfo(opened.settings.town.timezone)
    if not (erased.calls or erased.tickets or erased.messages or erased.in_progress):
        fail("nothing is kept of this number, reference or these days")
    _prove(erased, about, zone, as_json)
    if erased.in_progress:
        fail("a call is under way and was left: erase again once it is over")


@app.command("purge")
def purge(town: TownOption = EXAMPLE, as_json: JsonOption = False) -> None:
    """Erase now whatever is past its retention; `serve` does the same every day."""
    with _records(town) as (opened, records):
        days = opened.settings.records.transcript_days
        emptied, tickets = records.erase_old(days)
        deleted = records.privacy.delete_old_calls()
    if as_json:
        print_json({"emptied_calls": emptied, "deleted_calls": deleted, "deleted_tickets": tickets})
        return
    typer.echo(f"Paroles effacées après {days} jours : {emptied} appels")
    typer.echo(f"Appels supprimés après 12 mois : {deleted}")
    typer.echo(f"Tickets supprimés : {tickets}")


def _whose(town: Town, number: str, reference: str, first: str, last: str) -> Whose:
    zone = ZoneInfo(town.settings.town.timezone)
    start, end = (_day(text, zone) for text in (first, last))
    digits = "".join(c for c in reference if not c.isspace())
    return Whose(
        number=number,
        reference=digits,
        first=start,
        last=end + timedelta(days=1) if end else None,
    )


def _day(text: str, zone: ZoneInfo) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.combine(date.fromisoformat(text), time(), zone)
    except ValueError:
        fail(f"{text!r} is not a day such as 2026-11-01", code=2)


def _about(number: str, reference: str, first: str, last: str) -> str:
    """Whose data it is, without telling more than a log may."""
    if number:
        return f"numéro {mask_number(number)}"
    return f"référence {reference}" if reference else f"du {first} au {last}"


def _prove(erased: Erased, about: str, zone: ZoneInfo, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "erased_at": erased.at.isoformat(),
                "about": about,
                "calls": erased.calls,
                "turns": erased.turns,
                "tickets": erased.tickets,
                "messages": erased.messages,
                "calls_in_progress": erased.in_progress,
            }
        )
        return
    typer.echo(f"Effacement du {erased.at.astimezone(zone):%d/%m/%Y à %H:%M:%S}, {about}")
    typer.echo(f"  appels    {erased.calls}, avec {erased.turns} tours de parole")
    typer.echo(f"  tickets   {erased.tickets}")
    typer.echo(f"  messages  {erased.messages} (SMS et courriels)")
    typer.echo("Les sauvegardes faites avant gardent ces données jusqu'à leur propre fin.")


def _write(path: Path, found: dict[str, Any]) -> None:
    """Readable by its owner only: these are a person's data."""
    path.touch(mode=0o600)
    path.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


@contextmanager
def _records(root: Path) -> Iterator[tuple[Town, Records]]:
    try:
        town = Town.open(root)
        records = town.open_records()
    except CannotStart as error:
        fail(str(error))
    try:
        yield town, records
    except (RecordsError, ValueError) as error:
        fail(str(error))
    finally:
        records.close()
