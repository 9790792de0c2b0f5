"""How callers really answer: in another order, several things at once, and with second thoughts."""

from __future__ import annotations

import pytest

from dialog.desk import Desk
from dialog.reply import Action
from tests.tasks.conftest import CALLER, Caller

MESSAGE = "Je voudrais laisser un message au service déchets."
APPOINTMENT = "Je voudrais un rendez-vous avec le service déchets"


def fields(caller: Caller) -> dict[str, str]:
    """What the form under way knows."""
    task = caller.state.task
    assert task is not None
    return {**task.values, **task.proposed}


# -- all at once -----------------------------------------------------------------------------


def test_a_message_in_one_breath(caller: Caller) -> None:
    opening = caller.says(
        "Bonjour, Karim Benhaddou, 06 77 18 45 02, faut que l'état civil me rappelle demain "
        "après 17 heures pour un problème de livret"
    )
    assert opening.say.endswith("Je répète : 06 77 18 45 02. C'est bien ça ?")
    assert "Je récapitule" in caller.says("oui").say
    caller.says("oui c'est ça")
    ticket = caller.ticket
    assert ticket.service == "etat-civil"
    assert ticket.fields == {
        "name": "Karim Benhaddou",
        "subject": "un problème de livret",
        "phone": "0677184502",
        "when": "demain, après 17h",
        "when_first": "2026-11-25",
        "when_last": "2026-11-25",
    }


def test_an_appointment_in_one_breath(caller: Caller) -> None:
    caller.says(
        "Bonjour, je m'appelle Élodie Marty et je voudrais un rendez-vous à l'état civil vendredi "
        "après-midi pour la reconnaissance de mon bébé, je suis au 06 82 83 84 85"
    )
    caller.says("oui", "oui")
    ticket = caller.ticket
    assert ticket.fields["subject"] == "la reconnaissance de mon bébé"
    assert ticket.fields["days"] == "vendredi après-midi"
    assert ticket.fields["name"] == "Élodie Marty"
    assert ticket.fields["phone"] == "0682838485"


@pytest.mark.parametrize(
    ("said", "subject"),
    [
        ("pour une véranda lundi matin", "une véranda"),
        ("au sujet d'une piscine, gérard dupuis, 0 6 5 5 4 4 3 3 2 2", "une piscine"),
        ("concernant mon permis refusé", "mon permis refusé"),
        ("pour parler du mur mitoyen", "mur mitoyen"),
        ("pour lundi", ""),
        ("pour le service déchets", ""),
        ("pour prendre un rendez-vous", ""),
    ],
)
def test_the_reason_beside_the_wish(caller: Caller, said: str, subject: str) -> None:
    caller.says(f"{APPOINTMENT} {said}")
    assert fields(caller).get("subject", "") == subject


def test_the_wish_itself_is_no_subject(caller: Caller) -> None:
    caller.says("bonjour c'est pour laisser un message")
    assert "subject" not in fields(caller)


def test_a_name_with_its_reason(caller: Caller) -> None:
    caller.says(MESSAGE, "Philippe Garnier, c'est pour la hauteur de ma haie")
    assert fields(caller) == {"name": "Philippe Garnier", "subject": "la hauteur de ma haie"}


def test_a_number_at_the_end_of_the_dictation(caller: Caller) -> None:
    caller.says(MESSAGE, "Alain Bouvier")
    caller.says("un poteau penche depuis la tempête, rappelez-moi au 06 71 72 73 74 svp")
    assert fields(caller)["subject"] == "un poteau penche depuis la tempête"
    assert fields(caller)["phone"] == "0671727374"


# -- in another order ------------------------------------------------------------------------


def test_a_number_is_no_subject(caller: Caller) -> None:
    caller.says(MESSAGE, "Petit", "Mon numéro est le +33 6 14 27 39 50")
    assert fields(caller) == {"name": "Petit", "phone": "0614273950"}


def test_days_are_no_subject(caller: Caller) -> None:
    reply = caller.says(f"{APPOINTMENT}.", "mardi ou jeudi matin")
    assert "days" in fields(caller)
    assert reply.say.endswith("C'est pour quel sujet ?")


def test_a_name_where_days_are_asked(caller: Caller) -> None:
    reply = caller.says(f"{APPOINTMENT}.", "une véranda", "Marchand Didier")
    assert fields(caller)["name"] == "Marchand Didier"
    assert "Quels jours" in reply.say


def test_more_of_the_reason_is_not_lost(caller: Caller) -> None:
    caller.says(f"{APPOINTMENT} pour un permis.", "Pour l'extension de ma maison")
    assert fields(caller)["subject"] == "l'extension de ma maison"


def test_the_other_number_does_not_replace_the_subject(desk: Desk) -> None:
    caller = Caller(desk, number=CALLER)
    caller.says(MESSAGE, "Ferrand", "un abri de jardin", "non, plutôt sur mon fixe")
    assert fields(caller)["subject"] == "un abri de jardin"
    caller.says("02 41 12 13 14")
    assert fields(caller)["phone"] == "0241121314"


@pytest.mark.parametrize(
    "said", ["ouais celui-là c'est bien", "oui c'est mon numéro", "ça me va très bien"]
)
def test_the_calling_number_agreed_to(desk: Desk, said: str) -> None:
    caller = Caller(desk, number=CALLER)
    caller.says(MESSAGE, "Ferrand", "un abri de jardin", said)
    assert fields(caller)["phone"] == "0612345642"


def test_a_number_in_three_breaths(caller: Caller) -> None:
    caller.says(MESSAGE, "Colin", "la guitare", "le 06 45", "12 33")
    assert "06 45 12 33 78" in caller.says("78").say


# -- second thoughts -------------------------------------------------------------------------


def test_two_corrections_in_a_breath(caller: Caller) -> None:
    caller.says(f"{APPOINTMENT}.", "un terrain", "mercredi matin", "Hervé Toussaint")
    caller.says("02 41 80 70 60", "oui", "non c'est jeudi matin et le nom c'est Thierry Toussaint")
    assert fields(caller)["name"] == "Thierry Toussaint"
    assert fields(caller)["days_first"] == "2026-11-26"


def test_another_service_gets_it(caller: Caller) -> None:
    caller.says(MESSAGE, "Weber", "les bancs", "06 70 80 90 10", "oui", "lundi")
    reply = caller.says("non c'est pas pour les déchets, c'est pour l'état civil")
    assert "le service état civil" in reply.say
    caller.says("oui")
    assert caller.ticket.service == "etat-civil"


def test_the_service_named_second_in_the_opening(caller: Caller) -> None:
    reply = caller.says("un message pour les déchets, enfin non, pour l'état civil")
    assert "le service état civil" in reply.say


def test_a_message_instead_is_no_cancelling(caller: Caller) -> None:
    reply = caller.says(f"{APPOINTMENT}.", "en fait non je préfère juste laisser un message")
    assert reply.action == Action.MESSAGE
    assert caller.state.task is not None
    assert caller.state.task.service == "dechets"


def test_a_refusal_corrects_nothing(caller: Caller) -> None:
    caller.says(MESSAGE, "Fontaine", "la fête", "non merci, pas besoin qu'il me rappelle")
    assert fields(caller)["subject"] == "la fête"
    caller.says("oui")
    assert "phone" not in caller.ticket.fields


def test_nobody_promises_to_call_who_wants_no_call(caller: Caller) -> None:
    caller.says(MESSAGE, "Fournier", "mon fils est absent", "06 72 34 91 85", "oui")
    caller.says("oh pas la peine de me rappeler")
    assert "rappelle" not in caller.says("oui").say
    assert caller.ticket.fields["when"] == "ne pas rappeler"


def test_nothing_of_a_caller_without_name_and_words_is_kept(caller: Caller) -> None:
    caller.says(MESSAGE, "je ne veux pas dire mon nom")
    assert caller.hangs_up() is None


# -- questions and persons -------------------------------------------------------------------


def test_who_calls_back(caller: Caller) -> None:
    reply = caller.says(MESSAGE, "Verdier", "ma haie", "qui va me rappeler ?")
    assert reply.say.startswith("C'est le service déchets qui vous rappelle")


def test_an_appointment_is_not_confirmed_yet(caller: Caller) -> None:
    reply = caller.says(f"{APPOINTMENT}.", "une haie", "lundi", "c'est confirmé alors ?")
    assert reply.say.startswith("Pas encore")
    assert "name" not in fields(caller)


def test_a_question_without_answer_is_no_name(caller: Caller) -> None:
    reply = caller.says(MESSAGE, "est-ce que la lune est habitée par des martiens ?")
    assert reply.say.startswith("Je n'ai pas la réponse")
    assert "name" not in fields(caller)


def test_whom_it_is_for_is_noted(caller: Caller) -> None:
    caller.says("j'ai un message pour monsieur le maire", "Fontaine", "bravo pour la fête")
    recap = caller.says("pas de téléphone").say
    assert "pour le maire" in recap
    caller.says("oui")
    assert caller.ticket.fields["person"] == "le maire"


def test_a_subject_that_begins_like_letters_is_no_spelling(caller: Caller) -> None:
    caller.says(MESSAGE, "monsieur Chauvin", "elle m'a demandé un plan de masse, je l'ai envoyé")
    assert fields(caller)["name"] == "monsieur Chauvin"
    assert "plan de masse" in fields(caller)["subject"]


def test_the_bare_wish_opens_the_form(caller: Caller) -> None:
    reply = caller.says("je voudrais prendre un rendez-vous s'il vous plaît")
    assert reply.action == Action.APPOINTMENT
    assert reply.say.endswith("C'est pour quel sujet ?")


def test_fillers_hide_no_wish(caller: Caller) -> None:
    reply = caller.says("euh je voudrais, comment dire, un rendez-vous, avec euh l'état civil")
    assert reply.action == Action.APPOINTMENT


# -- ends and corrections that once went wrong -----------------------------------------------


def test_a_goodbye_that_agrees_first_completes_it(caller: Caller) -> None:
    caller.says(MESSAGE, "Lepage", "ma haie", "02 43 82 83 84", "oui", "lundi")
    caller.says("oui merci au revoir")
    assert caller.ticket.complete


def test_une_is_no_digit_of_a_correction(caller: Caller) -> None:
    caller.says(MESSAGE, "Lepage", "ma haie", "06 07 08 09 10", "une déclaration de travaux")
    assert fields(caller)["phone"] == "0607080910"


def test_a_family_name_corrected_keeps_the_first_name(caller: Caller) -> None:
    caller.says(MESSAGE, "Baptiste Royer", "ma haie", "06 07 08 09 10", "oui", "lundi")
    caller.says("non le nom c'est Roger, pas Royer")
    assert fields(caller)["name"] == "Baptiste Roger"


def test_the_second_name_is_meant(caller: Caller) -> None:
    caller.says(MESSAGE, "je m'appelle Simone Weil, euh non Simone Veyret")
    assert fields(caller)["name"] == "Simone Veyret"


def test_soon_is_no_more_of_the_subject(caller: Caller) -> None:
    caller.says("Rappelez-moi au sujet de ma haie", "le plus rapidement possible")
    assert fields(caller)["subject"] == "ma haie"
    assert fields(caller)["when"] == "dès que possible"


def test_the_reference_once_more(caller: Caller) -> None:
    caller.says(MESSAGE, "Lepage", "ma haie", "02 43 82 83 84", "oui", "lundi", "oui")
    reply = caller.says("au fait c'est quoi la référence ?")
    assert caller.ticket.reference in "".join(c for c in reply.say if c.isdigit())
