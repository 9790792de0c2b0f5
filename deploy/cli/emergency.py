"""`allomairie emergency self-test`: the emergency path, tried without calling anybody."""

from __future__ import annotations

import asyncio

import typer
from rich.console import Console
from rich.table import Table

from deploy.cli.output import EXAMPLE, JsonOption, TownOption, fail, print_json
from deploy.emergency_test import REPORTS, SelfTest
from deploy.parts import Town

app = typer.Typer(help="What happens when a caller tells of an emergency.", no_args_is_help=True)


@app.callback()
def emergency() -> None:
    """What happens when a caller tells of an emergency."""


@app.command("self-test")
def self_test(town: TownOption = EXAMPLE, as_json: JsonOption = False) -> None:
    """Simulate a call with an emergency and check everything; exit code 1 when something fails.

    Run it once a month (requirements E08). The report is kept in TOWN/data/reports/.
    """
    opened = Town.open(town)
    report = asyncio.run(SelfTest(opened).run())
    try:
        path = report.write(opened.folder.data / REPORTS)
    except OSError as error:
        fail(f"the report cannot be written to {opened.folder.data / REPORTS}: {error.strerror}")
    if as_json:
        print_json({**report.as_dict(), "file": str(path)})
    else:
        table = Table("", "check", "found")
        for check in report.checks:
            table.add_row("✓" if check.ok else "✗", check.name, check.detail)
        Console().print(table)
        typer.echo(f"{'Passed' if report.ok else 'FAILED'}: {path}")
    if not report.ok:
        raise typer.Exit(1)
