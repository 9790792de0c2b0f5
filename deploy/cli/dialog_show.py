"""`allomairie dialog show`: scripted conversations as a reader of the documents sees them."""

from __future__ import annotations

import logging
import re
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from deploy.cli.output import EXAMPLE, TownOption, counting, fail
from deploy.parts import Town
from dialog.scenarios import Outcome, Player, Scenario, ScenarioError, read_folder

_REFERENCE = "482913"  #: of every ticket, so that the document changes only when the calls do
_WIDTH = 96
_BEGIN, _END = "<!-- calls: ", "<!-- end of calls -->"
_SHOWN = re.compile(rf"{re.escape(_BEGIN)}(?P<names>[\w\s-]+?) -->\n.*?{re.escape(_END)}", re.S)

FolderArgument = Annotated[Path, typer.Argument(help="Folder with one .toml file per scenario.")]
NamesArgument = Annotated[
    list[str] | None, typer.Argument(help="Names of the scenarios; with --into, those it lists.")
]
IntoOption = Annotated[
    Path | None,
    typer.Option("--into", help="Markdown file whose calls are written again, between its marks."),
]


def show(
    folder: FolderArgument,
    names: NamesArgument = None,
    into: IntoOption = None,
    town: TownOption = EXAMPLE,
) -> None:
    """Play scenarios and print each call as Markdown, in the order they are named."""
    document = _read(into) if into is not None else ""
    wanted = names or _listed(document, into)
    text = transcripts(folder, wanted, Town.open(town))
    if into is None:
        typer.echo(text)
        return
    marked = f"{_BEGIN}{' '.join(wanted)} -->\n\n{text}\n{_END}"
    into.write_text(_SHOWN.sub(lambda _: marked, document, count=1), encoding="utf-8")


def transcripts(folder: Path, names: Sequence[str], town: Town) -> str:
    """The calls of these scenarios as Markdown, a heading and a block of text each."""
    try:
        known = {one.id: one for one in read_folder(folder, "*")}
    except ScenarioError as error:
        fail(str(error), code=2)
    if missing := [name for name in names if name not in known]:
        fail(f"{folder} has no scenario {missing[0]!r}", code=2)
    logging.getLogger("allomairie.dialog").setLevel(logging.ERROR)
    with counting("Indexing sheets") as progress:
        desk = town.open_desk(language_model=False, progress=progress, reference=lambda: _REFERENCE)
    player = Player(desk)
    played = [(known[name], player.play(known[name])) for name in names]
    if failed := [scenario.id for scenario, outcome in played if not outcome.passed]:
        fail(f"the scenario {failed[0]} does not pass: it is not shown")
    return "\n".join(_call(at, *one) for at, one in enumerate(played, start=1))


def _call(number: int, scenario: Scenario, outcome: Outcome) -> str:
    lines = []
    for line in outcome.lines[1:]:  # the greeting is the same in all
        lines += _wrapped(line.did, "– ")
        lines += _wrapped(line.say, "  ") if line.say else []
    for ticket in outcome.tickets:
        lines += _wrapped(_ticket(ticket), "  ", "    ")
    told = "\n".join(lines)
    return f"### {number}. {scenario.title}\n\n```\n{told}\n```\n"


def _ticket(ticket: dict[str, Any]) -> str:
    kind = ticket["kind"] if ticket["complete"] else f"incomplete {ticket['kind']}"
    values = ", ".join(f"{name}={value}" for name, value in ticket["fields"].items())
    return f"[{kind} {ticket['reference']} → {ticket['service']}] {values}"


def _wrapped(text: str, first: str, then: str = "  ") -> list[str]:
    wrapped = textwrap.wrap(
        text, _WIDTH, initial_indent=first, subsequent_indent=then, break_on_hyphens=False
    )
    return wrapped or [first.rstrip()]


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        fail(f"{path} cannot be read: {error}")


def _listed(document: str, path: Path | None) -> list[str]:
    found = _SHOWN.search(document)
    if found is None:
        fail(f"name the scenarios, or give with --into a file with '{_BEGIN}NAME … -->'", code=2)
    return found["names"].split()
