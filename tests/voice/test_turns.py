"""Turn-taking without models: probabilities in, decisions out."""

from __future__ import annotations

import math

import numpy as np
import pytest

from voice.turns import CHUNK_S, CHUNK_SAMPLES, RATE_HZ, Kind, TurnEvent, TurnRules, TurnTaker

SPEECH, UNSURE, SILENCE = 0.95, 0.45, 0.02


class Line:
    """Feeds a turn-taker; the samples of a chunk carry its number."""

    def __init__(self, taker: TurnTaker) -> None:
        self.taker = taker
        self.chunks = 0

    def hear(self, probability: float, seconds: float) -> list[TurnEvent]:
        events = []
        for _ in range(round(seconds / CHUNK_S)):
            chunk = np.full(CHUNK_SAMPLES, self.chunks, np.int16)
            events += self.taker.process(chunk, probability)
            self.chunks += 1
        return events

    @property
    def now_s(self) -> float:
        return self.chunks * CHUNK_S


@pytest.fixture
def line() -> Line:
    return Line(TurnTaker())


def kinds(events: list[TurnEvent]) -> list[str]:
    return [event.kind.value for event in events]


@pytest.mark.parametrize(
    ("heard", "expected"),
    [
        ([(SILENCE, 5)], []),
        ([(SPEECH, 1)], ["started"]),
        ([(SPEECH, 1), (SILENCE, 0.3)], ["started", "paused"]),
        ([(SPEECH, 1), (SILENCE, 1.0)], ["started", "paused", "ended"]),
        ([(SPEECH, 1), (SILENCE, 0.15), (SPEECH, 1)], ["started"]),
        (
            [(SPEECH, 1), (SILENCE, 0.4), (SPEECH, 1), (SILENCE, 1)],
            ["started", "paused", "resumed", "paused", "ended"],
        ),
        # a click, a knock, crackling: never long enough
        ([(SPEECH, 0.096), (SILENCE, 1)], []),
        ([(SPEECH, 0.096), (SILENCE, 0.2)] * 10, []),
        # an unsure moment neither opens a turn nor closes one
        ([(UNSURE, 5)], []),
        ([(SPEECH, 1), (UNSURE, 3)], ["started"]),
        # … but it does not save a turn that had fallen silent
        ([(SPEECH, 1), (SILENCE, 0.1), (UNSURE, 1)], ["started", "paused", "ended"]),
        # a stammered start opens a turn
        ([(SPEECH, 0.096), (UNSURE, 0.1), (SPEECH, 0.064)], ["started"]),
        ([(SPEECH, 1), (SILENCE, 1)] * 2, ["started", "paused", "ended"] * 2),
    ],
)
def test_probabilities_make_events(
    line: Line, heard: list[tuple[float, float]], expected: list[str]
) -> None:
    events = [event for probability, s in heard for event in line.hear(probability, s)]
    assert kinds(events) == expected


@pytest.mark.parametrize(
    ("probability", "seconds", "opens"),
    [
        (0.95, 0.26, True),
        (0.95, 0.16, False),  # enough in silence, too short over the bot
        (0.70, 2.0, False),  # line echo
        (0.75, 0.26, True),
    ],
)
def test_cutting_in_takes_more_than_starting(
    line: Line, probability: float, seconds: float, opens: bool
) -> None:
    line.taker.bot_speaking = True
    assert ("started" in kinds(line.hear(probability, seconds))) == opens


def test_a_caller_who_cuts_in_is_noticed_within_300_ms(line: Line) -> None:
    line.taker.bot_speaking = True
    line.hear(SILENCE, 2)
    started_s = line.now_s
    while not line.hear(SPEECH, CHUNK_S):
        assert line.now_s - started_s < 0.3
    assert line.now_s - started_s < 0.3


def test_echo_before_the_bot_stops_does_not_count_after_it(line: Line) -> None:
    line.taker.bot_speaking = True
    line.hear(0.6, 3)
    line.taker.bot_speaking = False
    assert line.hear(SILENCE, 1) == []


def silence_to_the_end(line: Line) -> float:
    """Silence until the turn ends, in seconds."""
    silent_s = 0.0
    while Kind.ENDED not in [event.kind for event in line.hear(SILENCE, CHUNK_S)]:
        silent_s += CHUNK_S
        assert silent_s < 5
    return silent_s


@pytest.mark.parametrize("ends_s", [0.9, 1.35, 1.6, 2.5, 3.75])
def test_patience_makes_silences_longer(line: Line, ends_s: float) -> None:
    line.taker.end_silence_s = ends_s
    line.hear(SPEECH, 1)
    assert silence_to_the_end(line) == pytest.approx(ends_s, abs=2 * CHUNK_S)


def test_patience_reaches_the_silence_under_way(line: Line) -> None:
    line.hear(SPEECH, 1)
    assert kinds(line.hear(SILENCE, 0.6)) == ["paused"]
    line.taker.end_silence_s = 2.5
    assert line.hear(SILENCE, 1.5) == []
    line.taker.end_silence_s = 0.9
    assert kinds(line.hear(SILENCE, CHUNK_S)) == ["ended"]


@pytest.mark.parametrize(
    ("given_s", "ends_s"),
    [
        (1.8, 0.84),  # a name: twice the patience, for a finished sentence too
        (2.5, 2.5),  # a number: three digits of ten sound finished, the model is not asked
    ],
)
def test_a_finished_turn_is_given_more_time_too(line: Line, given_s: float, ends_s: float) -> None:
    line.taker.end_silence_s = given_s
    line.hear(SPEECH, 1)
    (paused,) = line.hear(SILENCE, 0.24)
    line.taker.judged_complete(paused.pause)
    assert 0.24 + silence_to_the_end(line) == pytest.approx(ends_s, abs=2 * CHUNK_S)


def test_a_finished_turn_ends_at_its_early_limit(line: Line) -> None:
    line.hear(SPEECH, 1)
    [paused] = line.hear(SILENCE, 0.3)
    line.taker.judged_complete(paused.pause)
    ended = line.hear(SILENCE, 0.2)[-1]
    assert (ended.kind, ended.pause) == (Kind.ENDED, paused.pause)
    assert ended.silence_s == pytest.approx(0.42, abs=2 * CHUNK_S)


def test_a_verdict_on_an_old_pause_changes_nothing(line: Line) -> None:
    line.hear(SPEECH, 1)
    [first] = line.hear(SILENCE, 0.3)
    line.hear(SPEECH, 0.5)
    line.taker.judged_complete(first.pause)  # too late: the caller has gone on
    [second] = line.hear(SILENCE, 0.3)
    assert second.pause == first.pause + 1
    line.taker.judged_complete(first.pause)
    assert line.hear(SILENCE, 0.4) == []


def test_speech_after_a_verdict_takes_it_back(line: Line) -> None:
    line.hear(SPEECH, 1)
    [paused] = line.hear(SILENCE, 0.3)
    line.taker.judged_complete(paused.pause)
    assert kinds(line.hear(SPEECH, 0.5)) == ["resumed"]
    assert kinds(line.hear(SILENCE, 0.6)) == ["paused"]


def test_the_first_syllable_is_in_the_turn(line: Line) -> None:
    line.hear(SILENCE, 3)
    speech_from = line.chunks
    line.hear(SPEECH, 1)
    audio = line.hear(SILENCE, 1)[-1].audio
    before_s = (speech_from - int(audio[0])) * CHUNK_S
    assert before_s >= TurnRules().pre_roll_s
    assert len(np.unique(audio)) * CHUNK_SAMPLES == len(audio)  # nothing missing, nothing twice


def test_the_first_syllable_is_in_the_turn_that_cuts_in(line: Line) -> None:
    line.taker.bot_speaking = True
    line.hear(SILENCE, 3)
    speech_from = line.chunks
    line.hear(SPEECH, 1)
    audio = line.hear(SILENCE, 1)[-1].audio
    assert (speech_from - int(audio[0])) * CHUNK_S >= TurnRules().pre_roll_s - CHUNK_S


def test_two_turns_share_no_speech(line: Line) -> None:
    line.hear(SPEECH, 1)
    first = line.hear(SILENCE, 1)[-1].audio
    line.hear(SPEECH, 1)
    second = line.hear(SILENCE, 1)[-1].audio
    speech_in_first_to = int(1 / CHUNK_S)
    assert int(second[0]) > speech_in_first_to
    assert int(first[-1]) - int(second[0]) <= TurnRules().pre_roll_s / CHUNK_S


def test_audio_of_a_pause_is_the_turn_so_far(line: Line) -> None:
    line.hear(SPEECH, 1)
    [paused] = line.hear(SILENCE, 0.25)
    silent_chunks = math.ceil(TurnRules().pause_s / CHUNK_S)
    assert int(paused.audio[-1]) == round(1 / CHUNK_S) + silent_chunks - 1


def test_a_caller_who_never_stops_is_cut_into_turns_without_a_gap() -> None:
    line = Line(TurnTaker(TurnRules(max_turn_s=10)))
    events = line.hear(SPEECH, 25)
    ended = [event for event in events if event.kind is Kind.ENDED]
    assert kinds(events) == ["started", "ended"] * 2 + ["started"]
    assert all(len(event.audio) / RATE_HZ <= 10 + CHUNK_S for event in ended)
    assert int(ended[1].audio[0]) == int(ended[0].audio[-1]) + 1


def test_an_end_without_a_pause_matches_no_prediction() -> None:
    line = Line(TurnTaker(TurnRules(max_turn_s=5)))
    line.hear(SPEECH, 2)
    [paused, _] = line.hear(SILENCE, 0.3) + line.hear(SPEECH, 0.1)
    [ended] = line.hear(SPEECH, 3)[:1]
    assert ended.kind is Kind.ENDED
    assert ended.pause != paused.pause


def test_waiting_for_hours_keeps_less_than_a_second_of_audio(line: Line) -> None:
    line.hear(SILENCE, 600)
    line.hear(SPEECH, 0.5)
    assert len(line.hear(SILENCE, 0.3)[0].audio) / RATE_HZ < 0.5 + 0.3 + 1


def test_same_audio_same_decisions() -> None:
    probabilities = np.random.default_rng(1).beta(0.4, 0.4, 3000).repeat(4)
    runs = []
    for _ in range(2):
        taker = TurnTaker()
        chunk = np.zeros(CHUNK_SAMPLES, np.int16)
        runs.append(
            [
                (e.kind, e.pause, len(e.audio))
                for p in probabilities
                for e in taker.process(chunk, p)
            ]
        )
    assert runs[0] == runs[1]
    assert len(runs[0]) > 10


def test_a_little_speech_over_the_bot_holds_it_and_a_click_lets_it_go_on(line: Line) -> None:
    line.taker.bot_speaking = True
    assert kinds(line.hear(SPEECH, 0.096)) == ["held"]
    assert kinds(line.hear(SILENCE, 0.5)) == ["released"]
    assert kinds(line.hear(SPEECH, 0.3)) == ["held", "started"]


def test_nobody_is_held_while_the_bot_is_silent(line: Line) -> None:
    assert kinds(line.hear(SPEECH, 0.3)) == ["started"]


def test_one_who_hesitates_is_waited_for(line: Line) -> None:
    line.taker.bot_speaking = True
    heard = [(SPEECH, 0.128), (SILENCE, 0.064), (SPEECH, 0.128)]
    assert kinds([e for p, s in heard for e in line.hear(p, s)]) == ["held", "started"]


def test_a_turn_can_be_ended_at_once(line: Line) -> None:
    assert line.taker.end_now() is None
    line.hear(SPEECH, 2)
    ended = line.taker.end_now()
    assert ended is not None
    assert len(ended.audio) / RATE_HZ == pytest.approx(2, abs=0.1)
    assert not line.taker.speaking
