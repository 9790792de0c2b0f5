"""`allomairie privacy`: what is kept of a person, shown, erased, held; what is past its time."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from deploy.cli.opened import opened_records
from deploy.cli.output import EXAMPLE, JsonOption, TownOption, fail, print_json
from deploy.parts import Town
from records import Erased, Kept, Records, Whose, mask_number
from review import evaluation_set
from review.listening import sound_files
from review.person_export import bundle
from review.persons import about

BY = "console"  #: who the access log says it was
app = typer.Typer(help="What is kept of callers: shown, erased, held.", no_args_is_help=True)
NumberOption = Annotated[
    str, typer.Option("--number", help="Calls and tickets of this telephone number.")
]
ReferenceOption = Annotated[
    str, typer.Option("--reference", help="Six digits: of a ticket, or of a call.")
]
FromOption = Annotated[
    str, typer.Option("--from", help="First day, e.g. 2026-11-01, or moment, 2026-11-01T10:30.")
]
ToOption = Annotated[str, typer.Option("--to", help="Last day, included; or moment.")]


@app.command("export")
def export(
    number: NumberOption = "",
    reference: ReferenceOption = "",
    first: FromOption = "",
    last: ToOption = "",
    out: Annotated[
        Path | None,
        typer.Option("--out", help="File to write, .zip or .json; else JSON is printed."),
    ] = None,
    town: TownOption = EXAMPLE,
) -> None:
    """Everything that is kept: calls with their turns, tickets, messages, alerts.

    As JSON; with --out FILE.zip also as a page to read and to print, with the sound of the calls.
    """
    with opened_records(town) as (opened, records):
        whose = _whose(opened, number, reference, first, last)
        found = records.privacy.export(whose)
        if not any(found.values()):
            fail("nothing is kept of this number, reference or these days")
        detail = about(whose, ZoneInfo(opened.settings.town.timezone))
        records.review.log(BY, "export_person", detail=detail)
        if out is None:
            print_json(found)
            return
        content = _zip(opened, found, records) if out.suffix == ".zip" else _json(found)
    try:
        _write(out, content)
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
    with opened_records(town) as (opened, records):
        whose = _whose(opened, number, reference, first, last)
        said = _about(number, reference, first, last)
        zone = ZoneInfo(opened.settings.town.timezone)
        if records.privacy.find(whose).nothing:
            fail("nothing is kept of this number, reference or these days")
        if not yes:
            _confirm(records.privacy.find(whose), said)
        erased = records.privacy.erase(whose, by=BY, about=about(whose, zone))
        evaluation_set.forget_calls(opened.folder.root, erased.ids)
        opened.open_sound(records).sweep()
    _prove(erased, said, zone, as_json)
    if erased.held:
        fail(f"{erased.held} held calls were left: `privacy hold CALL --lift` frees one")
    if erased.in_progress:
        fail("a call is under way and was left: erase again once it is over")


def _confirm(kept: Kept, said: str) -> None:
    if kept.held:
        typer.echo(f"{kept.held} appels sont conservés par une décision et resteront.", err=True)
    question = f"Effacer {kept.calls} appels et {kept.tickets} tickets ({said}), sans retour ?"
    if not typer.confirm(question, err=True):
        fail("nothing was erased")


@app.command("hold")
def hold(
    call: Annotated[str, typer.Argument(help="Its id, or its six-digit reference.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; is kept with the call.")],
    lift: Annotated[bool, typer.Option("--lift", help="End the hold instead.")] = False,
    town: TownOption = EXAMPLE,
    as_json: JsonOption = False,
) -> None:
    """Keep a call for 90 days: neither purged nor erased. Again prolongs it, --lift ends it."""
    with opened_records(town) as (opened, records):
        call_id = records.privacy.call_named(call)
        zone = ZoneInfo(opened.settings.town.timezone)
        until = None
        if lift:
            records.privacy.lift(call_id, reason, BY)
        else:
            until = records.privacy.hold(call_id, reason, BY).until
    if as_json:
        print_json({"call": call_id, "held_until": until.isoformat() if until else None})
    elif until:
        typer.echo(f"Appel {call_id} conservé jusqu'au {until.astimezone(zone):%d/%m/%Y à %H:%M}")
    else:
        typer.echo(f"Appel {call_id} : la conservation est levée")


@app.command("purge")
def purge(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what is due.")] = False,
    town: TownOption = EXAMPLE,
    as_json: JsonOption = False,
) -> None:
    """Erase now whatever is past its retention; `serve` does the same every day."""
    with opened_records(town) as (opened, records):
        days = opened.settings.records.transcript_days
        gone = records.privacy.due(days) if dry_run else records.privacy.purge(days, BY)
        sound, sound_days = opened.open_sound(records), opened.settings.recording.days
        sounds = sound.due(sound_days) if dry_run else sound.purge(sound_days, BY)
    if as_json:
        counts = {"emptied_calls": gone.words, "deleted_calls": gone.calls}
        counts |= {"deleted_tickets": gone.tickets, "held_calls": gone.held}
        print_json({**counts, "deleted_recordings": sounds})
        return
    done = "à effacer" if dry_run else "effacés"
    typer.echo(f"Paroles de plus de {days} jours, {done} : {gone.words} appels")
    typer.echo(f"Appels de plus de 12 mois, {done} : {gone.calls}")
    typer.echo(f"Tickets échus, {done} : {gone.tickets}")
    typer.echo(f"Enregistrements de plus de {sound_days} jours, {done} : {sounds}")
    if gone.held:
        typer.echo(f"Appels échus, conservés par une décision : {gone.held}")


def _whose(town: Town, number: str, reference: str, first: str, last: str) -> Whose:
    zone = ZoneInfo(town.settings.town.timezone)
    start, end = _moment(first, zone), _moment(last, zone)
    digits = "".join(c for c in reference if not c.isspace())
    return Whose(
        number=number,
        reference=digits,
        first=start,
        last=end + timedelta(days=1) if end and "T" not in last else end,
    )


def _moment(text: str, zone: ZoneInfo) -> datetime | None:
    """A day, or a day with its time, on the town's clock."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone)
    except ValueError:
        fail(f"{text!r} is not a day such as 2026-11-01, nor a time as 2026-11-01T10:30", code=2)


def _about(number: str, reference: str, first: str, last: str) -> str:
    """Whose data it is, without telling more than a log may."""
    if number:
        return f"numéro {mask_number(number)}"
    return f"référence {reference}" if reference else f"du {first} au {last}"


def _prove(erased: Erased, said: str, zone: ZoneInfo, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "erased_at": erased.at.isoformat(),
                "about": said,
                "calls": erased.calls,
                "turns": erased.turns,
                "tickets": erased.tickets,
                "messages": erased.messages,
                "calls_in_progress": erased.in_progress,
                "calls_held": erased.held,
                "log_line": erased.log_line,
            }
        )
        return
    typer.echo(f"Effacement du {erased.at.astimezone(zone):%d/%m/%Y à %H:%M:%S}, {said}")
    typer.echo(f"  preuve    n° {erased.log_line} du journal d'accès, par {BY}")
    typer.echo(f"  appels    {erased.calls}, avec {erased.turns} tours de parole")
    typer.echo(f"  tickets   {erased.tickets}")
    typer.echo(f"  messages  {erased.messages} (SMS et courriels)")
    if erased.held:
        typer.echo(f"  conservés {erased.held} appels, par une décision : ils restent")
    typer.echo("Les sauvegardes faites avant gardent ces données jusqu'à leur propre fin.")


def _zip(town: Town, found: dict[str, Any], records: Records) -> bytes:
    return bundle(
        found,
        town.settings.town,
        town.clock()(),
        titles={sheet.id: sheet.title for sheet in town.sheets()},
        attachments=sound_files(records.review, town.open_sound(records)),
    )


def _json(found: dict[str, Any]) -> bytes:
    return (json.dumps(found, ensure_ascii=False, indent=2) + "\n").encode()


def _write(path: Path, content: bytes) -> None:
    """Readable by its owner only: these are a person's data."""
    path.touch(mode=0o600)
    path.write_bytes(content)
