"""`allomairie kb questions`: what callers asked that the assistant could not answer for sure."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from deploy.cli.output import EXAMPLE, JsonOption, TownOption, fail, print_json
from deploy.errors import CannotStart
from deploy.parts import Town
from records import DoubtfulQuestion, RecordsError

DaysOption = Annotated[int, typer.Option("--days", min=1, max=366, help="How far back.")]
BelowOption = Annotated[
    float, typer.Option("--below", min=0.0, max=1.0, help="Confidence under which one is unsure.")
]
LimitOption = Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many.")]

_WHY = {"unanswered": "sans réponse", "asked_back": "à préciser", "unsure": "peu sûre"}


def questions(
    days: DaysOption = 30,
    below: BelowOption = 0.9,
    limit: LimitOption = 200,
    town: TownOption = EXAMPLE,
    as_json: JsonOption = False,
) -> None:
    """List the questions that need a sheet, or other words on a sheet; newest first."""
    until = datetime.now(UTC) + timedelta(seconds=1)
    try:
        records = Town.open(town).open_records()
        try:
            found = records.doubtful_questions(
                until - timedelta(days=days), until, below=below, limit=limit
            )
        finally:
            records.close()
    except (CannotStart, RecordsError) as error:
        fail(str(error))
    if as_json:
        print_json({"questions": [_plain(one) for one in found]})
    else:
        _print(found, days)


def _plain(one: DoubtfulQuestion) -> dict[str, Any]:
    return {**asdict(one), "at": one.at.isoformat(), "why": one.why.value}


def _print(found: tuple[DoubtfulQuestion, ...], days: int) -> None:
    console = Console()
    if not found:
        console.print(f"Aucune question douteuse ces {days} derniers jours.")
        return
    table = Table(title=f"Questions des {days} derniers jours", title_justify="left")
    for column in ("quand", "ce qui a été entendu", "pourquoi", "fiches envisagées"):
        table.add_column(column)
    for one in found:
        considered = ", ".join(str(c.get("sheet", "")) for c in one.candidates[:3])
        when = f"{one.at.astimezone():%d/%m %H:%M}"
        table.add_row(when, one.heard, _WHY[one.why.value], considered)
    console.print(table)
    counts = Counter(_WHY[one.why.value] for one in found)
    console.print(", ".join(f"{n} {why}" for why, n in counts.most_common()))
