"""The figures of `bench calls`, from sounds at known moments."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.calls.measures import (
    FRAME_S,
    Written,
    first_after,
    gaps_that_are_no_pause,
    percentile,
    silences,
    spoke_within,
    stopped_at,
    summary,
    turns_of,
)
from bench.calls.telephone import PATIENCE_S, measured
from bench.calls.wire import Said


def sound(*spans: tuple[float, float]) -> list[float]:
    """Moments of loud frames: `(from, to)` in seconds."""
    return [
        round(start + at * FRAME_S, 4)
        for start, end in spans
        for at in range(round((end - start) / FRAME_S))
    ]


def test_the_first_sound_is_after_the_moment_not_at_it() -> None:
    assert first_after([1.0, 2.0], 1.0) == 2.0
    assert first_after([1.0], 1.0) is None


def test_silences_inside_a_reply_are_those_over_200_ms() -> None:
    loud = sound((0, 1), (1.16, 2), (2.5, 3), (9, 10))
    assert silences(loud, 0, 3) == [pytest.approx(0.5, abs=0.001)]


@pytest.mark.parametrize(
    ("found", "pauses", "gaps"),
    [
        ([], 0, []),
        ([0.4], 1, []),  # a sentence ends there
        ([0.4], 0, [0.4]),  # nothing in the text explains it
        ([0.9, 0.4], 2, [0.9]),  # too long for the end of any sentence
        ([0.3, 0.5, 0.4], 1, [0.5, 0.4]),
    ],
)
def test_gaps_that_the_text_does_not_explain(
    found: list[float], pauses: int, gaps: list[float]
) -> None:
    assert gaps_that_are_no_pause(found, pauses) == gaps


def test_the_bot_stops_when_its_last_sound_ends() -> None:
    assert stopped_at(sound((0, 2.2)), 2.0, 6.0) == pytest.approx(2.2)


def test_a_pause_between_two_words_is_not_a_stop() -> None:
    loud = sound((0, 2.1), (2.4, 3.0))
    assert stopped_at(loud, 2.0, 6.0) == pytest.approx(3.0)


def test_a_bot_that_goes_on_has_not_stopped() -> None:
    assert stopped_at(sound((0, 9)), 2.0, 5.0) is None


def test_a_click_is_not_speech_and_a_word_is() -> None:
    assert not spoke_within(sound((1.0, 1.04)), 0.5, 2.0)
    assert spoke_within(sound((1.0, 1.2)), 0.5, 2.0)
    assert not spoke_within(sound((3.0, 3.5)), 0.5, 2.0)


def test_percentiles_of_a_published_example() -> None:
    """The interpolated percentile of 15, 20, 35, 40, 50 at 40 % is 29 (NIST, R's type 7)."""
    assert percentile([50, 15, 40, 20, 35], 0.4) == pytest.approx(29)
    assert percentile([], 0.5) is None
    assert summary([]) == {"median": None, "p95": None, "min": None, "max": None, "n": 0}


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0, 1))
def test_a_percentile_is_within_the_values(values: list[float], share: float) -> None:
    found = percentile(values, share)
    assert found is not None
    assert min(values) <= found * (1 + 1e-9) + 1e-9
    assert found <= max(values) * (1 + 1e-9) + 1e-9


def test_each_written_turn_belongs_to_the_question_before_it() -> None:
    turns = [Written(began=t, heard=str(t)) for t in (5.0, 11.0, 14.0, 21.0)]
    found = turns_of([10.0, 20.0, 30.0], turns)
    assert [[turn.heard for turn in own] for own in found] == [["11.0", "14.0"], ["21.0"], []]


def test_a_reply_that_comes_after_the_next_question_belongs_to_its_own() -> None:
    late = Written(began=21.5, heard="late", timings={"voice_to_voice": 9000.0})
    assert turns_of([10.0, 20.0], [late]) == [[late], []]


def test_a_plain_turn() -> None:
    """Asked from 10 to 12; the reply sounds from 12.8 to 14 with a silence of 0.3 s in it."""
    loud = sound((3, 5), (12.8, 13.2), (13.5, 14.0))
    turn = measured(0, loud, Said(10.0, 12.0), 20.0, cuts_in=False)
    assert turn.latency_ms == pytest.approx(800)
    assert (turn.missed, turn.false_turn, turn.stop_ms) == (False, False, None)
    assert turn.silences_s == [pytest.approx(0.3, abs=0.001)]
    assert turn.reply_s == pytest.approx(1.18)


def test_a_reply_before_the_caller_has_finished_is_a_false_turn() -> None:
    loud = sound((11.0, 11.5), (12.6, 13.0))
    turn = measured(0, loud, Said(10.0, 12.0), 20.0, cuts_in=False)
    assert turn.false_turn
    assert turn.latency_ms is None


def test_so_is_a_reply_that_was_begun_before_the_last_syllable() -> None:
    """0.1 s after the end nobody can know yet that it was the end."""
    turn = measured(0, sound((12.1, 14.0)), Said(10.0, 12.0), 20.0, cuts_in=False)
    assert turn.false_turn
    assert turn.latency_ms is None


def test_no_reply_is_missed_only_when_the_caller_waited() -> None:
    waited = measured(0, [], Said(10.0, 12.0), 12.0 + PATIENCE_S, cuts_in=False)
    hung_up = measured(0, [], Said(10.0, 12.0), 13.0, cuts_in=False)
    assert waited.missed
    assert not hung_up.missed


def test_cutting_in() -> None:
    """The bot speaks until 10.2, the caller from 10 to 12, the answer comes at 12.7."""
    loud = sound((8, 10.2), (12.7, 14))
    turn = measured(3, loud, Said(10.0, 12.0), 20.0, cuts_in=True)
    assert turn.stop_ms == pytest.approx(200)
    assert turn.latency_ms == pytest.approx(700)
    assert not turn.false_turn


def test_cutting_in_with_a_word_that_ends_before_the_bot_stops() -> None:
    """The old reply's last sounds are not taken for the new one."""
    loud = sound((8, 10.6), (11.5, 13))
    turn = measured(3, loud, Said(10.0, 10.4), 20.0, cuts_in=True)
    assert turn.stop_ms == pytest.approx(600)
    assert turn.latency_ms == pytest.approx(1100)


def test_a_bot_that_cannot_be_stopped_has_no_latency() -> None:
    turn = measured(3, sound((8, 20)), Said(10.0, 12.0), 20.0, cuts_in=True)
    assert (turn.stop_ms, turn.latency_ms) == (None, None)
