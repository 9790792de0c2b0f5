"""What happens in the middle: questions, people, silence, keys, changes of mind, goodbyes."""

from __future__ import annotations

import pytest

from dialog.desk import Desk
from dialog.reply import Action
from tests.tasks.conftest import CALLER, EVENING, Caller

WISH = "Je voudrais laisser un message."


# -- questions -----------------------------------------------------------------------------


def test_a_question_is_answered_and_the_task_goes_on(caller: Caller) -> None:
    reply = caller.says(WISH, "Au fait, combien coûte un passeport ?")
    assert (reply.action, reply.sheet) == (Action.ANSWER, "passeport")
    assert "86 €" in reply.say
    assert reply.say.endswith("Je reviens à votre demande. À quel nom ?")
    assert "C'est à quel sujet ?" in caller.says("Martin").say


def test_hours_are_answered_too(caller: Caller) -> None:
    reply = caller.says(WISH, "Vous êtes ouverts demain ?")
    assert "Oui" in reply.say
    assert reply.say.endswith("À quel nom ?")


def test_why_a_number_is_asked(caller: Caller) -> None:
    reply = caller.says(WISH, "Martin", "la cantine", "Pourquoi vous voulez mon numéro ?")
    assert "pas obligé" in reply.say
    assert "À quel numéro" in reply.say


def test_a_robot_says_so_and_goes_on(caller: Caller) -> None:
    reply = caller.says(WISH, "Vous êtes un robot ?")
    assert "intelligence artificielle" in reply.say
    assert reply.say.endswith("À quel nom ?")


# -- a person ------------------------------------------------------------------------------


@pytest.mark.parametrize("said", ["Un agent !", "Je veux parler à quelqu'un."])
def test_a_person_is_within_reach(caller: Caller, said: str) -> None:
    assert caller.says(WISH, "Martin", said).transfer_to == "accueil"


def test_a_person_by_key(caller: Caller) -> None:
    caller.says(WISH)
    assert caller.presses("0").transfer_to == "accueil"


def test_what_was_said_before_the_transfer_is_kept(caller: Caller) -> None:
    caller.says(WISH, "Martin", "la cantine", "un agent")
    left = caller.hangs_up()
    assert left is not None
    assert left.fields == {"name": "Martin", "subject": "la cantine"}


def test_when_nobody_is_there_the_message_goes_on(desk: Desk) -> None:
    caller = Caller(desk, EVENING)
    reply = caller.says(WISH, "Martin", "Un agent.")
    assert reply.transfer_to is None
    assert reply.say.endswith("C'est à quel sujet ?")


def test_nobody_takes_the_transfer_so_the_task_goes_on(caller: Caller, desk: Desk) -> None:
    caller.says(WISH, "Martin", "un agent")
    decision = desk.transfer_failed(caller.state, at=caller.at)
    assert decision.reply.say.endswith("C'est à quel sujet ?")
    assert decision.state.task is not None


# -- emergencies ---------------------------------------------------------------------------


def test_an_emergency_comes_first_and_waits_for_its_answer(caller: Caller) -> None:
    caller.says(WISH, "Martin")
    assert caller.says("Y a le feu chez moi !").action == Action.EMERGENCY
    assert "18" in caller.is_silent().say, "the numbers again, not the form"
    assert caller.says("oui").transfer_to == "astreinte"


def test_after_a_false_alarm_the_task_goes_on(caller: Caller) -> None:
    caller.says(WISH, "Martin", "Y a le feu chez moi !")
    reply = caller.says("Non non.")
    assert "112" in reply.say
    assert reply.say.endswith("C'est à quel sujet ?")
    assert "la cantine" in caller.says("la cantine").say


# -- cancel, change of mind, goodbye -------------------------------------------------------


@pytest.mark.parametrize(
    "said", ["Annuler.", "Laissez tomber.", "Oubliez ça.", "Finalement non.", "On arrête."]
)
def test_cancelled_kindly(caller: Caller, said: str) -> None:
    reply = caller.says(WISH, "Martin", said)
    assert "j'annule" in reply.say
    assert caller.state.task is None
    assert caller.hangs_up() is None
    assert caller.tickets == []


def test_another_task_after_all_keeps_the_name(caller: Caller) -> None:
    caller.says(WISH, "Martin")
    reply = caller.says("En fait je voudrais prendre rendez-vous avec l'état civil.")
    assert reply.action == Action.APPOINTMENT
    caller.says("un acte", "jeudi", "je n'ai pas de téléphone", "oui")
    assert caller.ticket.kind == "appointment"
    assert caller.ticket.fields["name"] == "Martin"


def test_a_pothole_may_be_the_subject_of_a_message(caller: Caller) -> None:
    reply = caller.says(WISH, "Martin", "Il y a un gros trou devant chez moi.")
    assert reply.action == Action.MESSAGE
    assert "gros trou" in reply.say


def test_goodbye_in_the_middle_keeps_what_is_known(desk: Desk) -> None:
    caller = Caller(desk, number=CALLER)
    reply = caller.says(WISH, "Martin", "Au revoir.")
    assert reply.ends_call
    assert caller.ticket.complete is False
    assert caller.ticket.fields == {
        "name": "Martin",
        "phone": "0612345642",
        "phone_confirmed": "non",
    }
    assert caller.hangs_up() is None, "it is written once"


def test_hanging_up_in_the_middle(caller: Caller) -> None:
    caller.says(WISH, "Martin", "la cantine", "06 12 34 56 78")
    left = caller.hangs_up()
    assert left is not None
    assert left.complete is False
    assert left.fields["phone"] == "0612345678"
    assert left.fields["phone_confirmed"] == "non"


def test_hanging_up_before_anything_was_said_leaves_nothing(caller: Caller) -> None:
    caller.says(WISH)
    assert caller.hangs_up() is None
    caller.says("annuler", "Le lampadaire clignote.")
    assert caller.hangs_up() is None


# -- bad input -----------------------------------------------------------------------------


def test_insults_are_met_calmly(caller: Caller) -> None:
    reply = caller.says(WISH, "Espèce d'abruti.")
    assert "agaçant" in reply.say
    assert "« agent »" in reply.say
    assert reply.say.endswith("À quel nom ?")


def test_nothing_heard(caller: Caller) -> None:
    assert caller.says(WISH, "").say.endswith("À quel nom ?")


def test_nonsense_is_asked_again_then_left_out(caller: Caller) -> None:
    caller.says(WISH, "Martin", "la cantine")
    assert "clavier" in caller.says("les carottes sont cuites").say
    assert "clavier" in caller.says("les petits pois aussi").say
    assert "Je récapitule" in caller.says("et les navets").say


def test_yes_is_no_name(caller: Caller) -> None:
    assert "épeler" in caller.says(WISH, "Oui.").say


def test_repeat_and_slower_do_not_move_the_form(caller: Caller) -> None:
    asked = caller.says(WISH, "Martin")
    again = caller.says("Vous pouvez répéter ?")
    assert (again.action, again.say) == (Action.REPEAT, asked.say)
    assert not again.fixed, "a caller's name is not kept in the cache of speech"
    assert caller.says("Plus lentement.").action == Action.SLOWER
    assert caller.state.slow
    assert "« la cantine »" in caller.says("la cantine").say


def test_silence_is_helped_then_passed_on(caller: Caller) -> None:
    caller.says(WISH, "Martin")
    assert caller.is_silent(1).say == "Je vous écoute. C'est à quel sujet ?"
    second = caller.is_silent(2).say
    assert "tapez 0" in second
    assert "114" in second
    assert caller.is_silent(3).transfer_to == "accueil"
    assert caller.is_silent(4).ends_call
    assert caller.hangs_up() is not None, "what is known is kept"


def test_waiting(caller: Caller) -> None:
    assert "Prenez votre temps" in caller.says(WISH, "Attendez une seconde.").say
    assert "C'est à quel sujet" in caller.says("Martin").say


@pytest.mark.parametrize("text", ["😀" * 50, "\0\0", "a" * 10_000, "et " * 3_000, "1" * 5_000])
def test_hostile_words_never_break_a_form(caller: Caller, text: str) -> None:
    caller.says(WISH, text, "la cantine", text, text, text, text, text)


def test_replies_of_a_task_are_not_cached(caller: Caller) -> None:
    for text in (WISH, "Martin", "la cantine", "06 12 34 56 78", "oui", "demain", "oui"):
        assert not caller.says(text).fixed


# -- keys ----------------------------------------------------------------------------------


def _at_the_number(caller: Caller) -> None:
    caller.says(WISH, "Martin", "la cantine")


def test_a_number_key_by_key(caller: Caller) -> None:
    _at_the_number(caller)
    assert caller.presses("061234567").say == "", "nothing is said between two keys"
    assert caller.presses("8").say == "Je répète : 06 12 34 56 78. C'est bien ça ?"
    assert "Quand" in caller.presses("1").say


def test_a_number_in_one_go_and_a_refusal_by_key(caller: Caller) -> None:
    _at_the_number(caller)
    assert "06 12 34 56 78" in caller.types("0612345678").say
    assert "clavier" in caller.types("2").say
    assert "07 11 22 33 44" in caller.types("0711223344#").say


def test_zero_alone_is_still_a_person(caller: Caller) -> None:
    _at_the_number(caller)
    assert caller.presses("0").say == ""
    assert caller.is_silent().transfer_to == "accueil"


def test_zero_alone_in_one_go(caller: Caller) -> None:
    _at_the_number(caller)
    assert caller.types("0").transfer_to == "accueil"


def test_too_few_keys(caller: Caller) -> None:
    _at_the_number(caller)
    caller.presses("0612")
    assert "0 6 1 2" in caller.is_silent().say
    assert "06 12 34 56 78" in caller.types("0612345678").say


def test_star_erases_then_repeats(caller: Caller) -> None:
    _at_the_number(caller)
    caller.presses("0699")
    assert "J'efface" in caller.presses("*").say
    assert caller.presses("*").action == Action.REPEAT


def test_hash_leaves_a_question_out(caller: Caller) -> None:
    _at_the_number(caller)
    assert "Je récapitule" in caller.presses("#").say
    caller.presses("1")
    assert caller.ticket.complete


def test_keys_answer_yes_and_no(caller: Caller) -> None:
    caller.says("Il y a un gros trou.", "12 rue des Lilas", "petit")
    assert "sans danger" in caller.presses("2").say
    caller.presses("1")
    assert caller.ticket.kind == "report"


def test_the_calling_number_by_key(desk: Desk) -> None:
    caller = Caller(desk, number=CALLER)
    _at_the_number(caller)
    assert "à ce numéro" in caller.types("1").say
