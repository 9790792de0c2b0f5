"""The figures of all runs as one JSON object and as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table

from bench.calls.measures import CLOCK_ERROR_MS


def as_json(runs: Sequence[Mapping[str, Any]], machine: Mapping[str, Any]) -> dict[str, Any]:
    """One object: the figures of our largest run at the top, every run below."""
    ours = [run for run in runs if run["server"] != "baseline"] or list(runs)
    largest = max(ours, key=lambda run: int(run["callers"]))
    return {
        "voice_to_voice_ms": largest["voice_to_voice_ms"],
        "callers": largest["callers"],
        "clock_error_ms": CLOCK_ERROR_MS,
        "machine": dict(machine),
        "runs": list(runs),
    }


def table(runs: Sequence[Mapping[str, Any]]) -> Table:
    """One row a figure, one column a run."""
    shown = Table("", *(f"{run['server']}, {run['callers']} ×" for run in runs))
    for title, cell in _ROWS:
        shown.add_row(title, *(cell(run) for run in runs))
    return shown


def ms(figures: Mapping[str, Any]) -> str:
    """`median / 95 % ms (n)`."""
    if not figures["n"]:
        return "-"
    return f"{figures['median']:.0f} / {figures['p95']:.0f} ms ({figures['n']})"


def _share(part: int | None, whole: int) -> str:
    return "-" if part is None or not whole else f"{part} of {whole}"


def _heard(run: Mapping[str, Any]) -> str:
    rate = run["heard"]["word_error_percent"]
    return "-" if rate is None else f"{rate} % of {run['heard']['turns']} turns"


def _turns(run: Mapping[str, Any]) -> str:
    turns = run["turns"]
    return f"{turns['missed']} missed, {turns['false']} false of {turns['asked']}"


def _gaps(run: Mapping[str, Any]) -> str:
    gaps = run["gaps"]
    if not gaps["replies"]:
        return "-"
    return f"{gaps['count']} in {gaps['replies']} replies, longest {gaps['longest_s']:.1f} s"


def _calls(run: Mapping[str, Any]) -> str:
    calls = run["calls"]
    lost = calls["refused"] + calls["failed"]
    return f"{calls['taken']} ({calls['minutes']} min), {lost} lost"


def _cpu(run: Mapping[str, Any]) -> str:
    seconds = run["cost"]["cpu_s_per_call_minute"]
    return "-" if seconds is None else f"{seconds} s"


def _memory(run: Mapping[str, Any]) -> str:
    memory = run["cost"]["memory_mib"]
    return "-" if memory is None else f"{memory} MiB"


def _others(run: Mapping[str, Any]) -> str:
    others = run["cost"]["others_cpu_s"]
    busy = f"{100 * run['cost']['machine_share']:.0f} % busy"
    return busy if others is None else f"{busy}, {others} s of it others'"


_ROWS = (
    ("calls", _calls),
    ("voice to voice, median / 95 %", lambda run: ms(run["voice_to_voice_ms"])),
    ('the answer itself, without "un instant"', lambda run: ms(run["answer_ms"])),
    ("the same after cutting in", lambda run: ms(run["after_cutting_in_ms"])),
    ("greeting's first sound", lambda run: ms(run["greeting_ms"])),
    ("cutting in: silent after", lambda run: ms(run["barge_in"])),
    ("turns", _turns),
    ('"un instant" first', lambda run: str(run["turns"]["waiting_words"])),
    ("gaps in replies", _gaps),
    ("word error", _heard),
    (
        "right sheet",
        lambda run: _share(run["heard"]["sheet_right"], run["heard"]["sheet_judged"]),
    ),
    ("server's CPU per call minute", _cpu),
    ("server's memory at most", _memory),
    ("machine", _others),
)
