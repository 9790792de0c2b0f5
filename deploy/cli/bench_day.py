"""`allomairie bench day`: the busiest hour of a town hall, real calls, against Erlang B."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from deploy.cli.bench_common import CACHE, end_servers_too, find_benchmarks
from deploy.cli.output import EXAMPLE, JsonOption, TownOption, console, fail, print_json

if TYPE_CHECKING:
    from bench.calls.run import Run
    from bench.day import Plan


def day(
    calls: Annotated[int, typer.Option("--calls", min=1, help="Calls of the day.")] = 500,
    compress: Annotated[
        float, typer.Option("--compress", min=1, max=120, help="The hour lasts 60 min / this.")
    ] = 6.0,
    lines: Annotated[int, typer.Option("--lines", min=1, max=100, help="Calls at once.")] = 12,
    seed: Annotated[int, typer.Option("--seed", help="Who calls when.")] = 1,
    plot: Annotated[Path | None, typer.Option("--plot", help="Folder for the picture.")] = None,
    cache: Annotated[Path, typer.Option("--cache", help="Folder of the callers' voices.")] = CACHE,
    town: TownOption = EXAMPLE,
    as_json: JsonOption = False,
) -> None:
    """Carried, refused and latency when everybody calls in the busiest hour; it stops by itself.

    With --compress 6 the hour takes ten minutes and a call 25 s on average in place of 150 s: the
    traffic in Erlang, and so the lines that are needed, stay the same.
    """
    find_benchmarks()
    end_servers_too()
    from bench import day as measured
    from bench.pictures import draw_day

    wanted = measured.plan(calls, compress, seed)
    figures = measured.figures(_lived(wanted, lines, cache, town), wanted, lines)
    if plot is not None:
        draw_day(figures, plot / "calls-day.png")
    if as_json:
        print_json(figures)
    else:
        Console().print(_table(figures))


def _lived(wanted: Plan, lines: int, cache: Path, town: Path) -> Run:
    from bench import day as measured
    from bench.calls.clips import Studio
    from bench.calls.measuring import OPEN
    from bench.calls.run import prepare
    from bench.calls.servers import ServerFailedError, ours

    def say(line: str) -> None:
        console.print(line, markup=False, highlight=False)

    telephones = lines + measured.MORE_TELEPHONES
    try:
        scripts = prepare(cache, telephones, 2, say, most_voices=measured.VOICES)
        noises = [Studio(cache).noise(caller) for caller in range(telephones)]
        with ours(town, lines, at=OPEN) as called:
            say(f"{len(wanted.arrivals)} calls in {wanted.lasts_s / 60:.1f} min…")
            return asyncio.run(measured.live(called, wanted, scripts, noises))
    except ServerFailedError as error:
        fail(str(error))


def _table(figures: dict[str, Any]) -> Table:
    table = Table("", "measured")
    latency = figures["voice_to_voice_ms"]
    said = (
        f"{latency['median']:.0f} / {latency['p95']:.0f} ms ({latency['n']} turns)"
        if latency["n"]
        else "-"
    )
    low, high = figures["lost_interval"]
    rows = {
        "calls offered": f"{figures['offered']} ({figures['offered_erlang']} E)",
        "carried": f"{figures['carried']} ({figures['carried_erlang']} E)",
        "refused": f"{figures['refused']} = {figures['lost_share']:.1%} ({low:.1%} to {high:.1%})",
        "Erlang B": f"{figures['erlang_b']:.2%} with {figures['lines']} lines",
        "failed": str(figures["failed"]),
        "voice to voice, median / 95 %": said,
        "machine": f"{figures['machine_share']:.0%} busy",
    }
    for name, value in rows.items():
        table.add_row(name, value)
    return table
