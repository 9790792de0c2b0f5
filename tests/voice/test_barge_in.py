"""Cutting in, without models: echo, levels, and who gets the floor."""

from __future__ import annotations

import numpy as np
import pytest

from voice.barge_in import (
    BargeInRules,
    Floor,
    OwnVoice,
    Playback,
    Verdict,
    level_db,
    resemblance,
)
from voice.turns import CHUNK_S, CHUNK_SAMPLES, RATE_HZ

RULES = BargeInRules()


def voice(seed: int, seconds: float, *, rate_hz: int = 8_000, level: float = 0.1) -> np.ndarray:
    """Something that moves like speech: noise in bands, in syllables."""
    random = np.random.default_rng(seed)
    count = round(seconds * rate_hz)
    noise = np.convolve(random.standard_normal(count), np.ones(4) / 4, "same")
    syllables = np.abs(np.sin(2 * np.pi * (3 + seed % 3) * np.arange(count) / rate_hz + seed))
    sound = noise * syllables
    return np.asarray(32767 * level * sound / np.sqrt(np.mean(sound**2)) / 3, np.int16)


def twice_as_wide(samples: np.ndarray) -> np.ndarray:
    """8 to 16 kHz, as a caller's audio comes."""
    return np.repeat(samples, 2)


def heard_while_playing(
    own: OwnVoice, playback: Playback, bot: np.ndarray, caller: np.ndarray
) -> list[bool]:
    """For each chunk: is it not the caller's?"""
    said = []
    wide = twice_as_wide(caller)
    for at in range(0, len(wide) - CHUNK_SAMPLES + 1, CHUNK_SAMPLES):
        playback.add(bot[at // 2 : at // 2 + CHUNK_SAMPLES // 2], 8_000)
        chunk = wide[at : at + CHUNK_SAMPLES]
        own.hear(chunk)
        said.append(own.is_not_caller(chunk))
    return said


@pytest.mark.parametrize("echo_db", [-10, -20])
@pytest.mark.parametrize("delay_s", [0.02, 0.12, 0.5])
def test_the_bots_echo_is_not_the_caller(echo_db: float, delay_s: float) -> None:
    bot = voice(1, 3)
    late = np.concatenate([np.zeros(round(delay_s * 8_000), np.int16), bot])[: len(bot)]
    echo = np.asarray(late * 10 ** (echo_db / 20), np.int16)
    playback = Playback()
    said = heard_while_playing(OwnVoice(playback), playback, bot, echo)
    after = said[round((delay_s + RULES.echo_s) / CHUNK_S) + 1 :]
    assert all(after)


def test_the_caller_over_an_echo_is_the_caller() -> None:
    bot = voice(1, 3)
    caller = voice(2, 3, level=0.06) + np.asarray(bot * 10 ** (-25 / 20), np.int16)
    playback = Playback()
    said = heard_while_playing(OwnVoice(playback), playback, bot, caller)
    assert np.mean(said) < 0.4, "only the gaps between syllables are too quiet"


def test_what_is_far_quieter_than_the_caller_is_not_he() -> None:
    own = OwnVoice(Playback())
    quiet = np.tile(np.array([800, -800], np.int16), CHUNK_SAMPLES // 2)  # -32 dBFS
    own.hear(quiet)
    assert not own.is_not_caller(quiet), "nothing is known of the caller yet"
    own.learn(twice_as_wide(voice(4, 2, level=0.6)))
    assert own.is_not_caller(quiet)


def test_a_caller_who_grows_quieter_is_followed() -> None:
    own = OwnVoice(Playback())
    own.learn(twice_as_wide(voice(4, 2, level=0.6)))
    loud = own.least_db
    for _ in range(5):
        own.learn(twice_as_wide(voice(4, 2, level=0.1)))
    assert own.least_db < loud
    assert own.least_db >= RULES.floor_db


def test_a_short_sound_teaches_nothing() -> None:
    own = OwnVoice(Playback())
    own.learn(np.full(CHUNK_SAMPLES, 30_000, np.int16))
    assert own.least_db == RULES.floor_db


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 24_000, 48_000])
def test_playback_of_any_rate_is_compared_at_the_lines(rate_hz: int) -> None:
    playback = Playback(seconds=1.0)
    playback.add(np.full(rate_hz * 3, 1000, np.int16), rate_hz)
    last = playback.last(0.5)
    assert len(last) == 4_000
    assert np.allclose(last, 1000 / 32768)


def test_silence_resembles_nothing() -> None:
    silence, sound = np.zeros(2_000, np.float32), np.ones(8_000, np.float32) / 10
    assert resemblance(silence, sound) == 0.0
    assert resemblance(sound[:2_000], np.zeros(8_000, np.float32)) == 0.0
    assert resemblance(sound, sound[:100]) == 0.0


def test_levels() -> None:
    assert level_db(np.zeros(0, np.int16)) == -100.0
    assert level_db(np.zeros(RATE_HZ, np.int16)) == -100.0
    assert level_db(np.full(RATE_HZ, 32_767, np.int16)) == pytest.approx(0, abs=0.01)


class TestFloor:
    """The bot waits; somebody spoke over it."""

    @pytest.fixture
    def floor(self) -> Floor:
        opened = Floor(lambda words: words == "d'accord")
        opened.contest()
        return opened

    @pytest.mark.parametrize(
        ("words", "verdict"),
        [("", Verdict.GO_ON), ("d'accord", Verdict.GO_ON), ("attendez", Verdict.YIELD)],
    )
    def test_words_decide(self, floor: Floor, words: str, verdict: Verdict) -> None:
        assert floor.words(words) is verdict

    def test_long_speech_needs_no_words(self, floor: Floor) -> None:
        verdicts = [floor.hear(speech=True) for _ in range(round(RULES.sure_s / CHUNK_S) + 1)]
        assert verdicts[-1] is Verdict.YIELD
        assert verdicts.count(Verdict.WAIT) * CHUNK_S >= RULES.sure_s - 2 * CHUNK_S

    def test_the_bot_does_not_wait_for_ever(self, floor: Floor) -> None:
        waited_s = 0.0
        while floor.hear(speech=False) is Verdict.WAIT:
            waited_s += CHUNK_S
            assert waited_s <= RULES.longest_s + CHUNK_S
        assert waited_s >= RULES.longest_s - 2 * CHUNK_S

    def test_each_contest_begins_anew(self, floor: Floor) -> None:
        for _ in range(round(RULES.sure_s / CHUNK_S) - 4):
            assert floor.hear(speech=True) is Verdict.WAIT
        floor.settle()
        assert not floor.contested
        floor.contest()
        assert floor.hear(speech=True) is Verdict.WAIT
