"""Bars by hour as SVG shapes: plain geometry, which a template draws; a table stands behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

WIDTH, HEIGHT = 720.0, 200.0
LEFT, BOTTOM, TOP = 34.0, 24.0, 10.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One hour: this day's bar, the part that was abandoned, and last week's mark."""

    hour: int
    value: int
    lost: int
    before: int
    x: float
    width: float
    y: float
    height: float
    lost_y: float
    lost_height: float
    before_y: float


@dataclass(frozen=True, slots=True)
class Chart:
    """All bars and the lines of the scale, in units of a 720 by 200 picture."""

    bars: tuple[Bar, ...]
    lines: tuple[tuple[float, int], ...]  #: height of a line, what it stands for
    baseline: float
    width: float = WIDTH
    height: float = HEIGHT


def by_hour(today: Mapping[int, int], lost: Mapping[int, int], before: Mapping[int, int]) -> Chart:
    """The hours from the first to the last with a call, 7 h to 19 h at least."""
    seen = [hour for counts in (today, before) for hour, value in counts.items() if value]
    first, last = min([7, *seen]), max([18, *seen])
    top = _round_up(max([1, *today.values(), *before.values()]))
    room = HEIGHT - BOTTOM - TOP
    step = (WIDTH - LEFT) / (last - first + 1)

    def y(value: float) -> float:
        return round(TOP + room * (1 - value / top), 1)

    bars = []
    for hour in range(first, last + 1):
        value, gone, was = today.get(hour, 0), lost.get(hour, 0), before.get(hour, 0)
        x = round(LEFT + (hour - first) * step + step * 0.15, 1)
        bars.append(
            Bar(
                hour=hour,
                value=value,
                lost=gone,
                before=was,
                x=x,
                width=round(step * 0.7, 1),
                y=y(value),
                height=round(y(0) - y(value), 1),
                lost_y=y(gone),
                lost_height=round(y(0) - y(gone), 1),
                before_y=y(was),
            )
        )
    lines = tuple((y(top * part / 4), round(top * part / 4)) for part in (1, 2, 3, 4))
    return Chart(tuple(bars), lines, y(0))


def _round_up(value: int) -> int:
    """The next multiple of 4 that reads well: 4, 8, 12, 20, 40, 80, 120, 200, …"""
    for magnitude in (1, 10, 100, 1000, 10_000):
        for base in (4, 8, 12, 20):
            if value <= base * magnitude:
                return base * magnitude
    return value
