"""`allomairie dialog test`: scripted conversations played against the desk, written or spoken."""

from __future__ import annotations

import json
import logging
import os
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from deploy.cli.output import EXAMPLE, JsonOption, TownOption, counting, fail, print_json
from deploy.parts import Town
from deploy.spoken import SpokenCallers
from dialog.expectations import Expected
from dialog.outgoing import Means
from dialog.scenarios import (
    Coverage,
    Hear,
    Heard,
    Outcome,
    Player,
    Scenario,
    ScenarioError,
    read_folder,
)
from voice.speakable import speakable

SLOWER = 0.95  #: pitch and pace of a line that the caller has to say twice
LEAST_SPOKEN = 0.90  #: share that must pass when a recogniser listens

app = typer.Typer(help="Try conversations.", no_args_is_help=True)

FolderArgument = Annotated[Path, typer.Argument(help="Folder with one .toml file per scenario.")]
SpokenOption = Annotated[
    bool, typer.Option("--spoken", help="Say each line over a noisy 8 kHz line and recognise it.")
]
JobsOption = Annotated[int, typer.Option("--jobs", min=0, help="Calls at once; 0: one per core.")]
OnlyOption = Annotated[str, typer.Option("--only", help="Names to play, e.g. 'message-*'.")]
LeastOption = Annotated[
    float | None,
    typer.Option("--least", min=0, max=1, help="Share that must pass: 1, or 0.9 when spoken."),
]
OutOption = Annotated[
    Path | None, typer.Option("--out", help="Write each call, as JSON, into this folder.")
]
VerboseOption = Annotated[bool, typer.Option("--verbose", help="Print every call in full.")]


@app.callback()
def dialog() -> None:
    """Try conversations."""


@app.command("test")
def run(
    folder: FolderArgument,
    town: TownOption = EXAMPLE,
    spoken: SpokenOption = False,
    jobs: JobsOption = 0,
    only: OnlyOption = "*",
    least: LeastOption = None,
    out: OutOption = None,
    verbose: VerboseOption = False,
    as_json: JsonOption = False,
) -> None:
    """Play scripted conversations and check what is said, done and noted.

    The language model takes no part: what it makes of a follow-up depends on the machine's speed.
    """
    try:
        scenarios = read_folder(folder, only)
    except ScenarioError as error:
        fail(str(error), code=2)
    if spoken:
        scenarios = [one for one in scenarios if one.spoken]
    logging.getLogger("allomairie.dialog").setLevel(logging.ERROR)
    opened = Town.open(town)
    outcomes = _play(scenarios, opened, spoken=spoken, jobs=jobs, out=out)
    wanted = least if least is not None else (LEAST_SPOKEN if spoken else 1.0)
    summary = _summary(outcomes, wanted, spoken)
    print_json(summary) if as_json else _print(summary, outcomes, verbose)
    if not summary["ok"]:
        raise typer.Exit(1)


def _play(
    scenarios: list[Scenario], town: Town, *, spoken: bool, jobs: int, out: Path | None
) -> list[Outcome]:
    players = {options: _player(town, options) for options in {one.options for one in scenarios}}
    callers = SpokenCallers(town) if spoken else None
    workers = jobs or len(os.sched_getaffinity(0))
    with counting("Calling") as progress, ThreadPoolExecutor(workers) as pool:
        report = _reporter(progress, len(scenarios), out)
        return list(
            pool.map(lambda one: report(_call(players[one.options], one, callers)), scenarios)
        )


def _player(town: Town, options: tuple[str, ...]) -> Player:
    """Plays against a desk that can send what these options say, and nothing else."""
    numbers = count(482913)
    with counting("Indexing sheets") as progress:
        desk = town.open_desk(
            language_model=False,
            progress=progress,
            reference=lambda: str(next(numbers)),
            means=Means(sms="sms" in options, email="email" in options),
        )
    pronunciation = town.pronunciation()
    return Player(desk, lambda text, day: speakable(text, pronunciation=pronunciation, today=day))


def _call(player: Player, scenario: Scenario, callers: SpokenCallers | None) -> Outcome:
    if callers is None:
        return player.play(scenario)
    # by the name of the file: a caller keeps the voice when others are added
    voice = callers.voice(zlib.crc32(scenario.id.encode()))

    def heard(text: str, again: int, expected: Expected | None) -> Heard:
        speaker = replace(voice, pitch=voice.pitch * SLOWER) if again else voice
        turn = callers.hear(speaker, speakable(text), mild=True, expected=expected)
        return Heard(turn.text, turn.alternatives, turn.language)

    hear: Hear = heard
    return player.play(scenario, hear, voice.name)


def _reporter(
    progress: Callable[[int, int], None], total: int, out: Path | None
) -> Callable[[Outcome], Outcome]:
    """Counts calls, and writes each as soon as it is over: a spoken run takes long."""
    done = count(1)

    def report(outcome: Outcome) -> Outcome:
        progress(next(done), total)
        if out is not None:
            _write(out, outcome)
        return outcome

    return report


def _write(folder: Path, outcome: Outcome) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(outcome.to_dict(), ensure_ascii=False, indent=1)
        (folder / f"{outcome.id}.json").write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        fail(f"{folder} cannot be written: {error.strerror}")


def _summary(outcomes: list[Outcome], least: float, spoken: bool) -> dict[str, Any]:
    passed = sum(outcome.passed for outcome in outcomes)
    share = passed / len(outcomes) if outcomes else 0.0
    points = Coverage.of(outcomes).points
    summary: dict[str, Any] = {
        "ok": bool(outcomes) and share >= least,
        "spoken": spoken,
        "scenarios": len(outcomes),
        "passed": passed,
        "share": round(share, 4),
        "least": least,
        "points": {p: {"passed": ok, "scenarios": n} for p, (ok, n) in points.items()},
        "failed": [
            {
                "id": o.id,
                "title": o.title,
                "voice": o.voice,
                "failures": [{"step": f.step, "what": f.what} for f in o.failures],
                "heard": [{"said": li.did, "heard": li.heard} for li in o.lines if li.heard],
            }
            for o in outcomes
            if not o.passed
        ],
    }
    if spoken:
        summary["repeated"] = sum(outcome.repeated for outcome in outcomes)
        summary["at_once"] = sum(o.passed and not o.repeated for o in outcomes)
    return summary


def _print(summary: dict[str, Any], outcomes: list[Outcome], verbose: bool) -> None:
    console = Console()
    for outcome in outcomes:
        if verbose or not outcome.passed:
            _print_call(console, outcome)
    table = Table("Point", "Scenarios", "Passing")
    for point, counted in summary["points"].items():
        table.add_row(point, str(counted["scenarios"]), str(counted["passed"]))
    console.print(table)
    console.print(
        f"{summary['passed']} of {summary['scenarios']} scenarios pass "
        f"({100 * summary['share']:.1f} %, at least {100 * summary['least']:.0f} % wanted)."
    )
    if summary["spoken"]:
        console.print(
            f"{summary['at_once']} without a line said twice; {summary['repeated']} lines were."
        )


def _print_call(console: Console, outcome: Outcome) -> None:
    mark = "ok" if outcome.passed else "FAILED"
    voice = f" ({outcome.voice})" if outcome.voice else ""
    console.print(f"{mark} {outcome.id}: {outcome.title}{voice}", style="bold", markup=False)
    for line in outcome.lines:
        console.print(f"  – {line.did}", markup=False, highlight=False)
        if line.heard:
            console.print(f"    (heard: {line.heard})", style="dim", markup=False, highlight=False)
        if line.action:
            console.print(f"    [{line.action}] {line.say}", markup=False, highlight=False)
    for ticket in outcome.tickets:
        console.print(f"  {ticket}", style="dim", markup=False, highlight=False)
    for failure in outcome.failures:
        where = f"step {failure.step}" if failure.step else "call"
        console.print(f"  ! {where}: {failure.what}", style="red", markup=False)
