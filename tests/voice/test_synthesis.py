"""The real engines: what they say is understood, at one level, and bad files are refused."""

from __future__ import annotations

import shutil
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.voice.engines import KOKORO, PIPER, STORE, WHISPER, kokoro, needs, piper, words
from voice.audio import fit, to_float
from voice.kokoro_engine import LONGEST_RUN, runs, voice_file
from voice.loudness import speech_rms_dbfs
from voice.phonemes import phonemes
from voice.voices import open_synthesizer

HOURS = "La mairie est ouverte du lundi au vendredi."
PRICE = "Cela coûte vingt-cinq euros."


@pytest.fixture(params=[KOKORO, PIPER])
def engine(request):
    return kokoro() if request.param == KOKORO else piper()


@pytest.mark.models
@pytest.mark.parametrize("rate_hz", [8000, 16000, 24000, 48000])
def test_speech_is_at_the_level_of_the_line_and_never_clips(engine, rate_hz):
    text = HOURS if engine.language == "fr" else "The town hall is open from Monday to Friday."
    spoken = fit(engine.synthesize(text), engine.rate_hz, rate_hz)
    assert speech_rms_dbfs(to_float(spoken), rate_hz) == pytest.approx(-18.0, abs=1.5)
    assert np.abs(spoken.astype(np.int32)).max() < 32700
    assert 1.5 < len(spoken) / rate_hz < 5.0


@pytest.mark.models
def test_speech_starts_at_once_and_without_a_click(engine):
    spoken = to_float(engine.synthesize("Bonjour." if engine.language == "fr" else "Hello."))
    loud = np.flatnonzero(np.abs(spoken) > 0.1 * np.abs(spoken).max())
    assert loud[0] / engine.rate_hz < 0.15
    assert (len(spoken) - loud[-1]) / engine.rate_hz < 0.35
    assert abs(spoken[0]) < 0.001
    assert abs(spoken[-1]) < 0.001


@pytest.mark.models
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HOURS, ["mairie", "ouverte", "lundi", "vendredi"]),
        (PRICE, ["euros|€", "25|vingt-cinq"]),
        ("Le dossier est traité dans un délai de deux mois.", ["dossier", "délai", "2|deux"]),
        ("La déchetterie est fermée le dimanche.", ["fermée", "dimanche"]),
        ("Un instant, je cherche la réponse.", ["instant", "réponse"]),
        ("Les encombrants sont ramassés le premier mardi du mois.", ["encombrants", "mardi"]),
    ],
)
def test_the_key_words_of_french_are_understood_over_a_telephone_line(text, expected):
    needs(KOKORO, WHISPER)
    engine = kokoro()
    heard = words(fit(engine.synthesize(text), engine.rate_hz, 8000), 8000)
    for alternatives in expected:
        assert any(word in heard for word in alternatives.split("|")), heard


@pytest.mark.models
def test_english_over_a_telephone_line_is_understood():
    needs(PIPER, WHISPER)
    engine = piper()
    spoken = engine.synthesize("The town hall is open from Monday to Friday.")
    heard = words(fit(spoken, engine.rate_hz, 8000), 8000, "en")
    assert "open from monday to friday" in heard


@pytest.mark.models
@pytest.mark.parametrize("text", ["", " ", "...", "?!", "« »", "\n\t", "\0", "—"])
def test_a_text_without_a_word_gives_no_sound_and_no_error(engine, text):
    assert engine.synthesize(text).size == 0


@pytest.mark.models
@pytest.mark.parametrize(
    "text", ["C'est 日本 ça ?", "😀", "a", "Œuvre № 5 ™", "xkcd " * 3, "ﬁn\u202e"]
)
def test_odd_signs_are_spoken_or_passed_over(engine, text):
    assert 0 < len(engine.synthesize(text)) / engine.rate_hz < 12


@pytest.mark.models
def test_a_text_of_3000_characters_is_spoken_whole():
    needs(KOKORO)
    spelt = kokoro().spell("Le dossier est complet, la réponse vient sous deux mois. " * 53)
    parts = runs(spelt)
    assert max(map(len, parts)) <= LONGEST_RUN
    assert "".join(parts).replace(" ", "") == spelt.replace(" ", "")


@pytest.mark.models
def test_a_text_longer_than_one_run_of_the_network_is_joined_without_a_gap():
    needs(KOKORO)
    text = "Le service de l'état civil délivre les actes de naissance, de mariage et de décès, " * 4
    spoken = kokoro().synthesize(text)
    assert 12 < len(spoken) / 24000 < 36
    quiet = np.abs(to_float(spoken)) < 0.002
    steps = np.flatnonzero(np.diff(np.concatenate([[0], quiet.astype(int), [0]])))
    assert (steps[1::2] - steps[::2]).max() / 24000 < 0.9


@pytest.mark.models
@pytest.mark.parametrize("symbols", ["a" * 700, "a," * 300, ""])
def test_runs_stay_short_even_where_nothing_invites_a_cut(symbols):
    parts = runs(symbols)
    assert all(0 < len(part) <= LONGEST_RUN for part in parts)
    assert "".join(parts) == symbols


@pytest.mark.models
def test_slow_speech_is_slower_and_an_absurd_speed_is_refused(engine):
    text = "Un deux trois quatre cinq six." if engine.language == "fr" else "One two three four."
    slow, fast = engine.synthesize(text, speed=0.75), engine.synthesize(text, speed=1.3)
    assert len(slow) > 1.3 * len(fast)
    for speed in (0.0, -1.0, 9.0, float("nan")):
        with pytest.raises(ValueError, match=r"must be 0\.5 to 2\.0"):
            engine.synthesize(text, speed=speed)


@pytest.mark.models
def test_both_engines_speak_at_once_without_mixing_their_languages():
    needs(KOKORO, PIPER)
    french, english = kokoro(), piper()
    alone = french.spell(HOURS)
    mixed: list[str] = []
    talker = threading.Thread(
        target=lambda: [english.synthesize("Good morning.") for _ in range(8)]
    )
    talker.start()
    while talker.is_alive():
        mixed.append(french.spell(HOURS))
    talker.join()
    assert mixed
    assert set(mixed) == {alone}


@pytest.mark.models
def test_french_needs_no_symbol_that_the_network_lacks():
    needs(KOKORO)
    engine = kokoro()
    before = engine.dropped_symbols
    engine.spell("L'œuvre du maçon naïf : Noël, août, gâteau, où, çà, un grand oignon, le match.")
    assert engine.dropped_symbols == before
    assert "ʧ" in engine.spell("tchèque")


def test_espeak_ng_names_a_voice_it_lacks():
    with pytest.raises(ValueError, match="espeak-ng has no voice 'lilliput'"):
        phonemes("bonjour", "lilliput")


def copied(model_id: str, to: Path) -> Path:
    """The model's folder with links to its files, to be damaged."""
    needs(model_id)
    for path in STORE.folder(model_id).rglob("*"):
        if path.is_file():
            place = to / path.relative_to(STORE.folder(model_id))
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(path)
    return to


@pytest.mark.models
@pytest.mark.parametrize(
    ("model_id", "name"),
    [
        (KOKORO, "voices/ff_siwis.bin"),
        (KOKORO, "vocab.json"),
        (KOKORO, "kokoro-v1.0.int8.onnx"),
        (PIPER, "en_US-joe-medium.onnx"),
        (PIPER, "en_US-joe-medium.onnx.json"),
    ],
)
@pytest.mark.parametrize("damage", ["truncated", "empty", "text"])
def test_a_damaged_voice_file_is_named_with_the_remedy(tmp_path: Path, model_id, name, damage):
    folder = copied(model_id, tmp_path)
    whole = (folder / name).read_bytes()
    (folder / name).unlink()
    content = {"truncated": whole[: len(whole) // 3], "empty": b"", "text": b"bonjour"}[damage]
    (folder / name).write_bytes(content)
    sentence = rf"{Path(name).name} is missing or damaged; run `allomairie models verify`"
    with pytest.raises(RuntimeError, match=sentence):
        open_synthesizer(STORE.catalogue[model_id], folder)


@pytest.mark.models
def test_a_missing_voice_names_those_that_are_there(tmp_path: Path):
    folder = copied(KOKORO, tmp_path)
    with pytest.raises(ValueError, match=r"no voice castafiore here; it has ff_siwis\."):
        open_synthesizer(STORE.catalogue[KOKORO], folder, voice="castafiore")
    shutil.rmtree(folder / "voices")
    with pytest.raises(ValueError, match="it has none"):
        voice_file(folder, "fr")
    with pytest.raises(ValueError, match=r"no voice of its own for 'ja'"):
        voice_file(folder, "ja")


@pytest.mark.models
def test_the_same_network_in_another_file_name_is_opened_by_its_entry(tmp_path: Path):
    folder = copied(PIPER, tmp_path)
    model = replace(STORE.catalogue[PIPER], entry="absente.onnx")
    with pytest.raises(RuntimeError, match=r"absente\.onnx\.json is missing"):
        open_synthesizer(model, folder)


def test_a_model_that_cannot_speak_is_refused(tmp_path: Path):
    with pytest.raises(ValueError, match="whisper-base is no speech synthesis model"):
        open_synthesizer(STORE.catalogue[WHISPER], tmp_path)
