"""`allomairie kb eval`: how many callers would get the right sheet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from deploy.cli.output import (
    EXAMPLE,
    AtOption,
    JsonOption,
    TownOption,
    counting,
    fail,
    moment,
    print_json,
)
from deploy.parts import Town
from deploy.spoken import SpokenCallers, Voice
from dialog.desk import Desk
from dialog.evaluation import (
    Case,
    CaseError,
    Expected,
    Outcome,
    Tally,
    judge,
    printed,
    read_cases,
)
from dialog.state import State

FileArgument = Annotated[Path, typer.Argument(help="Questions with `accept` or `action`, JSONL.")]
PlotOption = Annotated[
    Path | None, typer.Option("--plot", help="Draw calibration and risk-coverage into this PNG.")
]
SpokenOption = Annotated[
    bool, typer.Option("--spoken", help="Say each question over a noisy 8 kHz line first.")
]
LimitOption = Annotated[int, typer.Option("--limit", help="Only so many lines; 0: all.")]
ShowOption = Annotated[
    bool, typer.Option("--print", help="Print the conversations instead, as Markdown.")
]
OutOption = Annotated[
    Path | None, typer.Option("--out", help="Write each outcome as a line of JSON.")
]


def evaluate(
    file: FileArgument,
    town: TownOption = EXAMPLE,
    plot: PlotOption = None,
    spoken: SpokenOption = False,
    limit: LimitOption = 0,
    out: OutOption = None,
    show: ShowOption = False,
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run a set of questions through the desk and count what came of them."""
    try:
        cases = read_cases(file)
    except (OSError, UnicodeDecodeError, CaseError) as error:
        fail(str(error))
    cases = cases[:limit] if limit else cases
    opened = Town.open(town)
    now = opened.clock(moment(at))
    with counting("Indexing the sheets") as progress:
        desk = opened.open_desk(progress=progress)
    try:
        callers = SpokenCallers(opened) if spoken else None
        with counting("Asking") as progress:
            outcomes = _run(cases, desk, now, callers, progress)
    finally:
        desk.close()
    tally = Tally(tuple(outcomes))
    summary = tally.summary({sheet.id: sheet.theme for sheet in desk.sheets})
    if out is not None:
        _write(out, outcomes)
    if plot is not None:
        from deploy.plots import draw_understanding  # matplotlib takes a second to load

        draw_understanding(tally, plot)
    if show:
        print(printed(outcomes, {sheet.id: sheet.title for sheet in desk.sheets}), end="")
        return
    print_json(summary) if as_json else _print(summary)


def _run(
    cases: list[Case],
    desk: Desk,
    now: Callable[[], datetime],
    callers: SpokenCallers | None,
    progress: Callable[[int, int], None],
) -> list[Outcome]:
    outcomes: list[Outcome] = []
    for number, case in enumerate(cases):
        state, voice = State(), callers.voice(number) if callers else None
        for turn, expected in enumerate(case.turns):
            outcome, state = _turn(case.id, turn, expected, desk, now, state, callers, voice)
            outcomes.append(outcome)
        progress(number + 1, len(cases))
    return outcomes


def _turn(
    case: str,
    turn: int,
    expected: Expected,
    desk: Desk,
    now: Callable[[], datetime],
    state: State,
    callers: SpokenCallers | None,
    voice: Voice | None,
) -> tuple[Outcome, State]:
    if expected.dtmf:
        for digit in expected.dtmf:
            decision = desk.key(state, digit, at=now())
            state = decision.state
        return judge(case, turn, expected, decision.reply, state.choices), state
    if callers is None or voice is None:
        decision = desk.hear(state, expected.text, at=now())
        outcome = judge(case, turn, expected, decision.reply, decision.state.choices)
        return outcome, decision.state
    heard = callers.hear(voice, expected.text, expected=desk.expects(state, now()))
    decision = desk.hear(state, heard.text, at=now(), alternatives=heard.alternatives)
    outcome = judge(
        case,
        turn,
        expected,
        decision.reply,
        decision.state.choices,
        heard=heard.text,
        word_errors=heard.errors,
        voice=voice.name,
    )
    return outcome, decision.state


def _write(path: Path, outcomes: list[Outcome]) -> None:
    import json
    from dataclasses import asdict

    try:
        with path.open("w", encoding="utf-8") as stream:
            for outcome in outcomes:
                stream.write(json.dumps(asdict(outcome), ensure_ascii=False) + "\n")
    except OSError as error:
        fail(f"{path} cannot be written: {error.strerror}")


def _print(summary: dict[str, Any]) -> None:
    console = Console()
    if "questions" in summary:
        console.print(_table("Questions", {"all": summary["questions"], **summary["by_length"]}))
        if "by_theme" in summary:
            console.print(_table("By theme", summary["by_theme"]))
        for pair in summary["confusions"]:
            console.print(f"  {pair['wanted']} answered from {pair['answered']}", style="dim")
    if "actions" in summary:
        console.print(_table("Actions", summary["actions"]))
    if "by_voice" in summary:
        console.print(_table(f"Voices (word error {summary['word_error']} %)", summary["by_voice"]))
    ms = summary["ms"]
    console.print(f"{summary['turns']} turns, {ms['median']} ms each (95 %: {ms['p95']} ms)")


def _table(title: str, rows: dict[str, dict[str, Any]]) -> Table:
    columns = [c for c in _COLUMNS if any(c in row for row in rows.values())]
    table = Table(title=title, title_justify="left")
    table.add_column("")
    for column in columns:
        table.add_column(column.replace("_", " "), justify="right")
    for name, row in rows.items():
        table.add_row(name, *(str(row.get(column, "")) for column in columns))
    return table


_COLUMNS = (
    "n",
    "right",
    "wrong",
    "clarified",
    "passed_on",
    "clarified_with_right_choice",
    "top1",
    "top3",
    "top5",
    "word_error",
)
