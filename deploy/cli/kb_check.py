"""`allomairie kb check`: what is wrong with a town's sheets, for those who write them."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from deploy.cli.output import EXAMPLE, AtOption, JsonOption, TownOption, fail, moment, print_json
from deploy.parts import Town
from dialog.lint import Finding, Folder, Severity, lint
from dialog.national import STATUSES, NationalError, read_lines
from voice.speakable import Pronunciation, speakable
from voice.speakable.acronyms import ABBREVIATIONS, EXPANDED, LETTERS, WORDS

_NAMES = {
    Severity.ERROR: ("erreur", "erreurs", "red"),
    Severity.WARNING: ("avertissement", "avertissements", "yellow"),
    Severity.ADVICE: ("conseil", "conseils", "cyan"),
}


def check(
    strict: Annotated[bool, typer.Option("--strict", help="Warnings fail too.")] = False,
    at: AtOption = None,
    town: TownOption = EXAMPLE,
    as_json: JsonOption = False,
) -> None:
    """Check the town's own sheets and configuration; exit code 1 when something is wrong."""
    opened = Town.open(town)
    today = opened.clock(moment(at))().date()
    pronunciation = opened.pronunciation()
    found = lint(
        Folder.read(
            opened.folder.root,
            opened.settings.town,
            today,
            sigles=known_sigles(pronunciation),
            say=lambda text: speakable(text, pronunciation=pronunciation, today=today),
        )
    )
    counts = Counter(finding.severity for finding in found)
    wrong = bool(counts[Severity.ERROR] or (strict and counts[Severity.WARNING]))
    sheets = len(list(opened.folder.sheets.glob("*.md")))
    national = _national(opened)
    if as_json:
        print_json(
            {
                "ok": not wrong,
                "sheets": sheets,
                "counts": {severity.value: counts[severity] for severity in Severity},
                "findings": [asdict(finding) for finding in found],
                "national": national,
            }
        )
    else:
        _tell(found, counts, sheets, national)
    if wrong:
        raise typer.Exit(1)


def known_sigles(pronunciation: Pronunciation | None) -> frozenset[str]:
    """Every sigle that the voice has a rule for, the town's own included."""
    general = {*LETTERS, *WORDS, *EXPANDED, *ABBREVIATIONS}
    return frozenset(general | (pronunciation.known if pronunciation else frozenset()))


def _national(town: Town) -> dict[str, int]:
    """How many sheets of service-public.fr there are, by status."""
    try:
        lines = read_lines(town.folder.national)
    except NationalError as error:
        fail(str(error))
    states = Counter("withdrawn" if line.withdrawn else line.status for line in lines)
    return {"total": len(lines)} | {state: states[state] for state in (*STATUSES, "withdrawn")}


def _tell(
    found: list[Finding], counts: Counter[Severity], sheets: int, national: dict[str, int]
) -> None:
    if found:
        table = Table("gravité", Column("où", overflow="fold"), "règle", "à corriger")
        for finding in found:
            name, _, style = _NAMES[finding.severity]
            where = f"{finding.file}:{finding.line}" if finding.line else finding.file
            table.add_row(
                f"[{style}]{name}[/]", _plain(where), finding.rule, _plain(finding.message)
            )
        Console().print(table)
    said = ", ".join(_count(counts[severity], *_NAMES[severity][:2]) for severity in Severity)
    typer.echo(f"{_count(sheets, 'fiche', 'fiches')} de la commune : {said}.")
    if national["total"]:
        states = {"draft": "en attente", "validated": "validées", "withdrawn": "retirées"}
        parts = ", ".join(f"{national[state]} {name}" for state, name in states.items())
        typer.echo(f"{national['total']} fiches nationales : {parts}.")


def _count(number: int, one: str, several: str) -> str:
    return f"{number} {several if number > 1 else one}"


def _plain(text: str) -> str:
    """Text without Rich's markup: "[événement]" stays as written."""
    return text.replace("[", "\\[")
