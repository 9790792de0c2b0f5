"""`allomairie bench`: measurements that anybody can repeat; they come with a checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from deploy.cli.bench_calls import calls
from deploy.cli.bench_common import CACHE, find_benchmarks
from deploy.cli.bench_day import day
from deploy.cli.output import EXAMPLE, JsonOption, TownOption, print_json
from deploy.parts import Town
from dialog.intents import Intents, Words

app = typer.Typer(help="Measure this machine and this version.", no_args_is_help=True)

EACH, QUICK = 10, 4  #: sounds of each kind
REPLY = (
    "Pour refaire une carte d'identité, prenez rendez-vous au service état civil. Apportez une "
    "photo de moins de six mois, un justificatif de domicile et votre ancienne carte."
)


@app.callback()
def bench() -> None:
    """Measure this machine and this version."""


app.command("calls")(calls)
app.command("day")(day)


@app.command("barge-in")
def barge_in(
    quick: Annotated[bool, typer.Option("--quick", help="Fewer sounds of each kind.")] = False,
    cache: Annotated[Path, typer.Option("--cache", help="Folder of the callers' voices.")] = CACHE,
    town: TownOption = EXAMPLE,
    as_json: JsonOption = False,
) -> None:
    """Who stops the bot, how soon, and what should not: the old rule and the new one."""
    find_benchmarks()
    from bench import barge_in as measured
    from bench.callers import Callers
    from bench.interruptions import Sounds
    from voice.audio import resample
    from voice.line import LINE_HZ

    engine, _ = Town.open(town).open_whisper()
    intents = Intents.load()
    callers = Callers(cache)
    sounds = Sounds(callers, QUICK if quick else EACH).all()
    bot = measured.bot_speech(resample(callers.spoken(REPLY, "ff_siwis"), 24_000, LINE_HZ))
    results = measured.run(
        sounds,
        bot,
        words=lambda audio: engine.transcribe(audio).text,
        listens=lambda text: intents.is_("backchannel", Words.of(text)),
    )
    if as_json:
        print_json(results)
    else:
        _show(results)


def _show(results: dict[str, Any]) -> None:
    table = Table("rule", "sound", "n", "stopped", "resumed", "paused", "silent, median")
    for rule in ("old", "new"):
        cut = results[rule]["interruptions"]
        table.add_row(
            rule,
            f"interruption: silent after {cut['median_ms']} ms, 95 % {cut['p95_ms']} ms, "
            f"{cut['within_300_ms']:.0%} within 300 ms",
            str(cut["n"]),
            str(cut["yielded"]),
        )
        for kind, row in results[rule]["other"].items():
            cells = [str(row[key]) for key in ("n", "stopped", "resumed", "paused")]
            silent = f"{row['silent_ms']} ms" if row["silent_ms"] is not None else ""
            table.add_row(rule, kind, *cells, silent)
    Console().print(table)
