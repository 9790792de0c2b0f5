"""`allomairie doctor`: everything that must be true before calls are answered, with the remedy."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from deploy.cli.output import EXAMPLE, JsonOption, TownOption, console, print_json
from deploy.doctor import Finding, examine
from deploy.doctor.files import close_to_others
from deploy.errors import CannotStart
from deploy.parts import Town

_MARKS = {"ok": "[green]✓[/]", "warning": "[yellow]![/]", "error": "[red]✗[/]"}


def doctor(
    town: TownOption = EXAMPLE,
    fix: Annotated[
        bool, typer.Option("--fix", help="Mend what is safe: data folder, file modes.")
    ] = False,
    hashes: Annotated[
        bool, typer.Option("--hashes", help="Also compare the models' checksums; minutes.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Check this machine and the town; exit code 1 when something must be mended."""
    fixed = _fix(town) if fix else []
    findings = list(examine(lambda: Town.open(town), hashes=hashes))
    ok = all(f.ok for f in findings)
    if as_json:
        print_json({"ok": ok, "fixed": fixed, "checks": [_as_json(f) for f in findings]})
    else:
        for line in fixed:
            console.print(f"fixed: {line}", markup=False, highlight=False)
        _show(findings)
    if not ok:
        raise typer.Exit(1)


def _fix(folder: Path) -> list[str]:
    """Mend what cannot do harm; what was done."""
    try:
        town = Town.open(folder)
    except CannotStart:
        return []  # the checks name it
    missing = not (folder / "data").exists()
    made = [f"{town.folder.data}: made"] if missing else []
    return [*made, *close_to_others(town)]


def _as_json(finding: Finding) -> dict[str, object]:
    return {
        "check": finding.check,
        "ok": finding.ok,
        "level": finding.level,
        "detail": finding.detail,
    }


def _show(findings: list[Finding]) -> None:
    table = Table("", "check", "found")
    for finding in findings:
        table.add_row(_MARKS[finding.level], finding.check, Text(finding.detail))
    Console().print(table)
