"""What is written instead of said: every phrase, transfers, emergencies, choices."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

import pytest

from dialog.continuing import WritingPage
from dialog.desk import Decision, Desk
from dialog.reply import Action, Reply
from dialog.resumption import HIDDEN, draw_code, without_code
from dialog.search import Index
from dialog.sheets import Sheet
from dialog.state import State
from dialog.town import Town
from dialog.written import Choice, Instead
from tests.dialog.conftest import EVENING, OPEN

#: what only an ear, a mouth or a keypad can do
VOICE = re.compile(
    r"\btap(ez|er)\b|\btouches?\b|étoile|dièse|[Nn]e quittez pas|\b(vous|t') ?entend(s|u|re|ez)?\b"
    r"|\b[Dd]i(te)?s «|raccroch|votre appel|\bécoute\b|\b[Jj]e répète|clavier|redire|épeler|\bvocal"
    r"|lentement|\bpress \d|\b[Ss]ay “|\bhear\b|hang up|[Hh]old\b|I repeat",
)
#: never said in writing: a greeting of its own, no silence, no cap, a transfer becomes a number
BY_VOICE = re.compile(
    r"greeting|relay|silence|cap_|task_nobody|resume_|written_|keypad_topic"
    r"|(^|_)transfer($|_failures)|(breakdown|emergency|refused|child|person|elected)_transfer"
    r"|person_unknown|foreign_hold|report_done_duty|desk_"  # the last ones are said to a desk
)


def phrases() -> list[tuple[str, str]]:
    text = files("dialog").joinpath("data/phrases.toml").read_text(encoding="utf-8")
    found = []
    for language, table in tomllib.loads(text).items():
        for name, value in table.items():
            for one in [value] if isinstance(value, str) else value:
                found.append((f"{language}.{name}", one))
    return found


@pytest.fixture(scope="module")
def instead() -> Instead:
    return Instead.load()


def test_no_phrase_asks_a_reader_to_speak_listen_or_press(instead: Instead) -> None:
    """A new phrase that only works by ear needs its line in dialog/data/written.toml."""
    spoken = {
        name: instead.write(text)
        for name, text in phrases()
        if not BY_VOICE.search(name.partition(".")[2]) and VOICE.search(instead.write(text))
    }
    assert spoken == {}


@pytest.mark.parametrize(("name", "text"), phrases())
def test_what_is_written_stays_as_it_is(instead: Instead, name: str, text: str) -> None:
    assert instead.write(instead.write(text)) == instead.write(text)


def test_every_rule_still_meets_something_that_is_said(instead: Instead) -> None:
    """A rule whose sentence was reworded would pass in silence."""
    emergencies = files("dialog").joinpath("data/emergencies.toml").read_text(encoding="utf-8")
    said = [text for _, text in phrases()]
    said += [kind["say"] for kind in tomllib.loads(emergencies)["kind"]]
    said += ["Le menu. Je répète : le menu.", "Une personne : tapez 0."]
    unmet = []
    for spoken, written in instead._rules:
        before = Instead([])
        before._rules = instead._rules[: instead._rules.index((spoken, written))]
        if not any(spoken.search(before.write(text)) for text in said):
            unmet.append(spoken.pattern)
    assert unmet == []


@pytest.fixture(scope="module")
def desk(town: Town, sheets: list[Sheet], index: Index) -> Desk:
    return Desk(town, sheets, index, clock=lambda: OPEN, writing=WritingPage())


def hear(desk: Desk, state: State, text: str, at: object = OPEN) -> Decision:
    assert at in (OPEN, EVENING)
    decision = desk.hear(state, text, at=at)  # type: ignore[arg-type]
    adapted = desk.written.adapt(decision, at)  # type: ignore[arg-type]
    assert desk.written.adapt(adapted, at) == adapted  # type: ignore[arg-type]
    assert State.from_dict(adapted.state.to_dict()) == adapted.state
    return adapted


def test_a_transfer_leaves_no_trace_of_one(desk: Desk) -> None:
    state = desk.written.greeting().state
    decision = hear(desk, state, "passez-moi l'état civil")
    assert decision.reply.transfer_to is None
    assert "02 61 91 50 10" in decision.reply.say
    assert decision.state.awaiting == "message"
    assert decision.state.service == "etat-civil"


def test_somebody_on_duty_after_an_emergency(desk: Desk) -> None:
    state = hear(desk, desk.written.greeting().state, "au feu, ma cuisine brûle").state
    decision = hear(desk, state, "oui")
    assert decision.reply.transfer_to is None
    assert "02 61 91 50 90" in decision.reply.say
    assert "114" in decision.reply.say
    assert decision.reply.say.count("112") == 1


def test_the_deaf_access_is_told_with_the_number(
    town: Town, sheets: list[Sheet], index: Index
) -> None:
    access = "Le relais est sur valmont.example."
    listening = town.model_copy(update={"deaf_access": access})
    desk = Desk(listening, sheets, index, clock=lambda: OPEN)
    said = hear(desk, desk.written.greeting().state, "un agent").reply.say
    assert access in said


@pytest.mark.parametrize("text", ["Hello, I need to speak to somebody please", "I have a question"])
def test_english_is_not_told_to_hold_the_line(desk: Desk, text: str) -> None:
    decision = hear(desk, desk.written.greeting().state, text)
    assert not VOICE.search(decision.reply.say)


@pytest.mark.parametrize(
    ("state", "choices"),
    [
        (State(awaiting="more"), ("Oui", "Non")),
        (State(awaiting="message", language="en"), ("Yes", "No")),
        (State(awaiting="other"), ("Non merci",)),
        (State(awaiting="choice", choices=("marche", "passeport")), ("1", "2")),
        (State(awaiting="menu", choices=("@etat-civil", "marche")), ("1", "2", "0")),
        (State(awaiting="foreign", foreign="es"), ("0", "1")),
        (State(), ()),
    ],
)
def test_what_can_be_chosen(desk: Desk, state: State, choices: tuple[str, ...]) -> None:
    assert tuple(one.text for one in desk.written.choices(state)) == choices


def test_a_choice_is_called_by_its_name(desk: Desk) -> None:
    state = State(awaiting="menu", choices=("@etat-civil", "marche"))
    first, second, person = desk.written.choices(state)
    assert first == Choice("1. le service état civil", "1")
    assert second.label.startswith("2. ")
    assert person == Choice("0. Une personne ou un message", "0")


# -- the code ---------------------------------------------------------------------------------


def test_a_code_has_six_digits() -> None:
    codes = {draw_code() for _ in range(200)}
    assert len(codes) > 150
    assert all(re.fullmatch(r"[1-9]\d{5}", code) for code in codes)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Référence 482 913, code 751 204. Il marche.", f"Référence 482 913, code {HIDDEN}"),
        ("code sept cinq un, deux zéro quatre. Il marche.", f"code {HIDDEN}"),
        ("Référence quatre huit deux, code sept", f"Référence quatre huit deux, code {HIDDEN}"),
        ("Le code de la route s'apprend.", "Le code de la route s'apprend."),
        ("Bonjour.", "Bonjour."),
    ],
)
def test_a_code_is_left_out_of_what_is_kept(text: str, written: str) -> None:
    assert without_code(text, "751204") == written


@pytest.mark.parametrize(
    "text",
    [
        "je dois faire la demande par écrit ?",
        "où écrire au maire ?",
        "je voudrais écrire au maire",
        "est-ce qu'il faut un écrit pour le permis",
        "mon fils est malentendant, quelle aide ?",
        "je n'entends pas bien",
        "je suis sourd, comment vous joindre ?",
    ],
)
def test_a_question_about_writing_is_no_wish_to_write(desk: Desk, text: str) -> None:
    assert desk.hear(State(), text, at=OPEN).resume is None


def test_writing_in_the_middle_of_a_form_leaves_the_form(desk: Desk) -> None:
    state = desk.hear(State(), "je voudrais laisser un message", at=OPEN).state
    decision = desk.hear(state, "je préfère continuer par écrit", at=OPEN)
    assert decision.resume is not None
    assert decision.state.task == state.task


def test_an_emergency_comes_before_a_code(desk: Desk) -> None:
    decision = desk.hear(State(), "au feu, et je préfère continuer par écrit", at=OPEN)
    assert decision.resume is None
    assert decision.reply.action is Action.EMERGENCY


def test_a_refused_transcription_leaves_nothing_to_go_on_with(desk: Desk) -> None:
    decision = desk.hear(State(refused="transcription"), "continuer par écrit", at=OPEN)
    assert decision.resume is None
    assert "Vous pouvez écrire" in decision.reply.say


def test_nothing_is_offered_where_nobody_can_write(
    town: Town, sheets: list[Sheet], index: Index
) -> None:
    desk = Desk(town, sheets, index, clock=lambda: OPEN)
    assert desk.hear(State(), "continuer par écrit", at=OPEN).resume is None


def test_a_plain_reply_is_left_alone(desk: Desk) -> None:
    decision = Decision(Reply(Action.ANSWER, "Le marché a lieu le samedi."), State())
    assert desk.written.adapt(decision, OPEN) == decision
