"""`allomairie report`: the month's indicators, with small numbers hidden."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table as Grid

from deploy.cli.output import EXAMPLE, JsonOption, TownOption, fail, print_json
from deploy.errors import CannotStart
from deploy.parts import Town
from deploy.review import review_desk
from records import RecordsError
from review.reports import HIDDEN, Report, Table, as_csv, of_month, parse_month

app = typer.Typer(help="Monthly indicators (requirements Q01-Q13).", no_args_is_help=True)


@app.callback()
def report() -> None:
    """Monthly indicators (requirements Q01-Q13)."""


@app.command("month")
def month(
    wanted: Annotated[str, typer.Argument(metavar="MONTH", help="Such as 2026-11.")],
    as_table: Annotated[bool, typer.Option("--csv", help="Print CSV instead of text.")] = False,
    out: Annotated[Path | None, typer.Option("--out", help="File to write, .csv or .json.")] = None,
    town: TownOption = EXAMPLE,
    as_json: JsonOption = False,
) -> None:
    """One month: calls and what became of them, times, subjects, questions, follow-up.

    Counts from 1 to 4, and others that would give them away, are hidden: "s", or null in JSON.
    """
    if as_table and as_json:
        fail("give --csv or --json, not both", code=2)
    if out is not None and out.suffix not in (".csv", ".json"):
        fail(f"{out} is neither .csv nor .json", code=2)
    found = _report(town, wanted)
    if out is not None:
        _write(out, found)
        typer.echo(f"Rapport ({found.name}) écrit : {out}")
    elif as_json:
        print_json(asdict(found))
    elif as_table:
        typer.echo(as_csv(found).removeprefix("\ufeff"), nl=False)
    else:
        _print(found)


def _report(town: Path, wanted: str) -> Report:
    try:
        first = parse_month(wanted)
    except ValueError:
        fail(f"{wanted!r} is not a month such as 2026-11", code=2)
    try:
        opened = Town.open(town)
        records = opened.open_records()
    except CannotStart as error:
        fail(str(error))
    try:
        return of_month(review_desk(opened, records.review, opened.sheets), first)
    except RecordsError as error:
        fail(str(error))
    finally:
        records.close()


def _write(path: Path, found: Report) -> None:
    if path.suffix == ".csv":
        text = as_csv(found)
    else:
        text = json.dumps(asdict(found), ensure_ascii=False, indent=2) + "\n"
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        fail(f"{path} cannot be written: {error.strerror}")


def _print(found: Report) -> None:
    console = Console()
    if found.presented is None:
        console.print(f"{found.name} : moins de cinq appels, rien n'est publié.")
        return
    running = "" if found.over else " (mois en cours)"
    console.print(f"{found.name}{running} : {found.presented} appels reçus", highlight=False)
    for table in found.tables:
        if table.total != 0:
            console.print(_grid(table))
    for one in found.timings:
        if one.median is not None:
            console.print(
                f"{one.title} : médiane {one.median} s, 95 % sous {one.p95} s", highlight=False
            )
    if found.hides:
        console.print(f"{HIDDEN} : secret statistique, de 1 à 4, ou caché pour les protéger")


def _grid(table: Table) -> Grid:
    grid = Grid(title=table.title, title_justify="left", show_header=False, min_width=50)
    grid.add_column(overflow="fold")
    grid.add_column(justify="right")
    grid.add_column(justify="right")
    if not table.rows:
        grid.add_row("trop peu pour ce tableau", HIDDEN, "")
    for row in table.rows:
        if row.count != 0:
            share = "" if row.share is None else f"{row.share:.0%}"
            grid.add_row(row.name, HIDDEN if row.count is None else str(row.count), share)
    return grid
