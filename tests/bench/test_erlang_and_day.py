"""Erlang B against published tables, and the plan of a day."""

from __future__ import annotations

import pytest

from bench.day import (
    HOLDING_S,
    LONGEST_MEANS,
    SHORTEST_CALL_S,
    SHORTEST_MEAN_S,
    in_progress,
    interval,
    plan,
)
from bench.erlang import blocking, lines_for


@pytest.mark.parametrize(
    ("lines", "load", "loss"),
    [  # the table of ITU's Teletraffic Engineering Handbook, and every textbook's
        (1, 0.0101, 0.01),
        (2, 0.153, 0.01),
        (5, 1.36, 0.01),
        (10, 4.46, 0.01),
        (20, 12.03, 0.01),
        (30, 20.34, 0.01),
        (100, 84.06, 0.01),
        (5, 0.762, 0.001),
        (10, 3.09, 0.001),
        (12, 7.95, 0.05),
        (10, 7.51, 0.1),
    ],
)
def test_erlang_b_is_the_table(lines: int, load: float, loss: float) -> None:
    assert blocking(load, lines) == pytest.approx(loss, rel=0.02)


def test_erlang_b_by_hand() -> None:
    """One Erlang on two lines: (1/2) / (1 + 1 + 1/2)."""
    assert blocking(1, 2) == pytest.approx(0.2)
    assert blocking(0, 3) == 0
    assert blocking(5, 0) == 1


@pytest.mark.parametrize(
    ("load", "lines"),
    [(2.0, (7, 8, 10)), (3.125, (8, 11, 12)), (5.0, (11, 14, 16))],
)
def test_lines_of_the_requirements(load: float, lines: tuple[int, int, int]) -> None:
    """Section 4 of the requirements: 1 %, 0.1 % and 0.01 % loss."""
    assert tuple(lines_for(load, loss) for loss in (0.01, 0.001, 0.0001)) == lines


@pytest.mark.parametrize("wrong", [lambda: blocking(-1, 2), lambda: lines_for(1, 0)])
def test_nonsense_is_refused(wrong) -> None:
    with pytest.raises(ValueError, match=r"negative|between"):
        wrong()


def test_the_traffic_is_the_same_however_it_is_compressed() -> None:
    for compress in (1, 6, 60):
        wanted = plan(500, compress)
        assert wanted.offered_erlang == pytest.approx(3.125)
        assert wanted.lasts_s == pytest.approx(3600 / compress)
        assert wanted.mean_s == max(SHORTEST_MEAN_S, HOLDING_S / compress)


def test_a_long_day_has_the_calls_and_the_traffic_that_were_asked_for() -> None:
    """20,000 calls a day: 3,000 in the hour, their sum of holding times near 125 Erlang."""
    wanted = plan(20_000, 1)
    assert len(wanted.arrivals) == pytest.approx(3000, rel=0.1)
    held = sum(holding for _, holding in wanted.arrivals) / 3600
    assert held == pytest.approx(wanted.offered_erlang, rel=0.1)


def test_it_stops_by_itself() -> None:
    wanted = plan(500, 6)
    moments = [moment for moment, _ in wanted.arrivals]
    assert moments == sorted(moments)
    assert moments[-1] < wanted.lasts_s
    for _, holding in wanted.arrivals:
        assert SHORTEST_CALL_S <= holding <= LONGEST_MEANS * wanted.mean_s


def test_the_same_seed_makes_the_same_day() -> None:
    assert plan(500, 6, seed=3) == plan(500, 6, seed=3)
    assert plan(500, 6, seed=3) != plan(500, 6, seed=4)


@pytest.mark.parametrize(("calls", "compress"), [(0, 6), (500, 0.5)])
def test_no_day_at_all(calls: int, compress: float) -> None:
    with pytest.raises(ValueError, match="at least one call"):
        plan(calls, compress)


def test_the_interval_of_a_share() -> None:
    """Wilson's interval of 10 in 100 is 5.5 to 17.4 %."""
    assert interval(10, 100) == pytest.approx((0.0552, 0.1744), abs=0.0005)
    assert interval(0, 50)[0] == 0
    assert interval(0, 0) == (0, 1)


def test_calls_in_progress() -> None:
    calls = [{"dialled": 10.0, "ended": 30.0}, {"dialled": 20.0, "ended": 25.0}]
    assert in_progress(calls, 10.0) == [(0.0, 0), (0.0, 1), (10.0, 2), (15.0, 1), (20.0, 0)]
