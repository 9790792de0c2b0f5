"""English and other languages at the ear: numbers said digit by digit, each part in its voice."""

from __future__ import annotations

import asyncio
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from dialog.english.numbers import phone
from dialog.languages import Languages
from tests.voice.engines import KOKORO, STORE, kokoro, needs, piper
from tests.voice.test_whisper_engine import engine
from voice.audio import to_float
from voice.kokoro_engine import KokoroSynthesizer, voice_file
from voice.line import call_audio, over_the_line
from voice.recognition import Heard
from voice.speakable.english import speakable_english
from voice.speaker import Clause, Speaker
from voice.speech_cache import SpeechCache
from voice.word_errors import compare

CALLERS = "kokoro-caller-voices"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("The number is 02 61 91 40 10.", "zero two, six one, nine one, four zero, one zero."),
        ("dial 15, 18 or 112", "dial one five, one eight or one one two"),
        ("dial 0 800 47 33 33", "zero, eight zero zero, four seven, three three, three three"),
        ("Your reference is 482 913.", "four eight two, nine one three."),
        ("I repeat: +44 20 79 46 09 58.", "plus four four, two zero, seven nine"),
        ("from 8:30 am to 1 pm", "from 8 30 a.m. to 1 p.m."),
        ("at 9:05", "at 9 oh 5"),
        ("a tax stamp of 86 €", "86 euros"),
        ("€4.50", "4 euros 50"),
        ("a photo less than 6 months old", "a photo less than 6 months old"),
        ("from the age of 15, 18 months", "15, one eight months"),
    ],
)
def test_english_text_as_the_voice_must_hear_it(text: str, said: str) -> None:
    assert said in speakable_english(text)


# --- through the real recogniser


@cache
def caller(voice: str, language: str) -> KokoroSynthesizer:
    needs(KOKORO, CALLERS)
    own = kokoro()
    assert isinstance(own, KokoroSynthesizer)
    path = STORE.path(CALLERS) / "voices" / f"{voice}.bin"
    return own.speaking(language, path)


def heard(voice: str, language: str, text: str, *, call: str = "fr") -> Heard:
    speech = to_float(caller(voice, language).synthesize(text))
    return engine().transcribe(call_audio(speech, 24_000, np.random.default_rng(7)), language=call)


@pytest.mark.models
@pytest.mark.parametrize("voice", ["am_michael", "bf_emma", "em_alex", "if_sara", "pm_alex"])
def test_an_accent_in_french_stays_french(voice: str) -> None:
    languages = Languages.load()
    for text in (
        "Bonjour, je voudrais refaire ma carte d'identité, quels papiers il faut apporter ?",
        "C'est combien pour inscrire deux enfants à la cantine ?",
    ):
        turn = heard(voice, "fr", text)
        assert (turn.language, languages.told(turn.text, turn.language)) == ("fr", "fr"), turn.text


@pytest.mark.models
@pytest.mark.parametrize(
    ("voice", "language", "text"),
    [
        ("bf_emma", "en", "Good morning, I would like to know when the town hall is open."),
        ("em_alex", "es", "Buenos días, no hablo francés, necesito ayuda por favor."),
        ("if_sara", "it", "Buongiorno, non parlo francese, ho bisogno di aiuto per favore."),
        ("pm_alex", "pt", "Bom dia, eu não falo francês, preciso de ajuda por favor."),
    ],
)
def test_another_language_is_noticed(voice: str, language: str, text: str) -> None:
    turn = heard(voice, language, text)
    assert turn.language == language, turn.text
    assert Languages.load().told(turn.text, turn.language) == language, turn.text


@pytest.mark.models
def test_a_number_dictated_in_english_is_understood() -> None:
    needs(KOKORO)
    text = "My number is oh six, twelve, thirty-four, fifty-six, seventy-eight."
    speech = to_float(piper().synthesize(text))
    turn = engine().transcribe(over_the_line(speech, piper().rate_hz), language="en")
    assert phone(turn.text) == "0612345678", turn.text


@pytest.mark.models
@pytest.mark.parametrize(("language", "voice"), [("es", "ef_dora"), ("pt", "pf_dora"), ("de", "")])
def test_the_offer_is_understood_in_its_language(language: str, voice: str) -> None:
    """German has no voice of its own: the French one says it, and is understood."""
    own = kokoro()
    assert isinstance(own, KokoroSynthesizer)
    spoken = caller(voice, language) if voice else own.speaking(language)
    offer = Languages.load()[language].sentences["offer"]
    speech = to_float(spoken.synthesize(offer, speed=0.95))
    turn = engine().transcribe(over_the_line(speech, 24_000), language=language)
    assert compare(offer, turn.text).rate <= 35, turn.text


@pytest.mark.models
def test_kokoro_is_given_only_languages_that_were_listened_to() -> None:
    own = kokoro()
    assert isinstance(own, KokoroSynthesizer)
    with pytest.raises(ValueError, match="not 'uk'"):
        own.speaking("uk")
    with pytest.raises(ValueError, match="no voice of its own for 'de'"):
        voice_file(STORE.path(KOKORO), "de")


# --- a reply in two languages


class Voice:
    """Says every clause as its own length, and remembers it."""

    name, rate_hz, fingerprint = "fake", 8000, "1"

    def __init__(self, language: str) -> None:
        self.language = self.voice = language
        self.said: list[str] = []

    def synthesize(self, text: str, *, speed: float = 1.0) -> np.ndarray:
        self.said.append(text)
        return np.ones(800, np.int16)

    def close(self) -> None:
        """Nothing to give back."""


def test_each_part_of_a_reply_is_said_by_the_voice_of_its_language(tmp_path: Path) -> None:
    french, english = Voice("fr"), Voice("en")
    speaker = Speaker({"fr": french, "en": english}, SpeechCache(tmp_path))
    clauses = [Clause("To speak to a person, press 0.", "en"), Clause("Tapez zéro.", "fr")]

    async def spoken() -> list[str]:
        return [one.text async for one in speaker.stream(clauses, lang="en")]

    said = asyncio.run(spoken())
    speaker.close()
    assert said == ["To speak to a person, press 0.", "Tapez zéro."]
    assert (english.said, french.said) == ([said[0]], [said[1]])
    assert [clause.language for clause in clauses] == ["en", "fr"]


def test_english_clauses_hold_no_digits_of_a_number(tmp_path: Path) -> None:
    speaker = Speaker({"en": Voice("en")}, SpeechCache(tmp_path))
    clauses = speaker.clauses("The number is 02 61 91 40 10. It is free.", "en")
    speaker.close()
    assert not any(c.isdigit() for clause in clauses for c in clause)
