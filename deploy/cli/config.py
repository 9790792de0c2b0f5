"""`allomairie config`: is the configuration right, and what is in force."""

from __future__ import annotations

import json
from typing import Any

import typer
from pydantic import BaseModel
from rich.console import Console
from rich.table import Table

from deploy.cli.output import EXAMPLE, JsonOption, TownOption, fail, print_json
from deploy.config import Settings
from deploy.errors import CannotStart, ConfigError
from deploy.folder import TownFolder
from deploy.parts import Town

app = typer.Typer(help="Check or show the town's configuration.", no_args_is_help=True)


@app.command("check")
def check(town: TownOption = EXAMPLE, as_json: JsonOption = False) -> None:
    """Check allomairie.toml, the sheets and the pronunciations; exit code 1 when one is wrong."""
    problems = []
    opened: Town | None = None
    try:
        opened = Town.open(town)
        parts = (
            opened.sheets,
            opened.pronunciation,
            opened.check_sending,
            opened.trunks,
            opened.check_recording,
        )
        for part in parts:
            try:
                part()
            except CannotStart as error:
                problems.append(str(error))
    except ConfigError as error:
        problems.append(str(error))
    warnings = [opened.settings.recording.warning] if opened is not None else []
    warnings = [one for one in warnings if one]
    if as_json:
        print_json({"ok": not problems, "problems": problems, "warnings": warnings})
        if problems:
            raise typer.Exit(1)
    elif problems:
        fail("; ".join(problems))
    else:
        for warning in warnings:
            typer.echo(warning, err=True)
        typer.echo(f"{town}: the configuration is right.")


@app.command("show")
def show(town: TownOption = EXAMPLE, as_json: JsonOption = False) -> None:
    """Show every key with the value in force, after the environment, and what it is for."""
    settings = TownFolder(town).load()
    rows = list(_rows(settings, ""))
    if as_json:
        print_json({key: value for key, value, _ in rows})
        return
    table = Table("key", "value", "meaning")
    for key, value, meaning in rows:
        table.add_row(key, json.dumps(value, ensure_ascii=False, default=str), meaning)
    Console().print(table)


def _rows(section: BaseModel | Settings, prefix: str) -> list[tuple[str, Any, str]]:
    rows: list[tuple[str, Any, str]] = []
    for name, field in type(section).model_fields.items():
        value = getattr(section, name)
        if isinstance(value, BaseModel) and name != "town":
            rows += _rows(value, f"{prefix}{name}.")
        elif isinstance(value, BaseModel):
            rows.append((name, f"{value.model_dump()['name']}", "the town's name"))
        else:
            shown = str(value) if value is not None and not _plain(value) else value
            rows.append((prefix + name, shown, field.description or ""))
    return rows


def _plain(value: object) -> bool:
    return isinstance(value, str | int | float | bool)
