"""What callers are offered, ask for, and get in writing."""

from __future__ import annotations

import pytest

from dialog.desk import Desk
from dialog.intents import Words
from dialog.sending import SendingRules
from tests.sending.conftest import Calls

SOFA = "J'ai un vieux canapé à jeter"
PHONE = "02 61 91 50 50"
MOBILE, LANDLINE = "+33612345678", "+33261919999"


def test_an_answer_with_a_number_is_offered_and_sent_to_the_calling_mobile(calls: Calls) -> None:
    caller = calls(sms=True, number=MOBILE)
    offered = caller.says(SOFA)
    assert offered.say.endswith("Voulez-vous le recevoir par SMS ?")
    assert offered.sheet == "encombrants"
    assert caller.says("oui").say == "Je vous l'envoie au numéro qui se termine par 7 8 ?"
    assert caller.sends == []  # nothing leaves before the caller agreed to the number
    done = caller.says("oui")
    assert "numéro qui se termine par 7 8" in done.say
    assert (caller.send.channel, caller.send.to) == ("sms", "0612345678")
    assert caller.send.text == (
        "Mairie de Valmont. Encombrants : Les encombrants sont enlevés devant chez vous, sur "
        "rendez-vous. Appelez le service déchets au 02 61 91 50 50."
    )


def test_the_offer_comes_once_a_call(calls: Calls) -> None:
    caller = calls(sms=True, number=MOBILE)
    assert "SMS" in caller.says(SOFA).say
    assert caller.says("non merci").say == "Très bien. Avez-vous une autre question ?"
    assert "SMS" not in caller.says(SOFA).say
    assert caller.sends == []


def test_an_answer_without_anything_to_note_is_not_offered(calls: Calls) -> None:
    assert (
        "SMS" not in calls(sms=True, number=MOBILE).says("Je veux refaire ma carte d'identité").say
    )


def test_goodbye_after_the_offer_ends_the_call(calls: Calls) -> None:
    caller = calls(sms=True)
    assert caller.says(SOFA, "Non merci, au revoir").ends_call


def test_another_question_after_the_offer_is_answered(calls: Calls) -> None:
    caller = calls(sms=True)
    assert caller.says(SOFA, "et c'est payant ?").sheet == "encombrants"
    assert caller.state.awaiting != "sending"


def test_keys_answer_the_offer_and_the_number_is_keyed(calls: Calls) -> None:
    caller = calls(sms=True, number=LANDLINE)
    caller.says(SOFA)
    assert caller.presses("1").say.startswith("À quel numéro de portable ?")
    caller.presses("0712345678")
    assert "c'est bien ça" in caller.state.reply.lower()
    caller.presses("1")
    assert caller.send.to == "0712345678"


def test_a_landline_is_never_texted(calls: Calls) -> None:
    caller = calls(sms=True, number=LANDLINE)
    caller.says(SOFA, "oui")
    assert "qu'à un portable français" in caller.says("02 61 91 99 99").say
    assert "qu'à un portable français" in caller.says("zéro huit 99 12 34 56").say
    caller.says("06 12 34 56 70", "non, 78", "oui")
    assert caller.send.to == "0612345678"


def test_another_number_than_the_calling_one(calls: Calls) -> None:
    caller = calls(sms=True, number=MOBILE)
    caller.says(SOFA, "oui")
    assert caller.says("non").say.startswith("À quel numéro de portable ?")
    caller.says("0690 12 34 56", "oui")
    assert caller.send.to == "0690123456"


@pytest.mark.parametrize("words", ["non merci", "laissez tomber", "j'en ai pas"])
def test_who_changes_his_mind_gets_nothing(calls: Calls, words: str) -> None:
    caller = calls(sms=True)
    caller.says(SOFA, "oui", words)
    assert caller.state.task is None
    assert caller.sends == []
    assert "SMS" not in caller.says(SOFA).say


def test_who_hangs_up_before_the_number_is_agreed_leaves_nothing(calls: Calls) -> None:
    caller = calls(sms=True)
    caller.says(SOFA, "oui", "06 12 34 56 78")
    assert caller.hangs_up() is None
    assert caller.sends == []


def test_three_answers_that_are_no_number_end_it(calls: Calls) -> None:
    caller = calls(sms=True)
    caller.says(SOFA, "oui", "hum", "la rue du moulin", "celui de mon voisin")
    assert caller.state.task is None
    assert caller.sends == []


# -- asked for ---------------------------------------------------------------------------------

REQUESTS = [
    "Envoyez-moi ça par SMS",
    "Vous pouvez m'envoyer ça par SMS ?",
    "Est-ce que vous pouvez me l'envoyer par texto s'il vous plaît ?",
    "Tu peux m'envoyer un SMS ?",
    "Je pourrais l'avoir par SMS ?",
    "Par SMS",
    "Vous pouvez m'envoyer tout ça sur mon portable ?",
    "Je voudrais recevoir ça par message",
    "Envoyez-le-moi",
    "Vous pouvez m'envoyer la liste par SMS ?",
    "Est-ce possible de m'envoyer le numéro par sms",
    "C'est possible de l'avoir par SMS ?",
    "Je n'ai pas de quoi noter",
    "J'ai rien pour noter là",
    "j'ai pas de stylo",
    "Attendez, je ne peux pas noter, je conduis",
    "je vais jamais m'en souvenir",
    "Vous pouvez me l'envoyer ?",
    "Ah ben envoyez-moi l'adresse par SMS au 06 12 34 56 78",
]


@pytest.mark.parametrize("words", REQUESTS)
def test_it_is_asked_for_in_many_ways(calls: Calls, words: str) -> None:
    caller = calls(sms=True, number=MOBILE)
    caller.says(SOFA, words)
    assert caller.state.task is not None, caller.state.reply
    assert caller.state.task.kind == "sending"
    caller.says("oui")
    assert PHONE in caller.send.text


@pytest.mark.parametrize(
    "words",
    [
        "Est-ce que je peux recevoir l'acte de naissance par mail ?",
        "Vous pouvez m'envoyer un acte de mariage par mail ?",
        "Je peux vous envoyer les papiers par mail ?",
        "Faut-il envoyer le dossier par courriel ?",
        "Où envoyer ma demande par mail ?",
        "Je voudrais envoyer un message au maire",
        "Je voudrais laisser un message",
        "Je veux passer un message au service urbanisme",
        "Comment recevoir les alertes par SMS ?",
        "Mon fils n'a pas de papiers",
        "Je préfère continuer par écrit",
        "Il me faut un stylo ?",
    ],
)
def test_what_is_no_request(words: str) -> None:
    rules = SendingRules.load()
    said = Words.of(words)
    rest = rules.frame.without(said.spoken)
    meant = rules.no_pen.search(said.spoken) or (
        rules.asks(said) and (not rest or rules.things.search(rest))
    )
    assert not meant


def test_a_question_with_the_wish_to_have_it_in_writing(calls: Calls) -> None:
    caller = calls(sms=True, number=MOBILE)
    reply = caller.says("Vous pouvez m'envoyer les papiers à fournir pour le passeport par SMS ?")
    assert reply.sheet == "passeport"
    assert "justificatif de domicile" in reply.say
    assert reply.say.endswith("au numéro qui se termine par 7 8 ?")
    caller.says("oui")
    assert "justificatif de domicile" in caller.send.text


def test_nothing_was_said_yet(calls: Calls) -> None:
    caller = calls(sms=True, number=MOBILE)
    assert caller.says("Envoyez-moi ça par SMS").say.endswith("Quelle est votre question ?")
    assert caller.state.task is None


def test_what_was_said_of_one_sheet_is_sent_together(calls: Calls) -> None:
    caller = calls(sms=True, number=MOBILE)
    caller.says(SOFA, "et c'est payant ?", "envoyez-moi tout ça par SMS", "oui")
    assert PHONE in caller.send.text
    assert "20 €" in caller.send.text


def test_three_messages_a_call_are_enough(calls: Calls) -> None:
    caller = calls(sms=True, number=MOBILE)
    caller.says(SOFA)
    for _ in range(3):
        caller.says("Envoyez-moi ça par SMS", "oui")
    assert "déjà envoyé plusieurs messages" in caller.says("Envoyez-moi ça par SMS").say
    assert len(caller.sends) == 3


# -- nothing is configured ---------------------------------------------------------------------


def test_nothing_is_offered_where_nothing_can_be_sent(calls: Calls) -> None:
    reply = calls(number=MOBILE).says(SOFA)
    assert "SMS" not in reply.say
    assert reply.say.endswith(f"{PHONE}.")


@pytest.mark.parametrize("words", ["Envoyez-moi ça par SMS", "je n'ai pas de quoi noter"])
def test_a_request_is_then_answered_kindly_and_slowly(calls: Calls, words: str) -> None:
    caller = calls(number=MOBILE)
    caller.says(SOFA)
    before = caller.state.speed
    reply = caller.says(words)
    assert reply.say.startswith("Je ne peux pas envoyer de SMS, mais je peux vous le répéter")
    assert PHONE in reply.say
    assert caller.state.speed < before
    assert caller.sends == []


def test_no_promise_before_anything_was_said(calls: Calls) -> None:
    reply = calls().says("Je n'ai pas de quoi noter")
    assert "Je ne peux rien envoyer" in reply.say


# -- e-mail ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "address"),
    [
        ("jean.dupont@exemple.fr", "jean.dupont@exemple.fr"),
        ("jean point dupont arobase orange point fr", "jean.dupont@orange.fr"),
        ("D, U, P, O, N, T, arobase free point fr", "dupont@free.fr"),
    ],
)
def test_an_address_is_read_back_then_used(calls: Calls, words: str, address: str) -> None:
    caller = calls(sms=True, email=True, number=MOBILE)
    caller.says(SOFA)
    assert "adresse" in caller.says("Vous pouvez m'envoyer ça par mail ?").say
    read = caller.says(words)
    assert read.say.startswith("Je répète : ")
    assert read.say.endswith("C'est bien ça ?")
    caller.says("oui")
    assert (caller.send.channel, caller.send.to) == ("email", address)
    assert PHONE in caller.send.text
    assert caller.send.subject == "Votre appel à la mairie de Valmont"


def test_an_address_that_is_not_understood_falls_back_to_sms(calls: Calls) -> None:
    caller = calls(sms=True, email=True, number=MOBILE)
    caller.says(SOFA, "par mail")
    reply = caller.says("jeannot du trente", "le truc là", "c'est compliqué mon adresse")
    assert "plutôt par SMS" in reply.say
    caller.says("oui")
    assert caller.send.channel == "sms"


def test_e_mail_where_only_sms_is_there(calls: Calls) -> None:
    caller = calls(sms=True, number=MOBILE)
    caller.says(SOFA)
    reply = caller.says("envoyez-moi ça par mail")
    assert reply.say.startswith("Je ne peux pas envoyer de courriel, mais je peux envoyer un SMS.")


# -- tickets -----------------------------------------------------------------------------------

MESSAGE = ("Je voudrais laisser un message", "Dupont", "la cantine", "oui", "demain matin", "oui")


def test_a_ticket_is_offered_with_its_reference(calls: Calls) -> None:
    caller = calls(sms=True, number=MOBILE)
    caller.says(*MESSAGE)
    assert caller.state.reply.endswith("Voulez-vous recevoir la référence par SMS ?")
    caller.says("oui", "oui")
    assert caller.send.text == (
        "Mairie de Valmont. Message : Référence 482 913, le 24/11/2026 à 10h30. Pour l'accueil de "
        "la mairie, 02 61 91 50 00. Ce n'est pas une demande officielle."
    )
    for personal in ("Dupont", "cantine"):
        assert personal not in caller.send.text


def test_without_means_a_ticket_ends_as_before(calls: Calls) -> None:
    caller = calls(number=MOBILE)
    caller.says(*MESSAGE)
    assert caller.state.reply.endswith("Avez-vous une autre question ?")


def test_inside_a_form_an_answer_about_mail_is_an_answer(calls: Calls) -> None:
    caller = calls(sms=True, number=MOBILE)
    caller.says("Je voudrais laisser un message", "Dupont")
    caller.says("c'est pour que vous m'envoyiez ça par mail")
    assert caller.state.task is not None
    assert caller.state.task.kind == "message"


# -- around it ---------------------------------------------------------------------------------


def test_an_emergency_goes_first_and_nothing_is_offered_after(calls: Calls) -> None:
    caller = calls(sms=True, number=MOBILE)
    caller.says(SOFA, "oui")
    assert caller.says("Y a le feu chez moi !").action == "emergency"
    assert "SMS ?" not in caller.says("non", SOFA).say


def test_a_person_is_within_reach(calls: Calls) -> None:
    caller = calls(sms=True)
    assert caller.says(SOFA, "oui", "un agent").transfer_to


def test_what_cannot_be_written_is_told_and_repeated(calls: Calls) -> None:
    caller = calls(sms=True, number=MOBILE)
    caller.says(SOFA, "oui", "oui")
    lost = caller.desk.not_sent(caller.state)
    assert "je n'arrive pas à l'envoyer" in lost.reply.say
    again = caller.desk.hear(lost.state, "répétez", at=caller.at)
    assert PHONE in again.reply.say


def test_whoever_writes_already_is_not_offered_an_sms(calls: Calls) -> None:
    from dataclasses import replace

    caller = calls(sms=True)
    caller.state = replace(caller.state, written=True)
    assert "SMS" not in caller.says(SOFA).say


def test_the_desk_has_no_means_unless_it_is_given_some(calls: Calls) -> None:
    assert isinstance(calls().desk, Desk)
    assert "SMS" not in calls().says(SOFA).say
