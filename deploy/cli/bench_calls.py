"""`allomairie bench calls`: real SIP callers, measured at their ears."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from deploy.cli.bench_common import CACHE, end_servers_too, find_benchmarks
from deploy.cli.output import EXAMPLE, JsonOption, TownOption, console, fail, print_json
from deploy.parts import Town

if TYPE_CHECKING:
    from bench.calls.measuring import Wanted

MOST_CALLERS = 200


def calls(
    callers: Annotated[
        str, typer.Option("--calls", help="Callers at once; several runs: 1,4,12.")
    ] = "1",
    minutes: Annotated[
        float, typer.Option("--minutes", min=0.2, max=120, help="Length of each run.")
    ] = 2.0,
    uri: Annotated[
        str, typer.Option("--uri", help="A server that runs: sip:mairie@127.0.0.1:5060.")
    ] = "",
    against: Annotated[
        str, typer.Option("--against", help="baseline: plain pipecat, measured the same way.")
    ] = "",
    plot: Annotated[Path | None, typer.Option("--plot", help="Folder for the pictures.")] = None,
    cold: Annotated[bool, typer.Option("--cold", help="Without speech rendered before.")] = False,
    cache: Annotated[Path, typer.Option("--cache", help="Folder of the callers' voices.")] = CACHE,
    town: TownOption = EXAMPLE,
    as_json: JsonOption = False,
) -> None:
    """Latency, gaps, cutting in, words and sheets, CPU and memory, by number of calls at once.

    A server of its own answers, on a temporary copy of the town, unless --uri names one that runs.
    Each caller is a process with its own voice and questions, and times its own RTP.
    """
    numbers = _numbers(callers)
    _check(uri, against)
    find_benchmarks()
    end_servers_too()
    from bench.calls.measuring import Wanted

    wanted = Wanted(
        callers=numbers,
        minutes=minutes,
        town=town,
        cache=cache,
        uri=uri,
        database=Town.open(town).records_url if uri else "",
        against=against,
        cold=cold,
    )
    _measure(wanted, plot, as_json=as_json)


def _measure(wanted: Wanted, plot: Path | None, *, as_json: bool) -> None:
    from bench import pictures
    from bench.calls import report
    from bench.calls.measuring import machine, run
    from bench.calls.servers import ServerFailedError

    before = machine()
    try:
        runs = run(wanted, lambda line: console.print(line, markup=False, highlight=False))
    except ServerFailedError as error:
        fail(str(error))
    if plot is not None:
        pictures.draw_latency(runs, plot / "calls-latency.png")
        if pictures.waterfall(runs[0]["stages_ms"]):
            pictures.draw_waterfall(runs[0], plot / "calls-turn.png")
    if as_json:
        print_json(report.as_json(runs, before))
    else:
        Console().print(report.table(runs))


def _numbers(text: str) -> list[int]:
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() and 1 <= int(part) <= MOST_CALLERS for part in parts):
        fail(f"--calls takes numbers from 1 to {MOST_CALLERS} such as 1,4,12, not {text!r}", code=2)
    return [int(part) for part in parts]


def _check(uri: str, against: str) -> None:
    if uri and not re.fullmatch(r"sip:[^@\s]+@(\d{1,3}\.){3}\d{1,3}:\d{1,5}", uri):
        fail(f"--uri takes an address such as sip:mairie@127.0.0.1:5060, not {uri!r}", code=2)
    if against not in {"", "baseline"}:
        fail(f"--against knows only baseline, not {against!r}", code=2)
