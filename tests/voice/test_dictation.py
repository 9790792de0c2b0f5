"""A dictated number has real pauses, and its groups are made once for all calls."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.voice.engines import kokoro
from voice.dictation import LONG_PAUSE_S, PAUSE_S, is_group, marked, pieces
from voice.speakable import speakable
from voice.speaker import Speaker
from voice.speech_cache import SpeechCache

RATE_HZ = 8000
MIDDLE = ("trente,", "soixante-dix-neuf,", "soixante-deux,")


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        (
            "Appelez le 01 30 79 62 00, demain.",
            ["Appelez le zéro un,", *MIDDLE, "zéro zéro, demain."],
        ),
        ("Référence 482 913.", ["Référence quatre huit deux,", "neuf un trois."]),
        ("le 116 117", ["le cent seize,", "cent dix-sept"]),
        ("les 7, 14 et 21 juillet", ["les sept, quatorze et vingt et un juillet"]),
        ("le 15, le 18 ou le 112", ["le quinze, le dix-huit ou le cent douze"]),
        ("8h30-12h, 13h30-17h", None),
        ("12,50 €, 21 €", None),
        ("Bonjour.", None),
        ("", None),
    ],
)
def test_a_text_is_cut_in_its_dictated_numbers_only(written: str, parts: list[str] | None) -> None:
    said = speakable(written)
    found = pieces(marked(said))
    assert [text for text, _ in found] == (parts or ([said] if said else []))
    assert " ".join(text for text, _ in found) == said
    assert [pause for _, pause in found[:-1]] == [PAUSE_S] * (len(found) - 1)
    assert not found or found[-1][1] == 0.0


def test_who_takes_note_hears_longer_pauses() -> None:
    found = pieces(marked(speakable("Le 01 30 79 62 00.", slow=True)))
    assert [pause for _, pause in found] == [LONG_PAUSE_S] * 4 + [0.0]


def test_only_two_digits_are_kept_never_a_word_of_a_caller() -> None:
    for text in ("trente,", "zéro zéro.", "soixante et onze;", "quatre-vingt-dix-neuf,"):
        assert is_group(text), text
    for text in ("Le zéro un,", "quatre huit deux,", "madame,", "zéro zéro, demain.", "midi,"):
        assert not is_group(text), text


class Tones:
    """An engine that makes 100 ms of a tone of everything, and remembers what it was asked."""

    name, language, voice, fingerprint, rate_hz = "tones", "fr", "one", "1", RATE_HZ

    def __init__(self) -> None:
        self.asked: list[str] = []

    def synthesize(self, text: str, *, speed: float = 1.0) -> NDArray[np.int16]:
        self.asked.append(text)
        wave = np.sin(np.arange(RATE_HZ // 10) * 0.3)
        return (wave * 8000).astype(np.int16)

    def close(self) -> None:
        pass


def quiet_s(samples: NDArray[np.int16]) -> list[float]:
    """The silences inside a sound, in seconds; shorter than 100 ms they do not count."""
    block = RATE_HZ // 100
    level = [np.abs(samples[i : i + block]).max() for i in range(0, len(samples), block)]
    found, run = [], 0
    for loud in np.asarray(level) > max(level) * 0.03:
        if loud and run >= 10:
            found.append(run / 100)
        run = 0 if loud else run + 1
    return found


def test_groups_are_made_once_for_all_calls_and_numbers(tmp_path: Path) -> None:
    engine = Tones()
    cache = SpeechCache(tmp_path)
    speaker = Speaker({"fr": engine}, cache)
    # 1. five pieces, four pauses
    (clause,) = speaker.clauses("01 30 79 62 00")
    assert quiet_s(speaker.say(clause, rate_hz=RATE_HZ)) == pytest.approx([PAUSE_S] * 4, abs=0.03)
    assert engine.asked == ["zéro un,", *MIDDLE, "zéro zéro"]
    # 2. another number of the same pairs asks the engine for what is new
    engine.asked.clear()
    (other,) = speaker.clauses("01 30 79 62 11")
    speaker.say(other, rate_hz=RATE_HZ)
    assert engine.asked == ["onze"]
    # 3. the same holds after a restart, and the number itself was not kept
    engine.asked.clear()
    again = Speaker({"fr": engine}, SpeechCache(tmp_path))
    again.say(clause, rate_hz=RATE_HZ)
    assert engine.asked == []
    assert len(list(tmp_path.rglob("*.wav"))) == 6
    for one in (speaker, again):
        one.close()


@pytest.mark.models
def test_a_number_is_heard_with_a_quarter_of_a_second_between_its_pairs(tmp_path: Path) -> None:
    speaker = Speaker({"fr": kokoro()}, SpeechCache(tmp_path))
    (clause,) = speaker.clauses("Le 01 30 79 62 00.")
    pauses = quiet_s(speaker.say(clause, rate_hz=RATE_HZ))
    assert sum(0.2 <= pause <= 0.45 for pause in pauses) == 4
    speaker.close()
