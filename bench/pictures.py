"""Pictures of measured calls, for the documentation; drawn with matplotlib."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.erlang import blocking
from voice.turns import TurnRules

GOAL_MS = {1: 1200, 12: 1700}  #: 95 % in the design's budgets
_OURS, _BASELINE = "#1f4e79", "#8a2b0e"
LEAST_PERCENT = 1e-3  #: of the logarithmic scale: nobody refused is drawn there
_STYLES = ("-", "--", "-.", ":")


def draw_latency(runs: Sequence[Mapping[str, Any]], path: Path) -> None:
    """The share of replies that began within so much time, a curve a run.

    Raises:
        OSError: the file cannot be written.
    """
    figure, axes = _figure(1, (7, 4.5))
    for at, run in enumerate(runs):
        found = sorted(_latencies(run))
        if not found:
            continue
        shares = [(place + 1) / len(found) for place in range(len(found))]
        axes.step(
            [0, *found],
            [0, *shares],
            where="post",
            color=_BASELINE if run["server"] == "baseline" else _OURS,
            linestyle=_STYLES[at % len(_STYLES)],
            label=f"{run['server']}, {run['callers']} at once (n={len(found)})",
        )
    axes.axhline(0.95, color="#bbbbbb", linewidth=0.8)
    for callers, goal in GOAL_MS.items():
        axes.axvline(goal, color="#bbbbbb", linewidth=0.8)
        axes.text(goal, 0.02, f" goal, {callers}", color="#777777", fontsize=8)
    axes.set(
        xlabel="end of the caller's last syllable to first sound of the reply, ms",
        ylabel="share of turns",
        title="Voice to voice at the caller's ear",
        xlim=(0, None),
        ylim=(0, 1),
    )
    axes.legend(loc="lower right", fontsize=8)
    _save(figure, path)


def draw_waterfall(run: Mapping[str, Any], path: Path) -> None:
    """The stages of a turn one under the other: medians of a run of ours.

    Raises:
        OSError: the file cannot be written.
        ValueError: the server wrote no stages down.
    """
    bars = waterfall(run["stages_ms"])
    if not bars:
        raise ValueError("the server wrote no stages of a turn down")
    figure, axes = _figure(1, (8, 3.6))
    for row, (_, start, length) in enumerate(bars):
        axes.barh(row, length, left=start, color=_OURS, height=0.6)
        axes.text(start + length + 8, row, f"{length:.0f} ms", va="center", fontsize=8)
    axes.set_yticks(range(len(bars)), [name for name, _, _ in bars])
    axes.invert_yaxis()
    axes.set(
        xlabel="ms after the caller's last syllable",
        title=f"One turn, medians, {run['callers']} at once",
        xlim=(0, 1.15 * run["stages_ms"]["ear"]),
    )
    _save(figure, path)


def waterfall(stages: Mapping[str, float]) -> list[tuple[str, float, float]]:
    """Name, start and length in ms of each stage; empty when the server wrote none.

    The server counts from when it saw the last sound; what the ear's figure has more is the way
    there and back, drawn in front.
    """
    if not {"ear", "voice_to_voice", "end_of_turn"} <= set(stages):
        return []
    way = max(0.0, stages["ear"] - stages["voice_to_voice"])
    paused = 1000 * TurnRules().pause_s
    recognised = paused + stages.get("stt", 0.0)
    decided = recognised + stages.get("decide", 0.0)
    ready = max(stages["end_of_turn"], decided)
    bars = [
        ("packets, jitter buffer, detection", 0.0, way),
        ("silence until a likely end", way, paused),
        ("recognition", way + paused, stages.get("stt", 0.0)),
        ("is the sentence complete?", way + paused, stages.get("judge", 0.0)),
        ("end of turn confirmed", way, stages["end_of_turn"]),
        ("decision", way + recognised, stages.get("decide", 0.0)),
        ("speech, first sound", way + ready, max(0.0, stages["voice_to_voice"] - ready)),
    ]
    return [(name, round(start, 1), round(length, 1)) for name, start, length in bars]


def draw_day(day: Mapping[str, Any], path: Path) -> None:
    """Carried and refused calls against Erlang B, and the latency of each turn over the hour.

    Raises:
        OSError: the file cannot be written.
    """
    figure, (left, right) = _figure(2, (11, 4.2))
    _draw_lost(left, day)
    _draw_hour(right, day)
    _save(figure, path)


def _draw_lost(axes: Any, day: Mapping[str, Any]) -> None:
    load, lines = day["offered_erlang"], day["lines"]
    counts = range(1, max(lines + 4, 13))
    expected = [100 * blocking(load, count) for count in counts]
    axes.semilogy(counts, expected, marker=".", color="#777777", label=f"Erlang B, {load:.1f} E")
    low, high = (max(100 * share, LEAST_PERCENT) for share in day["lost_interval"])
    axes.vlines(lines, low, high, color=_BASELINE)
    axes.plot(
        [lines],
        [max(100 * day["lost_share"], LEAST_PERCENT)],
        "o",
        color=_BASELINE,
        label=f"measured: {day['refused']} of {day['offered']} refused",
    )
    axes.set(xlabel="lines", ylabel="calls refused, %", ylim=(LEAST_PERCENT, 100))
    axes.set_title("Refused, with the 95 % interval")
    axes.legend(fontsize=8)


def _draw_hour(axes: Any, day: Mapping[str, Any]) -> None:
    lines = day["lines"]
    moments = [moment / 60 for moment, _ in day["busy"]]
    axes.step(moments, [count for _, count in day["busy"]], where="post", color="#999999")
    axes.axhline(lines, color=_BASELINE, linewidth=0.8)
    axes.set(xlabel="minutes", ylabel="calls in progress", ylim=(0, lines + 1), title="The hour")
    above = axes.twinx()
    turns = [(moment / 60, latency) for moment, latency in day["latencies"]]
    above.plot([turn[0] for turn in turns], [turn[1] for turn in turns], ".", color=_OURS)
    above.set_ylabel("voice to voice, ms", color=_OURS)
    above.set_ylim(0, None)


def _latencies(run: Mapping[str, Any]) -> list[float]:
    return [
        turn["latency_ms"]
        for turn in run["each"]
        if turn["latency_ms"] is not None and not turn["cuts_in"]
    ]


def _figure(columns: int, size: tuple[float, float]) -> tuple[Any, Any]:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    return pyplot.subplots(1, columns, figsize=size)


def _save(figure: Any, path: Path) -> None:
    from matplotlib import pyplot

    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)
    pyplot.close(figure)
