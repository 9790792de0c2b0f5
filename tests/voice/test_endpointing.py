"""Silero, Smart Turn and the turn-taker together, on speech as the line brings it."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from bench.noises import noises
from tests.voice.engines import kokoro
from voice.audio import to_float
from voice.endpointing import EndOfTurnJudge, SpeechDetector
from voice.line import LINE_HZ, coloured_noise, over_the_line
from voice.turns import CHUNK_SAMPLES, RATE_HZ, Kind, Samples, TurnEvent, TurnTaker

COMPLETE = "Quels sont les horaires de la piscine municipale ?"
FIRST, SECOND = "Bonjour, je vous appelle", "parce que ma poubelle n'a pas été ramassée."


@cache
def said(text: str) -> np.ndarray:
    """One sentence, 24 kHz, without silence around it."""
    return to_float(kokoro().synthesize(text))


def silence(seconds: float) -> np.ndarray:
    return np.zeros(int(seconds * 24_000), np.float32)


def line(*pieces: np.ndarray, noise_dbfs: float = -60.0) -> Samples:
    """Speech and pauses over a line that is never quite silent."""
    speech = np.concatenate(pieces)
    random = np.random.default_rng(7)
    noise = coloured_noise(len(speech) * LINE_HZ // 24_000 + 10, 1.0, random)
    return over_the_line(speech, 24_000, noise=noise * np.float32(10 ** (noise_dbfs / 20)))


def events(audio: Samples, *, judge: EndOfTurnJudge | None = None) -> list[tuple[float, TurnEvent]]:
    """What the turn-taker says, and when (s)."""
    detector, taker, found = SpeechDetector(), TurnTaker(), []
    for start in range(0, len(audio) - CHUNK_SAMPLES + 1, CHUNK_SAMPLES):
        chunk = audio[start : start + CHUNK_SAMPLES]
        for event in taker.process(chunk, detector.probability(chunk)):
            found.append(((start + CHUNK_SAMPLES) / RATE_HZ, event))
            if judge and event.kind is Kind.PAUSED and judge.probability(event.audio) >= 0.5:
                taker.judged_complete(event.pause)
    return found


def at(found: list[tuple[float, TurnEvent]], kind: Kind) -> list[float]:
    return [when for when, event in found if event.kind is kind]


@pytest.fixture(scope="module")
def judge() -> EndOfTurnJudge:
    return EndOfTurnJudge()


@pytest.mark.models
@pytest.mark.parametrize("noise_dbfs", [-60.0, -45.0])
def test_a_sentence_with_an_inner_pause_is_one_turn(noise_dbfs: float) -> None:
    speech_s = (len(said(FIRST)) + len(said(SECOND))) / 24_000
    audio = line(
        silence(1), said(FIRST), silence(0.4), said(SECOND), silence(1.5), noise_dbfs=noise_dbfs
    )
    found = events(audio)
    assert len(at(found, Kind.STARTED)) == len(at(found, Kind.ENDED)) == 1
    assert len(at(found, Kind.RESUMED)) >= 1
    assert at(found, Kind.STARTED)[0] < 1.5
    assert at(found, Kind.ENDED)[0] == pytest.approx(1 + speech_s + 0.4 + 0.9, abs=0.3)


@pytest.mark.models
def test_the_turn_holds_the_whole_sentence() -> None:
    audio = line(silence(2), said(COMPLETE), silence(1.5))
    [turn] = [event for _, event in events(audio) if event.kind is Kind.ENDED]
    assert len(turn.audio) / RATE_HZ > len(said(COMPLETE)) / 24_000 + 0.9
    before_s = 2 + len(said(COMPLETE)) / 24_000 + 0.9 - len(turn.audio) / RATE_HZ
    assert before_s < 2  # it begins before the first syllable


@pytest.mark.models
def test_two_sentences_a_second_apart_are_two_turns() -> None:
    audio = line(silence(1), said(FIRST), silence(1.3), said(SECOND), silence(1.3))
    assert len(at(events(audio), Kind.ENDED)) == 2


@pytest.mark.models
def test_a_finished_question_ends_sooner(judge: EndOfTurnJudge) -> None:
    audio = line(silence(1), said(COMPLETE), silence(1.5))
    without, judged = events(audio), events(audio, judge=judge)
    sooner_s = at(without, Kind.ENDED)[0] - at(judged, Kind.ENDED)[0]
    assert sooner_s > 0.3


@pytest.mark.models
def test_a_finished_question_is_told_from_half_a_sentence(judge: EndOfTurnJudge) -> None:
    pause = silence(0.22)
    whole = [COMPLETE, "Est-ce que je peux venir samedi matin ?"]
    half = ["Je voudrais savoir si", "Alors, euh,"]
    finished = [judge.probability(line(said(text), pause)) for text in whole]
    unfinished = [judge.probability(line(said(text), pause)) for text in half]
    assert min(finished) >= 0.5
    assert max(unfinished) < min(finished)


def test_the_judge_takes_any_length(judge: EndOfTurnJudge) -> None:
    for seconds in (0.0, 0.1, 8.0, 45.0):
        assert 0 <= judge.probability(np.zeros(int(seconds * RATE_HZ), np.int16)) <= 1


@pytest.mark.models
def test_noise_before_the_caller_speaks_opens_no_turn() -> None:
    audio = line(silence(4), said(COMPLETE), silence(1.5), noise_dbfs=-42)
    found = events(audio)
    assert len(at(found, Kind.ENDED)) == 1
    assert 4.0 < at(found, Kind.STARTED)[0] < 4.6


def test_hardly_any_noise_opens_a_turn() -> None:
    clips = noises(each=2)
    opened = [clip.name for clip in clips if at(events(clip.audio), Kind.STARTED)]
    assert len(opened) <= len(clips) * 0.1, opened


def test_each_call_has_its_own_memory() -> None:
    random = np.random.default_rng(3)
    chunk = (random.standard_normal(CHUNK_SAMPLES) * 3000).astype(np.int16)
    first, second = SpeechDetector(), SpeechDetector()
    for _ in range(20):
        first.probability(chunk)
    assert second.probability(chunk) == SpeechDetector().probability(chunk)


def test_same_audio_same_probabilities() -> None:
    audio = np.random.default_rng(5).integers(-900, 900, 40 * CHUNK_SAMPLES).astype(np.int16)
    runs = []
    for _ in range(2):
        detector = SpeechDetector()
        runs.append([detector.probability(chunk) for chunk in np.split(audio, 40)])
    assert runs[0] == runs[1]
    assert all(0 <= probability <= 1 for probability in runs[0])
