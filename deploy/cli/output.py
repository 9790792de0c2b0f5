"""How commands print: Rich for people, JSON for machines, progress on standard error."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

console = Console(stderr=True)
EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "saint-aubin"

TownOption = Annotated[
    Path,
    typer.Option(
        "--town",
        envvar="ALLOMAIRIE_FOLDER",
        help="Folder of the town; default: the example town of the repository.",
        show_default=False,
    ),
]
AtOption = Annotated[
    str | None,
    typer.Option("--at", help="Pretend that it is this moment, e.g. 2026-11-24T10:30."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]


def print_json(value: Any) -> None:
    """One JSON value on standard output, readable French included."""
    typer.echo(json.dumps(value, ensure_ascii=False))


def fail(message: str, code: int = 1) -> NoReturn:
    """Say what is wrong in one sentence and leave."""
    console.print(f"allomairie: {message}", style="bold red", markup=False, highlight=False)
    raise typer.Exit(code)


def moment(at: str | None) -> datetime | None:
    """The value of --at; without a zone it is the town's local time."""
    try:
        return datetime.fromisoformat(at) if at else None
    except ValueError:
        fail(f"{at!r} is not a moment such as 2026-11-24T10:30", code=2)


@contextmanager
def counting(title: str) -> Iterator[Any]:
    """A bar for work that reports (done, total); nothing is drawn while there is none."""
    with _bar(title, MofNCompleteColumn()) as report:
        yield report


@contextmanager
def downloading(title: str) -> Iterator[Any]:
    """A bar for bytes; a total of 0 means that nobody knows it."""
    with _bar(title, DownloadColumn()) as report:
        yield report


@contextmanager
def _bar(title: str, amount: ProgressColumn) -> Iterator[Any]:
    columns = (TextColumn("{task.description}"), BarColumn(), amount, TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task: list[Any] = []

        def report(done: int, total: int) -> None:
            if not task:
                task.append(progress.add_task(title, total=total or None))
            progress.update(task[0], completed=done, total=total or None)

        yield report
