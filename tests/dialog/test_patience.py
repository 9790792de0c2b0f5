"""How long the assistant waits, by what it waits for (requirements P06, P08)."""

from __future__ import annotations

import pytest

from dialog.manners import SLOW
from dialog.patience import NUMBERS, Patience, patience
from dialog.state import USUAL_SPEED, State
from dialog.tasks.task_state import CONFIRM, CORRECT, TaskState
from tests.dialog.conftest import Caller


def asking(slot: str, **task: object) -> State:
    return State(task=TaskState("message", asking=slot, **task))


@pytest.mark.parametrize(
    ("state", "seconds"),
    [
        (State(), 0.9),
        (State(awaiting="more"), 0.9),
        (asking("subject"), 0.9),
        (asking("when"), 0.9),
        (asking(CONFIRM), 0.9),
        (asking("name"), 1.6),
        (asking("place"), 1.6),
        (asking("landmark"), 1.6),
        (asking(CORRECT), 1.6),
        (asking("phone"), 2.5),
        (asking("phone", proposed={"phone": "0612345678"}), 0.9),
    ],
)
def test_the_silence_that_ends_a_turn(state: State, seconds: float) -> None:
    assert patience(state).end_silence_s == pytest.approx(seconds)


def test_a_number_offered_is_mostly_answered_by_yes() -> None:
    offered = State(caller="0612345642", task=TaskState("message", asking="phone"))
    assert patience(offered).end_silence_s == pytest.approx(1.6)
    refused = State(
        caller="0612345642", task=TaskState("message", asking="phone", skipped=("caller",))
    )
    assert patience(refused).end_silence_s == pytest.approx(2.5)


def test_slow_mode_is_half_as_long_again() -> None:
    usual, slow = (
        patience(asking("name")),
        patience(State(speed=SLOW, task=TaskState("message", asking="name"))),
    )
    assert slow.end_silence_s == pytest.approx(1.5 * usual.end_silence_s)
    assert slow.silence_s == pytest.approx(tuple(1.5 * s for s in usual.silence_s))
    assert slow.keys_s == pytest.approx(1.5 * usual.keys_s)
    assert slow.filler_s == usual.filler_s, "we are not slower at searching"
    assert slow.longest_call_s == usual.longest_call_s


def test_seven_seconds_then_ten() -> None:
    limits = patience(State())
    assert [limits.silence(nth) for nth in range(4)] == [7.0, 10.0, 10.0, 10.0]


def test_who_asks_to_wait_is_waited_for() -> None:
    assert patience(State(paused=True)).silence(0) >= 30
    assert patience(State(paused=True, awaiting="person")).silence(0) == 7.0, "an emergency"


def test_a_town_s_own_limits_stay() -> None:
    base = Patience(end_silence_s=3.0, longest_call_s=0)
    assert patience(asking("name"), base).end_silence_s == 3.0
    assert patience(State(), base).longest_call_s == 0


def test_every_keyed_slot_has_the_patience_of_a_number(desk) -> None:
    forms = desk._parts.tasks._forms.by_kind.values()
    keyed = {slot.name for form in forms for slot in form.slots if slot.keyed}
    assert keyed
    assert keyed <= NUMBERS


def test_slower_by_word_or_key_holds_for_the_whole_call(caller: Caller) -> None:
    assert caller.state.speed == USUAL_SPEED == 0.95
    caller.presses("7")
    assert (caller.state.speed, caller.state.slow) == (0.80, True)
    caller.says("combien coûte un passeport ?")
    assert patience(caller.state).end_silence_s == pytest.approx(1.35)
    caller.says("encore moins vite")
    assert caller.state.speed == 0.70


def test_wait_keeps_what_was_asked(caller: Caller) -> None:
    caller.state = State(awaiting="choice", choices=("passeport", "mariage"), question="papiers")
    assert "Prenez votre temps" in caller.says("Attendez une seconde.").say
    assert (caller.state.awaiting, caller.state.paused) == ("choice", True)
    caller.says("le premier")
    assert not caller.state.paused
