"""What whoever takes the call reads in one line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialog.desk import Desk
from dialog.privacy import Terms
from dialog.search import Index
from dialog.sheets import Sheet
from dialog.state import State
from dialog.summary import LONGEST, summary
from dialog.tasks.task_state import TaskState
from dialog.town import Town
from records import mask_numbers
from tests.tasks.conftest import OPEN, Caller

TITLES = {"carte-identite": "Carte d'identité", "long": "Mot " * 60}


def message(**values: str) -> TaskState:
    return TaskState("message", values=values)


@pytest.mark.parametrize(
    ("state", "line"),
    [
        (State(), "Demande une personne, sans autre précision."),
        (
            State(
                sheet="carte-identite",
                task=message(name="madame Dupont", subject="carte d'identité perdue"),
            ),
            "Mme Dupont, carte d'identité perdue, a entendu la fiche « Carte d'identité », "
            "message non laissé.",
        ),
        (State(history=("et pour mon fils ?",)), "Et pour mon fils."),
        (
            State(task=TaskState("report", values={"description": "un trou rue des Lilas."})),
            "Un trou rue des Lilas, signalement non terminé.",
        ),
        (
            State(task=TaskState("appointment", values={"name": "Jean Martin"})),
            "Jean Martin, demande de rendez-vous non terminée.",
        ),
        (State(ticket="482913", sheet="absent"), "Référence 482 913."),
        (State(emergency=True, history=("une inondation",)), "Urgence, une inondation."),
        (State(child=True), "Enfant."),
        (
            State(refused="transcription", history=("un secret",)),
            "Refuse l'assistant automatique.",
        ),
        (State(refused="recording", history=("mon loyer",)), "Mon loyer."),
    ],
)
def test_the_line_of_a_state(state: State, line: str) -> None:
    assert summary(state, TITLES) == line


@given(
    name=st.text(max_size=200),
    subject=st.text(max_size=700),
    sheet=st.sampled_from(["", "carte-identite", "long"]),
    emergency=st.booleans(),
)
def test_any_state_fits_in_one_line(name: str, subject: str, sheet: str, emergency: bool) -> None:
    task = message(name=name, subject=subject)
    line = summary(State(sheet=sheet, task=task, emergency=emergency), TITLES)
    assert 0 < len(line) <= LONGEST
    assert "\n" not in line


@pytest.fixture(scope="module")
def desk(town: Town, sheets: list[Sheet], index: Index) -> Desk:
    return Desk(town, sheets, index, clock=lambda: OPEN, terms=Terms(mask=mask_numbers))


def test_every_way_to_a_person_carries_it(desk: Desk) -> None:
    spoken, keyed, lost, silent = (Caller(desk) for _ in range(4))
    for caller in (spoken, keyed, silent):
        caller.says("combien coûte un passeport ?")
    lost.says("blublu gnagna tagada", "zoubi zouba")
    replies = [
        spoken.says("je voudrais parler à un agent"),
        keyed.presses("0"),
        desk.silence(silent.state, 3, at=OPEN).reply,
        desk.breakdown(spoken.state, at=OPEN).reply,
    ]
    for reply in replies:
        assert reply.transfer_to == "accueil"
        assert reply.summary.startswith("Combien coûte un passeport, a entendu la fiche « ")
    assert desk.hear(State(), "bonjour", at=OPEN).reply.summary == ""


def test_a_form_under_way_is_told_without_what_must_not_be_kept(desk: Desk) -> None:
    caller = Caller(desk)
    caller.says("je voudrais laisser un message", "madame Dupont")
    caller.says("un remboursement sur ma carte 4111 1111 1111 1111")
    reply = caller.presses("0") if caller.state.task is None else caller.says("agent")
    assert reply.summary == (
        "Mme Dupont, un remboursement sur ma carte numéro masqué, message non laissé."
    )
