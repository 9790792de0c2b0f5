"""A message: who, about what, which number, when; each read back, each can be corrected."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from dialog.desk import Desk
from dialog.reply import Action
from tests.tasks.conftest import CALLER, EVENING, Caller

WISH = "Bonjour, je voudrais laisser un message."
NAME = "Madame Dupont."
SUBJECT = "C'est pour la facture de cantine de mon fils."
PHONE = "06 12 34 56 78"


def test_a_whole_message(caller: Caller) -> None:
    # 1. The wish; health data are asked not to be given, once.
    opening = caller.says(WISH)
    assert opening.action == Action.MESSAGE
    assert "Ne donnez pas d'information de santé" in opening.say
    assert opening.say.endswith("À quel nom ?")
    # 2. Each value is read back with the next question.
    assert caller.says(NAME).say == "Merci, madame Dupont. C'est à quel sujet ?"
    assert "« la facture de cantine de mon fils »" in caller.says(SUBJECT).say
    assert caller.says(PHONE).say == "Je répète : 06 12 34 56 78. C'est bien ça ?"
    assert "Quand préférez-vous" in caller.says("Oui.").say
    recap = caller.says("Demain matin.").say
    for value in ("madame Dupont", "06 12 34 56 78", "demain matin", "facture de cantine"):
        assert value in recap
    assert caller.tickets == []
    # 3. The end: reference in two groups, deadline, and what it is not.
    done = caller.says("Oui, c'est ça.").say
    assert done.count("482 913") == 2
    assert "au plus tard jeudi" in done
    assert "pas une demande officielle" in done
    assert "10h30" in done
    ticket = caller.ticket
    assert ticket.fields == {
        "name": "madame Dupont",
        "subject": "la facture de cantine de mon fils",
        "phone": "0612345678",
        "when": "demain matin",
        "when_first": "2026-11-25",
        "when_last": "2026-11-25",
    }
    assert (ticket.kind, ticket.reference, ticket.complete) == ("message", "482913", True)
    assert ticket.due == date(2026, 11, 26)
    assert caller.state.task is None
    assert caller.says("Non merci.").ends_call


def test_the_reply_that_confirms_is_short_enough(caller: Caller) -> None:
    done = caller.says(WISH, NAME, SUBJECT, PHONE, "oui", "demain matin", "oui").say
    assert len(done.split()) <= 55


def test_health_data_are_warned_of_once_a_call(caller: Caller) -> None:
    caller.says(WISH, "annuler")
    assert "santé" not in caller.says(WISH).say


@pytest.mark.parametrize(
    ("said", "phone"),
    [
        ("Zéro six douze trente-quatre cinquante-six soixante-dix-huit.", "0612345678"),
        ("C'est le 06.12.34.56.78", "0612345678"),
        ("Plus trente-trois six douze trente-quatre cinquante-six soixante-dix-huit", "0612345678"),
        ("o deux, soixante et un, nonante et un, cinquante, septante", "0261915070"),
    ],
)
def test_numbers_as_they_are_dictated(caller: Caller, said: str, phone: str) -> None:
    caller.says(WISH, NAME, SUBJECT, said)
    assert caller.state.task is not None
    assert caller.state.task.proposed == {"phone": phone}


@pytest.mark.parametrize(
    ("said", "phone"),
    [
        ("Non, soixante-dix-neuf.", "06 12 34 56 79"),
        ("Non, ça finit par 92.", "06 12 34 56 92"),
        ("Non, le deuxième c'est 13.", "06 13 34 56 78"),
        ("Non, c'est le 07 11 22 33 44.", "07 11 22 33 44"),
    ],
)
def test_a_number_is_corrected(caller: Caller, said: str, phone: str) -> None:
    caller.says(WISH, NAME, SUBJECT, PHONE)
    assert caller.says(said).say == f"Je répète : {phone}. C'est bien ça ?"
    caller.says("Oui", "n'importe quand", "oui")
    assert caller.ticket.fields["phone"] == phone.replace(" ", "")


def test_a_number_in_two_breaths(caller: Caller) -> None:
    part = caller.says(WISH, NAME, SUBJECT, "zéro six douze trente-quatre").say
    assert part == "J'ai noté 06 12 34. Quelle est la suite ?"
    assert "06 12 34 56 78" in caller.says("cinquante-six soixante-dix-huit").say


def test_no_alone_asks_for_the_number_again(caller: Caller) -> None:
    caller.says(WISH, NAME, SUBJECT, PHONE)
    again = caller.says("Non.").say
    assert "clavier" in again
    assert caller.says("07 11 22 33 44").say.startswith("Je répète : 07 11 22 33 44")


def test_the_calling_number_is_offered(desk: Desk) -> None:
    caller = Caller(desk, number=CALLER)
    assert "se termine par 4 2" in caller.says(WISH, NAME, SUBJECT).say
    caller.says("Oui, à ce numéro.", "demain", "oui")
    assert caller.ticket.fields["phone"] == "0612345642"


def test_another_number_than_the_calling_one(desk: Desk) -> None:
    caller = Caller(desk, number="0612345642")
    caller.says(WISH, NAME, SUBJECT)
    assert caller.says("Non.").say.endswith("Vous pouvez le dire ou le taper.")
    caller.says(PHONE, "oui", "demain", "oui")
    assert caller.ticket.fields["phone"] == "0612345678"


def test_the_other_number_at_once(desk: Desk) -> None:
    caller = Caller(desk, number=CALLER)
    caller.says(WISH, NAME, SUBJECT)
    assert caller.says("Non, plutôt au 07 11 22 33 44.").say.startswith("Je répète : 07 11 22")


@pytest.mark.parametrize("number", ["", "100", "anonymous", "+441632960960"])
def test_without_a_number_to_offer_it_is_asked(desk: Desk, number: str) -> None:
    caller = Caller(desk, number=number)
    assert "À quel numéro" in caller.says(WISH, NAME, SUBJECT).say


def test_without_a_telephone(caller: Caller) -> None:
    recap = caller.says(WISH, NAME, SUBJECT, "Je n'ai pas de téléphone.").say
    assert "Je récapitule" in recap, "when to call back is not asked"
    done = caller.says("oui").say
    assert "rappelle" not in done
    assert "phone" not in caller.ticket.fields


@pytest.mark.parametrize("said", ["0 800 47 33 33", "le 3919", "+44 1632 960 960"])
def test_numbers_that_the_town_may_not_call(caller: Caller, said: str) -> None:
    reply = caller.says(WISH, NAME, SUBJECT, said)
    assert "Il faut un numéro français" in reply.say


def test_a_name_is_spelled_after_it_was_misheard(caller: Caller) -> None:
    caller.says(WISH, "Dupond")
    assert "Dupont, D, U, P, O, N, T" in caller.says("non, D U P O N T").say
    caller.says(SUBJECT, PHONE, "oui", "demain", "oui")
    assert caller.ticket.fields["name"] == "Dupont"


def test_a_name_is_spelled_later_without_a_no(caller: Caller) -> None:
    caller.says(WISH, "Lefèvre", "L E F E B V R E")
    assert caller.state.task is not None
    assert caller.state.task.values["name"] == "Lefebvre"


@pytest.mark.parametrize(
    ("said", "field", "value"),
    [
        ("Non, le nom c'est Durand.", "name", "Durand"),
        ("Non, soixante-dix-neuf.", "phone", "0612345679"),
        ("Non, plutôt vendredi après-midi.", "when", "vendredi après-midi"),
        ("Non, le sujet c'est la garderie.", "subject", "la garderie"),
    ],
)
def test_the_recap_is_corrected(caller: Caller, said: str, field: str, value: str) -> None:
    caller.says(WISH, NAME, SUBJECT, PHONE, "oui", "demain matin")
    reply = caller.says(said)
    if field == "phone":
        reply = caller.says("oui")
    assert "Je récapitule" in reply.say
    caller.says("oui")
    assert caller.ticket.fields[field] == value


def test_no_to_the_recap_asks_what_is_wrong(caller: Caller) -> None:
    caller.says(WISH, NAME, SUBJECT, PHONE, "oui", "demain matin")
    assert "Qu'est-ce que je dois corriger ?" in caller.says("Non.").say
    assert "Durand" in caller.says("Le nom, c'est Durand.").say


def test_everything_in_one_breath(caller: Caller) -> None:
    reply = caller.says("Je voudrais laisser un message, je m'appelle Jean Martin.")
    assert reply.say.endswith("C'est à quel sujet ?")


def test_the_answer_to_another_question_is_taken(caller: Caller) -> None:
    reply = caller.says(WISH, "C'est au sujet de ma poubelle cassée.")
    assert "« ma poubelle cassée »" in reply.say
    assert reply.say.endswith("À quel nom ?")


def test_the_service_that_is_named_gets_it(caller: Caller) -> None:
    opening = caller.says("Je voudrais laisser un message au service déchets.").say
    assert "pour le service déchets" in opening
    caller.says(NAME, SUBJECT, PHONE, "oui", "demain", "oui")
    assert caller.ticket.service == "dechets"


def test_the_subject_finds_the_service(caller: Caller) -> None:
    caller.says(WISH, NAME, "C'est pour les encombrants.", PHONE, "oui", "demain", "oui")
    assert caller.ticket.service == "dechets"


def test_a_minute_of_dictation_is_kept_and_read_back_by_its_start(caller: Caller) -> None:
    long = "le portail du cimetière ne ferme plus et " * 40
    reply = caller.says(WISH, NAME, long)
    assert len(reply.say.split()) <= 55
    assert caller.state.task is not None
    assert 400 < len(caller.state.task.values["subject"]) <= 600


@pytest.mark.parametrize("said", ["oui", "volontiers", "oui je veux bien"])
def test_nobody_is_there_so_a_message_is_offered(desk: Desk, said: str) -> None:
    caller = Caller(desk, EVENING)
    assert caller.says("Passez-moi l'état civil").say.endswith("Voulez-vous laisser un message ?")
    assert "Je prends un message pour le service état civil" in caller.says(said).say


def test_the_offer_is_taken_with_a_key_or_refused(desk: Desk) -> None:
    caller = Caller(desk, EVENING)
    caller.says("Passez-moi l'état civil")
    assert caller.presses("1").action == Action.MESSAGE
    other = Caller(desk, EVENING)
    other.says("Passez-moi l'état civil")
    assert other.says("Non.").say == "Très bien. Avez-vous une autre question ?"


def test_nobody_answers_the_transfer_so_a_message_is_offered(caller: Caller, desk: Desk) -> None:
    caller.says("passez-moi l'état civil")
    decision = desk.transfer_failed(caller.state, at=caller.at)
    assert decision.reply.say.endswith("Voulez-vous laisser un message ?")
    caller.state = decision.state
    caller.says("oui", NAME, SUBJECT, PHONE, "oui", "demain", "oui")
    assert caller.ticket.service == "etat-civil"


def test_the_deadline_is_not_before_the_day_the_caller_wishes(caller: Caller) -> None:
    caller.says(WISH, NAME, SUBJECT, PHONE, "oui", "lundi matin")
    assert "au plus tard lundi" in caller.says("oui").say
    assert caller.ticket.due == date(2026, 11, 30)


@pytest.mark.parametrize(
    ("at", "due"),
    [
        (datetime(2026, 11, 24, 10), date(2026, 11, 26)),
        (datetime(2026, 11, 27, 16), date(2026, 12, 1)),  # Friday: the weekend does not count
        (datetime(2026, 12, 23, 10), date(2027, 1, 5)),  # closed until the 31st, then a holiday
        (datetime(2027, 4, 30, 10), date(2027, 5, 4)),  # the first of May is a Saturday
        (datetime(2027, 7, 13, 10), date(2027, 7, 16)),  # the 14th of July is a Wednesday
    ],
)
def test_the_deadline_counts_working_days(desk: Desk, at: datetime, due: date) -> None:
    caller = Caller(desk, at)
    caller.says(WISH, NAME, "la couleur de la porte", PHONE, "oui", "n'importe quand", "oui")
    assert caller.ticket.due == due
