"""Which reading is meant: what is awaited wins when it is near, and never otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from voice.second_look import Look, Margins, Reading, look_again

SURE, UNSURE = 0.9, 0.4
HINTS = "Oui. Non. Que faire en cas d'incendie."


@dataclass
class YesNo:
    """Awaits "oui" or "non"; an agent goes before."""

    asked: list[tuple[str, ...]] = field(default_factory=list)

    sure: float = SURE

    def settles(self, text: str) -> bool:
        return self.answers(text) or text == "Un agent."

    def answers(self, text: str) -> bool:
        return text.split(",")[0].strip(" .").lower() in ("oui", "non")

    def hints(self, readings: Sequence[str]) -> str:
        self.asked.append(tuple(readings))
        return HINTS


@dataclass
class Sound:
    """What the decoder makes of one sound."""

    again: tuple[str, ...] = ()  #: readings with hints
    scores: dict[str, float] = field(default_factory=dict)
    decoded: int = 0
    scored: list[str] = field(default_factory=list)

    def decode(self, hints: str) -> list[Reading]:
        assert hints == HINTS
        self.decoded += 1
        return [Reading(text, -0.3) for text in self.again]

    def score(self, text: str) -> float:
        self.scored.append(text)
        return self.scores[text]


def look(
    first: Sequence[str], sound: Sound, expected: YesNo | None = None, *, sure: float = UNSURE
) -> Look:
    readings = [Reading(text, -0.8) for text in first]
    return look_again(
        readings, expected or YesNo(), sure, sound.decode, sound.score, Margins(nats=4.0)
    )


@pytest.mark.parametrize("text", ["Oui.", "Non.", "Un agent."])
def test_what_is_understood_is_looked_at_once(text: str) -> None:
    sound = Sound()
    assert look([text, "Houi."], sound) == Look(text, ("Houi.",))
    assert (sound.decoded, sound.scored) == (0, [])


def test_a_sure_reading_is_not_decoded_again() -> None:
    sound = Sound(again=("Oui.",))
    assert look(["Combien coûte la piscine ?"], sound, sure=0.95).text.startswith("Combien")
    assert sound.decoded == 0


def test_a_sure_reading_may_yield_to_a_hypothesis_beside_it() -> None:
    sound = Sound(scores={"Houi.": -1.0, "Oui.": -1.4})
    assert look(["Houi.", "Oui."], sound, sure=0.95).text == "Oui."


def test_another_hypothesis_that_answers_costs_no_second_decoding() -> None:
    sound = Sound(scores={"Où est ce bon ?": -4.0, "Oui, c'est bon.": -5.0})
    found = look(["Où est ce bon ?", "Oui, c'est bon."], sound)
    assert found == Look("Oui, c'est bon.", ("Où est ce bon ?",), "+other")
    assert sound.decoded == 0


def test_a_second_decoding_finds_the_answer_and_the_first_words_are_kept_beside_it() -> None:
    expected = YesNo()
    sound = Sound(again=("Oui.", "Ouais."), scores={"Rête !": -4.6, "Oui.": -5.1})
    found = look(["Rête !", "Wait !"], sound, expected)
    assert found == Look("Oui.", ("Rête !", "Wait !", "Ouais."), "+awaited")
    assert expected.asked == [("Rête !", "Wait !")]


def test_an_answer_that_is_not_in_the_sound_is_none() -> None:
    sound = Sound(again=("Oui.",), scores={"Rats.": -1.0, "Oui.": -5.01})
    found = look(["Rats."], sound)
    assert found.text == "Rats."
    assert "Oui." in found.others  # the search may still look for its words


@pytest.mark.parametrize(
    "said", ["Il y a une voiture devant chez moi", "Je voudrais parler du permis de construire"]
)
def test_a_long_sentence_is_no_yes_however_it_is_scored(said: str) -> None:
    sound = Sound(again=("Oui.",), scores={said: -30.0, "Oui.": -5.0})
    assert look([said], sound).text == said
    assert sound.scored == []


def test_a_short_sound_is_no_long_answer() -> None:
    long = "Oui, c'est bien ça, tout à fait."
    sound = Sound(again=(long,), scores={"Hm.": -3.0, long: -1.0})
    assert look(["Hm."], sound).text == "Hm."


def test_a_loop_is_no_answer() -> None:
    loop = "Oui. " * 12
    sound = Sound(again=(loop,), scores={"Hm hm.": -3.0, loop: -1.0})
    found = look(["Hm hm."], sound)
    assert found.text == "Hm hm."
    assert loop not in found.others


def test_the_hints_written_down_are_nobodys_words() -> None:
    found = look(["Hm hm."], Sound(again=("Que faire en cas d'incendie.", "Que faire ?")))
    assert found == Look("Hm hm.", ("Que faire ?",), "+again")


def test_the_likeliest_answer_alone_is_scored() -> None:
    sound = Sound(again=("Oui.", "Non."), scores={"Rat.": -1.0, "Oui.": -9.0, "Non.": -2.0})
    assert look(["Rat."], sound).text == "Rat."
    assert sound.scored == ["Rat.", "Oui."]
