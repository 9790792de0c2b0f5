"""`bench calls` from its options to its figures: servers one after the other, never at once."""

from __future__ import annotations

import asyncio
import contextlib
import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.calls.clips import Spoken, Studio
from bench.calls.figures import of_run
from bench.calls.run import Say, measure, prepare
from bench.calls.servers import Called, baseline, ours
from bench.calls.written import written

MOST_CALLS = 10  #: prepared for one caller, who then begins again
OPEN = "2026-11-24T10:30"  #: the clock of the measured town: a Tuesday morning, desks open


@dataclass(frozen=True)
class Wanted:
    """What is to be measured.

    Args:
        callers: numbers of callers at once, one run each.
        minutes: each run; calls under way are brought to their end.
        town: folder of the town that is served.
        uri: a server that runs already, in place of ours.
        database: SQLAlchemy URL of that server's records, when they can be read here.
        against: "baseline" for a second server measured with the same callers.
        cold: without speech that was rendered before.
    """

    callers: Sequence[int]
    minutes: float
    town: Path
    cache: Path
    uri: str = ""
    database: str = ""
    against: str = ""
    cold: bool = False


def run(wanted: Wanted, say: Say) -> list[dict[str, Any]]:
    """Measure everything that is wanted.

    Raises:
        ServerFailedError: a server or a telephone does not start; one sentence.
    """
    most = max(wanted.callers)
    calls = min(MOST_CALLS, 1 + round(wanted.minutes))  # each takes a minute or more
    scripts = prepare(wanted.cache, most, calls, say)
    if not wanted.uri and not wanted.cold and not (wanted.town / "data" / "speech").is_dir():
        say("this town was never served: its answers are rendered while they are measured")
    noises = [Studio(wanted.cache).noise(caller) for caller in range(most)]
    found = []
    for name in ["ours", *([wanted.against] if wanted.against else [])]:
        with _server(wanted, name, most) as called:
            for callers in wanted.callers:
                say(f"{called.name}: {callers} at once, {wanted.minutes:g} min…")
                found.append(_measured(called, scripts[:callers], wanted.minutes, noises))
    return found


@contextlib.contextmanager
def _server(wanted: Wanted, name: str, most: int) -> Iterator[Called]:
    if name == "baseline":
        with baseline(most) as called:
            yield called
    elif wanted.uri:
        yield Called("server", wanted.uri, None, wanted.database)
    else:
        with ours(wanted.town, most, cold=wanted.cold, at=OPEN) as called:
            yield called


def _measured(
    called: Called, scripts: list[list[list[Spoken]]], minutes: float, noises: Sequence[Path]
) -> dict[str, Any]:
    measured = asyncio.run(measure(called, scripts, minutes, noises))
    return of_run(measured, written(called, measured.orders))


def machine() -> Mapping[str, Any]:
    """What it was measured on."""
    return {
        "cores": len(os.sched_getaffinity(0)),
        "machine": platform.machine(),
        "load_before": [round(one, 2) for one in os.getloadavg()],
    }
