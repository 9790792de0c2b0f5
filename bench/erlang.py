"""Erlang's formula for lines without a queue (A. K. Erlang, 1917)."""

from __future__ import annotations


def blocking(load: float, lines: int) -> float:
    """The share of calls that find all lines busy: Erlang B.

    Args:
        load: offered traffic in Erlang: calls per second times the mean holding time in seconds.
        lines: that serve it.

    Raises:
        ValueError: a negative load or number of lines.
    """
    if load < 0 or lines < 0:
        raise ValueError("load and lines are not negative")
    share = 1.0
    for line in range(1, lines + 1):
        share = load * share / (line + load * share)
    return share


def lines_for(load: float, loss: float) -> int:
    """The fewest lines that lose at most this share of calls.

    Raises:
        ValueError: a loss that is not between 0 and 1.
    """
    if not 0 < loss < 1:
        raise ValueError("a loss is a share between 0 and 1")
    lines = 0
    while blocking(load, lines) > loss:
        lines += 1
    return lines
