"""`allomairie status` and `allomairie top`: how the running server is."""

from __future__ import annotations

import contextlib
import os
import select
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any

import typer
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from deploy.cli.output import EXAMPLE, JsonOption, TownOption, fail, print_json
from deploy.control import STATUS_PATH, NoServer, ask
from deploy.folder import TownFolder

EVERY_S = 1.0
_MARKS = {"up": "green", "down": "red", "unknown": "yellow"}


@dataclass
class Pace:
    """Processor time between two looks."""

    cpu_s: float | None = None
    at: float = field(default_factory=time.monotonic)

    def cores(self, cpu_s: float, now: float) -> float | None:
        """Cores in use since the last look; None at the first one, or after a restart."""
        before, since, self.cpu_s, self.at = self.cpu_s, self.at, cpu_s, now
        if before is None or cpu_s < before or now <= since:
            return None
        return (cpu_s - before) / (now - since)


def status(town: TownOption = EXAMPLE, as_json: JsonOption = False) -> None:
    """Show the running server: calls in progress, trunks, what is degraded, memory."""
    found = _asked(TownFolder(town))
    if as_json:
        print_json(found)
    else:
        Console().print(page(found, None))


def top(
    town: TownOption = EXAMPLE,
    every_s: Annotated[
        float, typer.Option("--every", min=0.2, max=60, help="Seconds between two looks.")
    ] = EVERY_S,
) -> None:
    """Show the running server, again each second; q or Ctrl-C ends. Not at a terminal: once."""
    folder, console = TownFolder(town), Console()
    found = _asked(folder)
    if not (console.is_terminal and sys.stdin.isatty()):
        console.print(page(found, None))
        return
    with _keys(), contextlib.suppress(KeyboardInterrupt), Live(screen=True) as live:
        _follow(folder, live, found, every_s)


def _follow(folder: TownFolder, live: Live, found: dict[str, Any], every_s: float) -> None:
    """Show it until q is pressed; a server that is gone may come back."""
    pace = Pace()
    while True:
        cores = pace.cores(found["cpu_s"], time.monotonic())
        live.update(page(found, cores), refresh=True)
        if _quits(every_s):
            return
        try:
            found = ask(folder, "GET", STATUS_PATH)
        except NoServer as error:
            found = {**found, "state": f"gone: {error}", "calls": []}


def _asked(folder: TownFolder) -> dict[str, Any]:
    folder.load()
    try:
        return ask(folder, "GET", STATUS_PATH)
    except NoServer as error:
        fail(str(error))


def page(found: dict[str, Any], cores: float | None) -> Group:
    """One screen.

    Args:
        found: as `deploy.status.status_of` makes it.
        cores: in use since the last look, if that is known.
    """
    parts: list[Any] = [Text(f"{found['town']}: {found['state']}, {_uptime(found['uptime_s'])}")]
    parts += [
        Text(f"degraded ({reason}): {told}", style="bold red")
        for reason, told in found["degraded"].items()
    ]
    parts.append(_calls(found))
    if found["connections"]:
        parts.append(_connections(found["connections"]))
    parts += [Text(line) for line in _figures(found, cores)]
    return Group(*parts)


def _calls(found: dict[str, Any]) -> Table:
    calls = found["calls"]
    title = f"{len(calls)} of {found['max_calls']} calls, {found['writing']} in writing"
    table = Table(
        "call", "by", "line", "from", "state", "minutes", "turns", title=title, title_justify="left"
    )
    for one in calls:
        cells = (one["call"], one["channel"], one["line"], one["peer"], one["state"])
        table.add_row(*map(Text, cells), f"{one['minutes']:.1f}", str(one["turns"]))
    return table


def _connections(connections: list[dict[str, str]]) -> Table:
    table = Table("connection", "kind", "state", "why")
    for one in connections:
        state = Text(one["state"], style=_MARKS.get(one["state"], ""))
        table.add_row(Text(one["name"]), one["kind"], state, Text(one["why"]))
    return table


def _figures(found: dict[str, Any], cores: float | None) -> Iterator[str]:
    used = f", {cores:.1f} cores" if cores is not None else ""
    memory, files, threads = found["memory_mib"], found["files"], found["threads"]
    yield f"memory {memory} MiB{used}, {files} files, {threads} threads"
    yield "waiting: " + ", ".join(f"{name} {n:.0f}" for name, n in found["queues"].items())
    work = found["work"]
    yield (
        f"tickets: {work['tickets_open']} open, {work['tickets_due']} due, "
        f"{work['tickets_overdue']} overdue; {work['alerts_open']} emergencies not acknowledged"
    )
    reasons = [
        f"{count} {channel} {reason}"
        for channel, counts in found["refused"].items()
        for reason, count in counts.items()
        if count
    ]
    yield "refused since the start: " + (", ".join(reasons) or "none")


def _uptime(seconds: int) -> str:
    hours, minutes = divmod(int(seconds) // 60, 60)
    days, hours = divmod(hours, 24)
    return f"up {days} d {hours} h" if days else f"up {hours} h {minutes:02d} min"


@contextlib.contextmanager
def _keys() -> Iterator[None]:
    """Keys are seen as they are pressed; the terminal is put back afterwards."""
    import termios
    import tty

    before = termios.tcgetattr(sys.stdin)
    tty.setcbreak(sys.stdin)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


def _quits(within_s: float) -> bool:
    """Whether q is pressed within so long; other keys are ignored."""
    until = time.monotonic() + within_s
    while (left := until - time.monotonic()) > 0:
        if not select.select([sys.stdin], [], [], left)[0]:
            return False
        if os.read(sys.stdin.fileno(), 1) in (b"q", b"Q", b""):
            return True
    return False
