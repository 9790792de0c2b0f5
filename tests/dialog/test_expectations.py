"""What is awaited in each state, and which readings answer it; what goes before any answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from dialog.desk import Desk
from dialog.expectations import CORRECTION, NAME, NUMBER, YES_NO, Expected
from dialog.state import State
from dialog.tasks.task_state import CONFIRM, TaskState
from tests.voice.test_whisper_engine import called, engine

AT = datetime(2026, 11, 24, 10, 30)
OTHER_THINGS = (
    "Combien coûte la piscine ?",
    "C'est pour un passeport.",
    "Un agent, s'il vous plaît.",
    "Il y a le feu dans la cuisine !",
    "Répétez, s'il vous plaît.",
    "Lui ça !",
    "",
)


def expected(desk: Desk, state: State) -> Expected:
    found = desk.expects(state, AT)
    assert found is not None
    return found


def form(asking: str, **more: object) -> State:
    return State(task=replace(TaskState("message", asking=asking), **more))  # type: ignore[arg-type]


@pytest.mark.parametrize("awaiting", ["more", "person", "message", "sending", "other"])
@pytest.mark.parametrize("text", ["Oui.", "Oui, c'est ça.", "Non merci.", "D'accord."])
def test_a_question_awaits_yes_or_no(desk: Desk, awaiting: str, text: str) -> None:
    found = expected(desk, State(awaiting=awaiting))
    assert found.answers(text)
    assert found.settles(text)
    assert found.hints(["Rête !"]).startswith(YES_NO)


@pytest.mark.parametrize("text", OTHER_THINGS)
@pytest.mark.parametrize("asking", [CONFIRM, "phone", "when", "name"])
def test_other_things_answer_nothing(desk: Desk, asking: str, text: str) -> None:
    assert not expected(desk, form(asking)).answers(text)


@pytest.mark.parametrize(
    "text",
    ["Un agent, s'il vous plaît.", "Il y a le feu dans la cuisine !", "Répétez, s'il vous plaît."],
)
@pytest.mark.parametrize(
    "state", [form(CONFIRM), form("phone"), form("when"), form("name"), State(awaiting="message")]
)
def test_a_person_and_an_emergency_go_before_any_answer(
    desk: Desk, state: State, text: str
) -> None:
    assert expected(desk, state).settles(text)


def test_a_number_is_awaited_whole(desk: Desk) -> None:
    found = expected(desk, form("phone"))
    assert found.answers("C'est le 06 12 34 56 78.")
    assert found.answers("Oui, c'est bon.")  # the calling number
    assert not found.answers("06 12 34")
    assert not found.answers("0 2 71 82 82 82 82 42 42 42 42 42 42 42 42")
    assert found.hints(["Véro de 71"]) == NUMBER


def test_the_rest_of_a_number_completes_it(desk: Desk) -> None:
    found = expected(desk, form("phone", values={"phone_part": "061234"}))
    assert found.answers("56 78")


def test_a_number_read_back_awaits_yes_or_the_right_digits(desk: Desk) -> None:
    found = expected(desk, form("phone", proposed={"phone": "0612345670"}))
    assert found.answers("Oui, c'est ça.")
    assert found.answers("Non, 78.")
    assert found.answers("Non, c'est le 02 98 45 71 33.")
    assert not found.answers("Non, soisant, disette.")
    assert not found.settles("Non, soixante, 18.")
    assert found.answers("Non soixante 18.")
    assert found.hints(["Non, soisant"]) == CORRECTION


@pytest.mark.parametrize("text", ["Demain.", "Jeudi après-midi si possible.", "Après 17 heures."])
def test_a_moment_is_awaited(desk: Desk, text: str) -> None:
    assert expected(desk, form("when")).answers(text)
    assert expected(desk, State(awaiting="appointment")).answers(text)


@pytest.mark.parametrize("text", ["Sophie Lambert.", "Madame Leroy", "C'est Karim Haddad."])
def test_a_name_is_awaited(desk: Desk, text: str) -> None:
    assert expected(desk, form("name")).answers(text)


@pytest.mark.parametrize("text", ["Madame Lefèvre.", "Karim Benali.", "Ce fil en bère."])
def test_the_names_that_lead_the_second_look_are_no_answer(desk: Desk, text: str) -> None:
    found = expected(desk, form("name"))
    assert text.split()[-1].rstrip(".") in NAME or not found.settles(text)
    assert not found.answers(text)


def test_where_anything_may_be_asked_an_office_or_a_wish_answers(desk: Desk) -> None:
    found = expected(desk, State())
    assert found.answers("Passez-moi l'état civil.")
    assert found.answers("Je voudrais laisser un message.")
    assert not found.answers("C'est combien, un passeport ?")
    hints = found.hints(["C'est courbier en passeport ?"])
    assert "Passez-moi l'état civil." in hints
    assert "Passeport pour un adulte." in hints  # the title of what was thought of


@pytest.mark.parametrize("text", ["Oui c'est bon.", "C'est ça même.", "Voilà, c'est bien ça."])
def test_a_form_takes_a_longer_yes(desk: Desk, text: str) -> None:
    assert expected(desk, form(CONFIRM)).answers(text)


@pytest.mark.parametrize("text", ["Oui, mais le nom est faux.", "C'est ça qui ne va pas.", "Où ?"])
def test_a_yes_that_takes_something_back_is_none(desk: Desk, text: str) -> None:
    assert not expected(desk, form(CONFIRM)).answers(text)


def test_dictation_awaits_nothing(desk: Desk) -> None:
    assert desk.expects(form("subject"), AT) is None


def test_another_language_and_writing_await_nothing(desk: Desk) -> None:
    assert desk.expects(State(language="en", awaiting="more"), AT) is None
    assert desk.expects(State(foreign="es"), AT) is None
    assert desk.expects(State(written=True), AT) is None


@pytest.mark.models
def test_an_agent_is_heard_when_a_call_begins(desk: Desk) -> None:
    """On a processor without VNNI the first look reads "un éjon"."""
    heard = engine().transcribe(called("Un agent.", gain=0.2), expected=expected(desk, State()))
    assert "agent" in heard.text
