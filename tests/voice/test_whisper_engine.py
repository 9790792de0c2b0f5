"""Hearing with the real model: words, silence, long turns, languages, bad weights."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from bench.callers import PEOPLE, Clip, over_the_line, people
from bench.noises import noises
from tests.voice.engines import STORE, WHISPER, kokoro, needs, piper
from voice.audio import to_float
from voice.turns import RATE_HZ
from voice.whisper_engine import WhisperEngine
from voice.windows import LONGEST_S, windows
from voice.word_errors import compare, plain_words, total

QUESTION = "Bonjour, je voudrais refaire ma carte d'identité."
ENGLISH = "Good morning, I would like to know how to register my daughter at school."


@cache
def engine() -> WhisperEngine:
    needs(WHISPER)
    return WhisperEngine(STORE.file(WHISPER), threads=2, workers=2)


@cache
def called(text: str, *, gain: float = 1.0, speed: float = 1.0) -> np.ndarray:
    """A caller's sentence as the line brings it, with 0.3 s of quiet before and after."""
    speech = to_float(kokoro().synthesize(text, speed=speed)) * np.float32(gain)
    return over_the_line(np.pad(speech, 24_000 * 3 // 10), 24_000)


# --- windows: plain


def test_a_long_turn_is_cut_where_it_is_quiet_and_nothing_is_lost() -> None:
    samples = np.random.default_rng(1).uniform(-0.5, 0.5, 60 * RATE_HZ).astype(np.float32)
    for quiet_s in (20.0, 41.0):
        start = int(quiet_s * RATE_HZ)
        samples[start : start + RATE_HZ // 2] *= 0.01
    pieces = windows(samples, RATE_HZ)
    assert np.array_equal(np.concatenate(pieces), samples)
    ends_s = np.cumsum([len(piece) for piece in pieces]) / RATE_HZ
    assert ends_s[:2] == pytest.approx([20.25, 41.25], abs=0.3)
    assert max(len(piece) for piece in pieces) <= LONGEST_S * RATE_HZ


@pytest.mark.parametrize("seconds", [0.0, 0.1, 5.0, LONGEST_S, LONGEST_S + 0.001, 45.0, 90.0])
def test_windows_of_any_length(seconds: float) -> None:
    samples = np.arange(int(seconds * RATE_HZ), dtype=np.float32)
    pieces = windows(samples, RATE_HZ)
    assert [*np.concatenate([*pieces, samples[:0]])] == [*samples]
    assert all(0 < len(piece) <= LONGEST_S * RATE_HZ for piece in pieces)
    assert (len(pieces) == 1) == (0 < seconds <= LONGEST_S)


# --- words


@pytest.mark.models
@pytest.mark.parametrize(
    ("gain", "what"), [(1.0, "plain"), (0.02, "very low"), (8.0, "clipped by the telephone")]
)
def test_a_question_is_written_down(gain: float, what: str) -> None:
    heard = engine().transcribe(called(QUESTION, gain=gain))
    errors = compare(QUESTION, heard.text)
    assert errors.rate <= 15, f"{what}: {heard.text}"
    assert (heard.language, heard.failed) == ("fr", False)
    assert heard.confidence > 0.6
    assert heard.compute_ms > 0
    assert heard.audio_s == pytest.approx(len(called(QUESTION, gain=gain)) / RATE_HZ)


@pytest.mark.models
@pytest.mark.parametrize("answer", ["Oui.", "Non.", "Non merci.", "D'accord."])
def test_short_answers_are_not_taken_for_noise(answer: str) -> None:
    heard = engine().transcribe(called(answer, gain=0.2))
    assert plain_words(heard.text) == plain_words(answer)


@pytest.mark.models
@pytest.mark.parametrize("answer", ["Un.", "Deux.", "Agent.", "Mardi."])
def test_a_single_word_is_never_silence(answer: str) -> None:
    heard = engine().transcribe(called(answer, gain=0.2))
    assert heard.text, "something was said, and a caller who speaks must not be told otherwise"


@pytest.mark.models
def test_fast_speech_is_never_cut() -> None:
    sentence = (
        "L'ascenseur est en panne depuis quinze jours, et ma mère ne peut plus sortir faire ses "
        "courses, est-ce que quelqu'un peut l'aider ?"
    )
    heard = engine().transcribe(called(sentence, speed=1.7))
    assert plain_words(heard.text)[-2:] == ["l", "aider"]


@pytest.mark.models
def test_hints_do_not_change_what_was_clearly_said() -> None:
    hints = "Saint-Aubin, état civil, urbanisme, déchetterie"
    heard = engine().transcribe(called(QUESTION), hints=hints)
    assert compare(QUESTION, heard.text).rate <= 15
    assert engine().transcribe(called("Oui."), hints=hints).text.lower().startswith("oui")


@pytest.mark.models
def test_hints_longer_than_the_model_can_read_leave_room_for_words() -> None:
    heard = engine().transcribe(called(QUESTION), hints="déchetterie, urbanisme, " * 200)
    assert compare(QUESTION, heard.text).rate <= 30


@pytest.mark.models
@pytest.mark.skipif(not PEOPLE.is_dir(), reason="needs Debian's asterisk-core-sounds-fr-wav")
def test_a_persons_telephone_numbers() -> None:
    clips = [clip for clip in people() if clip.name.startswith("number")][:4]
    errors = [compare(c.words, engine().transcribe(c.audio).text) for c in clips]
    assert total(errors).rate <= 5
    assert total(errors).inserted == 0


# --- nothing said


def _one_of_each() -> list[Clip]:
    return noises(each=1)


@pytest.mark.models
@pytest.mark.parametrize("clip", _one_of_each(), ids=lambda clip: clip.name)
def test_noise_is_no_turn(clip: Clip) -> None:
    heard = engine().transcribe(clip.audio)
    assert (heard.text, heard.confidence) == ("", 0.0)


@pytest.mark.models
@pytest.mark.parametrize("samples", [0, 1, 1600, RATE_HZ])
def test_zeros_are_no_turn(samples: int) -> None:
    heard = engine().transcribe(np.zeros(samples, np.int16))
    assert heard.text == ""
    assert heard.audio_s == samples / RATE_HZ


# --- what is awaited


@dataclass
class AnyYes:
    """Awaits "oui", is content with nothing else, and counts how often it is asked for hints."""

    sure: float = 1.1
    looked: int = 0

    def settles(self, text: str) -> bool:
        return self.answers(text)

    def answers(self, text: str) -> bool:
        return text.lower().startswith("oui")

    def hints(self, readings: Sequence[str]) -> str:
        self.looked += 1
        return "Oui. Non. Oui, c'est ça. Oui, c'est bon."


@pytest.mark.models
@pytest.mark.parametrize("clip", _one_of_each(), ids=lambda clip: clip.name)
def test_noise_is_no_yes(clip: Clip) -> None:
    expected = AnyYes()
    assert engine().transcribe(clip.audio, expected=expected).text == ""
    assert expected.looked == 0


@pytest.mark.models
@pytest.mark.parametrize(
    "said", [QUESTION, "Un agent.", "Il y a le feu dans la cuisine !", "Demain matin.", "Non."]
)
def test_other_words_are_no_yes(said: str) -> None:
    plain, expected = engine().transcribe(called(said)), AnyYes()
    heard = engine().transcribe(called(said), expected=expected)
    assert heard.text == plain.text
    assert heard.passes.startswith(plain.passes)
    assert expected.looked == 1
    assert len(heard.alternatives) >= 2


@pytest.mark.models
def test_a_yes_costs_one_look() -> None:
    expected = AnyYes()
    heard = engine().transcribe(called("Oui."), expected=expected)
    assert heard.text.lower().startswith("oui")
    assert (heard.passes, expected.looked) == ("beam", 0)


@pytest.mark.models
def test_a_score_is_what_the_decoder_gave() -> None:
    """The forced pass that compares readings agrees with the search that found them."""
    samples = to_float(called(QUESTION))
    seconds = len(samples) / RATE_HZ
    encoded = engine()._encode(samples, 12.0)
    found = engine()._generate(encoded, seconds, "fr", "").readings[0]
    tokens = len(engine()._tokenizer("fr").encode(f" {found.text}")) + 1
    forced = engine()._score(encoded, seconds, "fr", found.text)
    assert forced == pytest.approx(found.logprob * tokens, abs=1.0)
    assert engine()._score(encoded, seconds, "fr", "Oui.") < forced - 5.0


# --- long turns, several callers


@pytest.mark.models
def test_both_ends_of_a_long_turn_are_heard() -> None:
    middle = called("Il y a beaucoup de choses à dire.")
    pause = np.zeros(RATE_HZ, np.int16)
    story = [
        called(QUESTION),
        *[pause, middle] * 10,
        pause,
        called("Où est la piscine municipale ?"),
    ]
    audio = np.concatenate(story)
    assert 35 < len(audio) / RATE_HZ < 50
    heard = engine().transcribe(audio)
    assert heard.text.startswith("Bonjour, je voudrais refaire ma carte")
    assert "piscine municipale" in heard.text
    assert heard.audio_s == pytest.approx(len(audio) / RATE_HZ)
    assert heard.confidence > 0.5


@pytest.mark.models
def test_two_callers_at_once_hear_their_own_words() -> None:
    texts = [QUESTION, "Où est la piscine municipale ?"] * 3
    turns = [called(text) for text in texts]
    alone = {text: engine().transcribe(called(text)).text for text in texts[:2]}
    with ThreadPoolExecutor(2) as pool:
        together = [heard.text for heard in pool.map(engine().transcribe, turns)]
    assert together == [alone[text] for text in texts]


# --- languages


@pytest.mark.models
def test_an_english_caller_is_known_and_heard_in_english() -> None:
    speech = to_float(piper().synthesize(ENGLISH))
    heard = engine().transcribe(over_the_line(speech, piper().rate_hz))
    assert heard.language == "en"
    assert compare(ENGLISH, heard.text).rate <= 15
    assert heard.language_probability > 0.6


@pytest.mark.models
def test_a_french_turn_in_an_english_call_is_heard_in_french() -> None:
    heard = engine().transcribe(called(QUESTION), language="en")
    assert heard.language == "fr"
    assert compare(QUESTION, heard.text).rate <= 15


# --- bad weights


@pytest.mark.models
@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        ("folder", "there is no whisper"),
        ("model.bin", "there is no model.bin"),
        ("tokenizer.json", "there is no tokenizer.json"),
        ("garbage", "Unsupported model binary version"),
        ("truncated", "invalid payload size"),
    ],
)
def test_damaged_weights_give_one_sentence(tmp_path: Path, damage: str, reason: str) -> None:
    needs(WHISPER)
    folder = tmp_path / "whisper"
    if damage != "folder":
        source = STORE.file(WHISPER)
        shutil.copytree(source, folder, ignore=shutil.ignore_patterns("model.bin"))
        head = (source / "model.bin").open("rb").read(1_000_000)
        (folder / "model.bin").write_bytes(b"garbage" * 99 if damage == "garbage" else head)
        (folder / damage).unlink(missing_ok=True)
    with pytest.raises(RuntimeError) as error:
        WhisperEngine(folder)
    message = str(error.value)
    assert reason in message
    assert message.endswith("run `allomairie models verify`, then `allomairie models pull`")
    assert "\n" not in message
