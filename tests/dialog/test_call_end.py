"""Silence, sounds without words, the longest call, and calls that are never ended by us."""

from __future__ import annotations

from dialog.desk import Desk
from dialog.reply import Action
from dialog.state import State
from tests.dialog.conftest import EVENING, OPEN, Caller

NONSENSE = "Une pizza quatre saisons."


# -- failures of all kinds count together ----------------------------------------------------


def test_a_misunderstanding_and_a_silence_are_two_failures(caller: Caller) -> None:
    caller.says(NONSENSE)
    reply = caller.is_silent(1)
    assert reply.transfer_to == "accueil"
    assert "114" not in reply.say, "one empty turn is not two"


def test_the_third_failure_in_the_call_leads_to_a_person(caller: Caller) -> None:
    caller.says(NONSENSE)
    caller.says("combien coûte un passeport ?")
    assert caller.is_silent(1).transfer_to is None
    caller.says("quel jour est le marché ?")
    assert caller.is_silent(1).transfer_to == "accueil"


def test_two_sounds_without_words_may_be_somebody_who_cannot_speak(caller: Caller) -> None:
    assert "114" not in caller.says("").say
    second = caller.says("")
    assert "SMS au 114" in second.say
    assert second.transfer_to == "accueil"
    assert "114" not in caller.is_silent(2).say, "once a call"


def test_silence_keeps_what_was_asked(caller: Caller) -> None:
    caller.state = State(
        awaiting="choice", choices=("passeport", "mariage"), question="?", reply="Un ou deux ?"
    )
    assert caller.is_silent(1).say == "Je vous écoute. Un ou deux ?"
    assert caller.says("deux").sheet == "mariage"


def test_sounds_without_words_in_a_form_lead_out_too(caller: Caller) -> None:
    caller.says("je voudrais laisser un message")
    assert caller.says("").say.endswith("À quel nom ?")
    assert "114" in caller.says("").say
    assert caller.says("").transfer_to == "accueil"


def test_sounds_in_a_form_when_closed_stay_in_the_form(desk: Desk) -> None:
    caller = Caller(desk, EVENING)
    caller.says("je voudrais laisser un message")
    for _ in range(4):
        assert caller.says("").say.endswith(("À quel nom ?", "lettre par lettre ?"))
    assert caller.state.task is not None


# -- the longest call ------------------------------------------------------------------------


def test_the_warning_changes_nothing(caller: Caller, desk: Desk) -> None:
    caller.says("Quels papiers il faut pour un passeport ?")
    decision = desk.cap_near(caller.state, at=OPEN)
    assert "bientôt" in decision.reply.say
    assert decision.state == caller.state
    assert caller.says("oui").action is Action.ANSWER, "la suite is still promised"


def test_the_end_passes_the_caller_on(caller: Caller, desk: Desk) -> None:
    decision = desk.cap_reached(caller.state, at=OPEN)
    assert decision.reply.transfer_to == "accueil"
    refused = desk.transfer_failed(decision.state, at=OPEN)
    assert refused.reply.ends_call
    assert "02 61 91 50 00" in refused.reply.say


def test_the_end_when_closed_is_a_goodbye_with_the_number(desk: Desk) -> None:
    reply = desk.cap_reached(State(), at=EVENING).reply
    assert (reply.action, reply.ends_call) == (Action.GOODBYE, True)
    assert "02 61 91 50 00" in reply.say


def test_a_form_at_the_end_is_kept_and_said_to_be(caller: Caller, desk: Desk) -> None:
    caller.says("je voudrais laisser un message")
    caller.says("Martin")
    near = desk.cap_near(caller.state, at=OPEN)
    assert near.state.task is not None
    assert near.reply.say.endswith("C'est à quel sujet ?")
    end = desk.cap_reached(near.state, at=OPEN)
    (ticket,) = end.tickets
    assert (ticket.complete, ticket.fields["name"]) == (False, "Martin")
    assert end.reply.say.startswith("Ce que vous m'avez dit est gardé.")
    assert end.state.task is None
    assert desk.hang_up(end.state, at=OPEN) is None, "it is written once"


def test_an_end_that_was_not_written_does_not_go_round_in_circles(desk: Desk) -> None:
    first = desk.cap_reached(State(), at=OPEN)
    assert desk.cap_reached(first.state, at=OPEN).reply.ends_call


# -- emergencies are not left ----------------------------------------------------------------


def test_after_an_emergency_nothing_ends_the_call(caller: Caller) -> None:
    caller.says("il y a le feu chez moi")
    assert caller.state.emergency
    caller.says("non")
    for nth in range(1, 8):
        reply = caller.is_silent(nth)
        assert not reply.ends_call
        assert "112" in reply.say
    assert not caller.says("au revoir").ends_call
    assert not caller.is_silent(5).ends_call


def test_a_person_in_an_emergency_is_who_is_on_duty(desk: Desk) -> None:
    for ask in ("0", "un agent", "oui"):
        caller = Caller(desk, EVENING)
        caller.says("il y a le feu chez moi")
        reply = caller.presses(ask) if ask.isdigit() else caller.says(ask)
        assert reply.transfer_to == "astreinte", ask


# -- keys --------------------------------------------------------------------------------------


def test_hash_skips_and_goes_on(caller: Caller) -> None:
    assert caller.presses("#").say == "Je vous écoute."
    caller.says("Quels papiers il faut pour un passeport ?")
    assert "acte de naissance" in caller.presses("#").say
    caller.state = State(awaiting="choice", choices=("passeport", "mariage"), question="?")
    caller.presses("#")
    assert caller.state.awaiting == "choice", "what was asked stays asked"
