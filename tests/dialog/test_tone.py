"""How the assistant sounds: neutral, never nagging, never twice the same, a crisis said first."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from dialog.decision import Decision, say
from dialog.desk import Desk
from dialog.election import with_quiet_days
from dialog.phrases import Phrases
from dialog.reply import Action, Reply
from dialog.search import Index
from dialog.sheets import Sheet, parse_sheet
from dialog.state import State
from dialog.tone import REMEMBERED, Tone
from dialog.town import CRISIS_WORDS, Crisis, Town
from tests.dialog.conftest import OPEN, Caller

ASK = "Avez-vous une autre question ?"
DATA = Path(__file__).parents[2] / "dialog" / "data" / "phrases.toml"


@pytest.fixture(scope="module")
def tone() -> Tone:
    return Tone(Phrases.load())


def replies(tone: Tone, *texts: str, action: Action = Action.CHITCHAT) -> list[str]:
    """What is said when the desk decides these one after the other."""
    state, said = State(), []
    for text in texts:
        decision = tone.finish(state, say(state, action, text))
        assert decision.state.reply == decision.reply.say
        assert len(decision.state.said) <= REMEMBERED
        state = State.from_dict(decision.state.to_dict())
        assert state == decision.state
        said.append(decision.reply.say)
    return said


# -- variety -------------------------------------------------------------------------------


def test_what_is_acknowledged_is_acknowledged_in_other_words_each_time(tone: Tone) -> None:
    said = replies(tone, "C'est noté : a.", "C'est noté : b.", "C'est noté, c.", "C'est noté. d")
    assert said == ["C'est noté : a.", "Entendu : b.", "C'est bien noté, c.", "C'est noté. d"]


def test_only_a_whole_lead_at_the_start_is_changed(tone: Tone) -> None:
    same = "C'est noté aujourd'hui à 10h30 pour le service voirie."
    quoted = "J'ai noté : « C'est noté. D'accord. »."
    assert replies(tone, "C'est noté.", same, quoted, same)[1:] == [same, quoted, same]


def test_the_same_turn_decides_the_same_words(tone: Tone) -> None:
    state = State(said=("C'est noté",))
    decision = say(state, Action.CHITCHAT, "C'est noté. À quel nom ?")
    first = tone.finish(state, decision)
    assert all(tone.finish(state, decision) == first for _ in range(20))
    assert first.reply.say == "Entendu. À quel nom ?"


def test_the_closing_question_never_comes_twice_running_and_varies_later(tone: Tone) -> None:
    said = replies(
        tone,
        f"Je vous en prie. {ASK}",
        f"Très bien. {ASK}",
        "La piscine ouvre à 10h.",
        f"Je vous en prie. {ASK}",
        "La piscine ferme à 18h.",
        f"D'accord, j'annule, rien n'est gardé. {ASK}",
        f"Je vous ai dit tout ce que j'ai sur ce point. {ASK}",
    )
    assert said == [
        f"Je vous en prie. {ASK}",
        "Très bien. Je vous écoute.",
        "La piscine ouvre à 10h.",
        "Avec plaisir. Avez-vous besoin d'autre chose ?",
        "La piscine ferme à 18h.",
        "D'accord, j'annule, rien n'est gardé. Autre chose ?",
        "Je vous ai dit tout ce que j'ai sur ce point.",
    ]


def test_the_words_of_a_sheet_a_repetition_and_an_emergency_stay(tone: Tone) -> None:
    before = State(said=("D'accord", "Très bien", "C'est noté"), reply=f"Bien. {ASK}")
    text = f"D'accord. {ASK}"
    for action in (Action.REPEAT, Action.SLOWER, Action.EMERGENCY, Action.GOODBYE):
        decision = tone.finish(before, say(before, action, text))
        assert decision.reply.say == text
        assert decision.state.said == before.said
    told = Reply(Action.ANSWER, "D'accord. C'est gratuit.", sentences=("D'accord.",))
    kept = tone.finish(before, Decision(told, replace(before, reply=told.say)))
    assert kept.reply.say == told.say


def test_every_variant_is_rendered_in_advance() -> None:
    phrases = Phrases.load()
    fixed = phrases.fixed()
    assert len(fixed) == len(set(fixed))
    for text in (
        "Je vous en prie. Avez-vous une autre question ?",
        "Avec plaisir. Avez-vous une autre question ?",
        "Je vous en prie. Autre chose ?",
        "Entendu.",
        "C'est bien noté.",
        "Je vous écoute.",
    ):
        assert text in fixed, text
    # whatever the tone says of a fixed phrase, its sentences are among the fixed ones
    rendered = {part for text in fixed for part in re.split(r"(?<=[.?!]) ", text)}
    tone, state = Tone(phrases), State()
    for text in phrases.fixed() * 2:
        decision = tone.finish(state, say(state, Action.CHITCHAT, text))
        state = decision.state
        missing = set(re.split(r"(?<=[.?!]) ", decision.reply.say)) - rendered
        assert not missing


# -- a call --------------------------------------------------------------------------------


def test_a_grateful_caller_is_not_nagged(caller: Caller) -> None:
    said = [caller.says(text).say for text in ("Merci !", "D'accord.", "Merci beaucoup.")]
    assert said == [f"Je vous en prie. {ASK}", "Très bien. Je vous écoute.", said[2]]
    assert said[2].startswith("Avec plaisir. ")
    assert caller.says("Non merci.").ends_call


def test_hearing_twice_decides_the_same_words(desk: Desk) -> None:
    state = desk.hear(State(), "Merci !", at=OPEN).state
    first, again = (desk.hear(state, "Merci !", at=OPEN) for _ in range(2))
    assert (first.reply.say, first.state) == (again.reply.say, again.state)


@pytest.mark.parametrize(
    "text",
    [
        "Que pensez-vous du maire ?",
        "Qu'est-ce que vous pensez de monsieur le maire ?",
        "Vous pensez quoi de l'opposition ?",
        "Pour qui voter ?",
        "Pour qui je dois voter dimanche ?",
        "Vous votez pour qui ?",
        "Votre avis sur le maire ?",
        "Vous êtes de gauche ou de droite ?",
        "Le maire est-il honnête ?",
        "C'est qui le meilleur candidat ?",
        "Qui va gagner les élections ?",
        "Tu penses quoi du gouvernement ?",
    ],
)
def test_an_opinion_is_never_given(caller: Caller, text: str) -> None:
    reply = caller.says(text)
    assert reply.action == Action.CHITCHAT
    assert "je n'ai pas d'avis sur les élus ni sur la politique" in reply.say
    assert reply.fixed
    assert len(reply.say.split()) <= 55


@pytest.mark.parametrize(
    "text",
    [
        "Où est-ce que je vote ?",
        "Comment voter par procuration ?",
        "Pour voter il faut quels papiers ?",
        "Je voudrais voir le maire.",
        "Quand ont lieu les élections municipales ?",
        "Le bureau de vote est à gauche ou à droite de la mairie ?",
        "Qui est le maire ?",
        "Le conseil municipal, c'est quand ?",
    ],
)
def test_how_to_vote_is_no_opinion(caller: Caller, text: str) -> None:
    assert "pas d'avis" not in caller.says(text).say


DEAD = re.compile(
    r"(?i)n'hésitez pas|je vous invite à|nous vous remercions de votre (?:patience|confiance)"
    r"|votre appel est important|veuillez (?:patienter|noter)|excellente|super !|génial|ravi"
    r"|avec joie|à votre entière disposition|dans les meilleurs délais|toute l'équipe|!"
)


def test_no_dead_phrase_no_false_cheer_and_nothing_too_long() -> None:
    table = tomllib.loads(DATA.read_text(encoding="utf-8"))
    for name, text in table["fr"].items():
        assert not DEAD.search(text), (name, text)
        assert len(re.sub(r"\{\w+\}", "", text).split()) <= 55, name


# -- crisis --------------------------------------------------------------------------------

HEAT = "Canicule : buvez souvent, restez au frais. La salle du Lavoir, climatisée, est ouverte."


def test_a_crisis_is_said_first_until_its_last_day(
    town: Town, sheets: list[Sheet], index: Index
) -> None:
    crisis = Crisis(text=HEAT, until=date(2026, 11, 24))
    desk = Desk(town.model_copy(update={"crisis": crisis}), sheets, index, clock=lambda: OPEN)
    # 1. after the two sentences that the law wants first, before all others
    said = desk.greeting("mairie", at=OPEN).reply.say
    before, _, after = said.partition(HEAT)
    assert before.endswith("une intelligence artificielle. ")
    assert before.count(". ") == 2
    assert after.startswith(" Votre appel est transcrit")
    # 2. rendered in advance, like every greeting
    assert said in desk.fixed_sentences()
    # 3. the day after, the greeting is the usual one
    later = desk.greeting("mairie", at=datetime(2026, 11, 25, 10)).reply.say
    usual = Desk(town, sheets, index, clock=lambda: OPEN).greeting("mairie", at=OPEN).reply.say
    assert later == usual
    assert "  " not in usual


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"text": "mot " * (CRISIS_WORDS + 1), "until": "2026-11-24"}, "at most 30"),
        ({"text": HEAT}, "until"),
        ({"text": "", "until": "2026-11-24"}, "text"),
        ({"text": HEAT, "until": "bientôt"}, "until"),
    ],
)
def test_a_crisis_without_end_or_too_long_is_refused(values: dict[str, str], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        Crisis(**values)


# -- elections -----------------------------------------------------------------------------

SHEET = """---
id: bilan
title: Le nouveau gymnase
service: accueil
status: validée
owner: Accueil
source: Mairie
{tags}---
La ville a construit un gymnase.
"""


@pytest.mark.parametrize("tags", ["tags: [réalisation]\n", "tags:\n  - evenement\n"])
def test_an_election_period_keeps_events_and_achievements_silent(town: Town, tags: str) -> None:
    sheet = parse_sheet(SHEET.format(tags=tags), Path("bilan.md"))
    day = date(2026, 11, 24)
    period = {"first": date(2026, 9, 1), "last": date(2027, 3, 31)}
    # 1. nothing set: spoken
    assert with_quiet_days([sheet], town)[0].speakable(day)
    # 2. the switch
    on = town.model_copy(update={"election_period": True})
    assert not with_quiet_days([sheet], on)[0].speakable(day)
    # 3. the days, first and last included
    dated = Town(**(town.model_dump() | {"election_periods": [period]}))
    (quiet,) = with_quiet_days([sheet], dated)
    spoken = {
        day: quiet.speakable(day)
        for day in (date(2026, 8, 31), date(2026, 9, 1), date(2027, 3, 31), date(2027, 4, 1))
    }
    assert list(spoken.values()) == [True, False, False, True]


def test_other_sheets_are_spoken_in_an_election_period(town: Town, sheets: list[Sheet]) -> None:
    on = town.model_copy(update={"election_period": True})
    assert with_quiet_days(sheets, on) == sheets
    plain = parse_sheet(SHEET.format(tags="tags: [sport]\n"), Path("bilan.md"))
    assert with_quiet_days([plain], on)[0].speakable(date(2026, 11, 24))


def test_a_silent_sheet_is_never_found(
    town: Town, sheets: list[Sheet], index: Index, tmp_path: Path
) -> None:
    """The search asks the sheet itself, on the day of the call."""
    silent = [
        replace(sheet, tags=("événement",)) if sheet.id == "marche" else sheet for sheet in sheets
    ]
    on = town.model_copy(update={"election_period": True})
    quiet = with_quiet_days(silent, on)
    desk = Desk(on, quiet, Index.build(quiet, tmp_path), clock=lambda: OPEN)
    reply = desk.hear(State(), "Le marché, c'est quel jour ?", at=OPEN).reply
    assert reply.sheet != "marche"
    assert "marche" not in [candidate.sheet for candidate in reply.candidates]
    assert "mercredi" not in reply.say
