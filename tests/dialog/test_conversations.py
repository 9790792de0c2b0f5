"""Conversations with the desk of a small town, in writing."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from dialog.desk import Desk
from dialog.reply import Action
from dialog.search import Index
from dialog.state import USUAL_SPEED, State
from dialog.town import Town
from tests.dialog.conftest import EVENING, OPEN, Caller

# -- the greeting --------------------------------------------------------------------------


def test_the_greeting_says_ai_transcription_and_the_way_out(desk: Desk) -> None:
    reply = desk.greeting("mairie", at=OPEN).reply
    first_two = " ".join(reply.say.split(". ")[:2])
    assert "intelligence artificielle" in first_two
    assert "transcrit" in reply.say
    assert "enregistré" not in reply.say
    assert "« agent »" in reply.say
    assert "0" in reply.say
    assert len(reply.say.split()) <= 40
    assert reply.fixed


def test_a_line_has_its_own_greeting_and_service(desk: Desk) -> None:
    decision = desk.greeting("0261915010", at=OPEN)
    assert decision.reply.say.startswith("Bonjour, service état civil de Valmont.")
    assert desk.key(decision.state, "0", at=OPEN).reply.transfer_to == "etat-civil"


def test_recording_is_announced_when_it_is_on(town: Town, sheets, index: Index) -> None:
    desk = Desk(town, sheets, index, clock=lambda: OPEN, recording=True)
    assert "transcrit et enregistré" in desk.greeting("mairie", at=OPEN).reply.say


# -- answers -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "sheet", "words"),
    [
        ("J'ai un vieux fauteuil à jeter, comment je fais ?", "encombrants", "rendez-vous"),
        ("Combien coûte un passeport ?", "passeport", "86 €"),
        ("Quels papiers il faut pour un passeport ?", "passeport", "justificatif de domicile"),
        ("C'est combien la cantine ?", "cantine", "5,20 €"),
        ("Bonjour, excusez-moi, on veut se marier cet été.", "mariage", "deux mois"),
        ("Le marché, c'est quel jour ?", "marche", "mercredi"),
    ],
)
def test_the_right_part_of_the_right_sheet(
    caller: Caller, text: str, sheet: str, words: str
) -> None:
    reply = caller.says(text)
    assert (reply.action, reply.sheet) == (Action.ANSWER, sheet)
    assert words in reply.say
    assert reply.sheet_version
    assert reply.candidates[0].sheet == sheet
    assert 0 < reply.confidence <= 1


def test_the_words_are_the_sheets_own(caller: Caller, sheets) -> None:
    reply = caller.says("combien coûte un passeport ?")
    source = next(sheet for sheet in sheets if sheet.id == reply.sheet).text
    assert reply.sentences
    assert all(sentence in source for sentence in reply.sentences)
    assert reply.say == " ".join(reply.sentences)


def test_a_price_then_papers_then_the_rest(caller: Caller) -> None:
    caller.says("combien coûte un passeport ?")
    papers = caller.says("Et il faut quoi comme papiers ?")
    assert papers.sheet == "passeport"
    assert papers.say.startswith("Apportez l'ancien passeport")
    assert papers.say.endswith("Voulez-vous la suite ?")
    rest = caller.says("oui")
    assert rest.say == "Sans ancien passeport, apportez un acte de naissance de moins de 3 mois."
    assert caller.presses("#").action == Action.CHITCHAT, "nothing more to say"


def test_a_follow_up_changes_to_the_sheet_about_just_that(caller: Caller) -> None:
    caller.says("combien coûte un passeport ?")
    assert caller.says("Et pour mon fils ?").sheet == "passeport-enfant"


def test_a_follow_up_stays_and_takes_the_paragraph_asked_for(caller: Caller) -> None:
    caller.says("je voudrais faire un passeport")
    assert "trois semaines" in caller.says("Ça prend combien de temps ?").say
    assert "rez-de-chaussée" in caller.says("C'est où ?").say
    assert "mardi" in caller.says("Et quels jours ?").say


def test_what_a_sheet_does_not_say_is_not_invented(caller: Caller) -> None:
    caller.says("quel jour est le marché ?")
    reply = caller.says("C'est combien ?")
    assert reply.say == (
        "Je n'ai pas cette précision dans mes fiches. "
        "Pour en être sûr, l'accueil de la mairie répond au 02 61 91 50 00."
    )


def test_a_correction_keeps_what_was_asked(caller: Caller) -> None:
    caller.says("combien coûte la carte d'identité ?")
    reply = caller.says("Non, je parlais du passeport.")
    assert reply.sheet == "passeport"
    assert "86 €" in reply.say


def test_another_subject_is_another_subject(caller: Caller) -> None:
    caller.says("combien coûte un passeport ?")
    assert caller.says("Autre chose, j'ai un matelas à faire enlever.").sheet == "encombrants"


def test_drafts_and_expired_sheets_are_not_spoken(desk: Desk) -> None:
    ask = "les horaires de la patinoire"
    assert Caller(desk, OPEN).says(ask).sheet != "patinoire"
    assert Caller(desk, datetime(2026, 12, 5, 10)).says(ask).sheet == "patinoire"
    assert Caller(desk).says("à quelle heure est le feu d'artifice ?").sheet != "feu-artifice"


# -- doubt ---------------------------------------------------------------------------------


def test_a_choice_by_words_by_number_or_by_key(desk: Desk) -> None:
    awaiting = State(
        awaiting="choice",
        choices=("passeport", "carte-identite"),
        question="combien ça coûte, pour les papiers ?",
    )
    for answer in ("la carte d'identité", "le deuxième", "deux"):
        reply = desk.hear(awaiting, answer, at=OPEN).reply
        assert (reply.sheet, reply.action) == ("carte-identite", Action.ANSWER)
        assert "gratuite" in reply.say, "the question was about the price"
    assert desk.key(awaiting, "1", at=OPEN).reply.sheet == "passeport"


def test_neither_choice_asks_once_more_then_a_person_takes_over(caller: Caller) -> None:
    caller.state = State(awaiting="choice", choices=("passeport", "mariage"), question="papiers")
    assert caller.says("ni l'un ni l'autre").action == Action.CLARIFY
    assert caller.says("zglurb bidule").transfer_to == "accueil"


def test_two_misunderstandings_in_a_row_lead_to_a_person(caller: Caller) -> None:
    first = caller.says("Qui a gagné la finale de tennis ?")
    assert (first.action, first.transfer_to) == (Action.OUT_OF_SCOPE, None)
    assert caller.says("Une pizza quatre saisons.").transfer_to == "accueil"


def test_three_misunderstandings_in_all_lead_to_a_person(caller: Caller) -> None:
    caller.says("Une pizza quatre saisons.")
    caller.says("combien coûte un passeport ?")
    caller.says("Qui a gagné la finale de tennis ?")
    caller.says("quel jour est le marché ?")
    assert caller.says("Un billet de train pour Lyon.").transfer_to == "accueil"


def test_in_the_evening_the_way_out_is_a_number_and_an_hour(desk: Desk) -> None:
    caller = Caller(desk, EVENING)
    caller.says("Une pizza quatre saisons.")
    reply = caller.says("Qui a gagné la finale de tennis ?")
    assert (reply.action, reply.transfer_to) == (Action.TRANSFER, None)
    assert "demain à 9h" in reply.say
    assert "02 61 91 50 00" in reply.say


def test_words_without_speech_are_asked_again(caller: Caller) -> None:
    assert caller.says("").say.startswith("Excusez-moi")
    assert caller.says("").transfer_to == "accueil"


# -- persons -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("Un agent, s'il vous plaît.", "accueil"),
        ("Je veux parler à quelqu'un.", "accueil"),
        ("Je préfère parler à un humain.", "accueil"),
        ("Passez-moi le service état civil.", "etat-civil"),
        ("Je voudrais joindre l'état civil, merci.", "etat-civil"),
        ("Est-ce que je peux parler à quelqu'un de l'état civil ?", "etat-civil"),
        ("J'appelle pour une personne sourde, je suis le centre relais.", "accueil"),
    ],
)
def test_a_person_in_opening_hours(caller: Caller, text: str, service: str) -> None:
    reply = caller.says(text)
    assert (reply.action, reply.transfer_to) == (Action.TRANSFER, service)
    assert "Ne quittez pas" in reply.say


@pytest.mark.parametrize(
    "text", ["je voudrais avoir un passeport", "je voudrais parler du marché", "le marché"]
)
def test_a_subject_is_not_a_service(caller: Caller, text: str) -> None:
    assert caller.says(text).action == Action.ANSWER


def test_a_closed_service_says_when_it_opens(desk: Desk) -> None:
    reply = Caller(desk, EVENING).says("Passez-moi l'état civil")
    assert (reply.action, reply.transfer_to) == (Action.TRANSFER, None)
    assert "jeudi à 14h" in reply.say
    assert "02 61 91 50 10" in reply.say


def test_a_service_without_extension_gives_its_number(desk: Desk) -> None:
    monday = Caller(desk, datetime(2026, 11, 23, 10))
    reply = monday.says("passez-moi le service déchets")
    assert reply.transfer_to is None
    assert "02 61 91 50 50" in reply.say


def test_the_service_of_what_was_spoken_about(caller: Caller) -> None:
    caller.says("combien coûte un passeport ?")
    assert caller.says("Bon, passez-moi le service.").transfer_to == "etat-civil"


def test_nobody_answers_the_transfer(caller: Caller, desk: Desk) -> None:
    caller.says("passez-moi l'état civil")
    decision = desk.transfer_failed(caller.state, at=OPEN)
    assert "02 61 91 50 10" in decision.reply.say
    assert "le mardi de 9h à 12h" in decision.reply.say
    caller.state = decision.state
    assert caller.says("combien coûte un passeport ?").sheet == "passeport"


# -- manners -------------------------------------------------------------------------------


def test_repeat_says_the_same_then_slower(caller: Caller) -> None:
    said = caller.says("combien coûte un passeport ?")
    again = caller.says("Pardon, vous pouvez répéter ?")
    assert (again.action, again.say, again.sheet) == (Action.REPEAT, said.say, "passeport")
    assert caller.state.speed == USUAL_SPEED
    assert caller.presses("*").say == said.say
    assert caller.state.speed < USUAL_SPEED


def test_slower_lasts_for_the_whole_call(caller: Caller) -> None:
    caller.says("combien coûte un passeport ?")
    assert caller.says("Parlez moins vite s'il vous plaît").action == Action.SLOWER
    slow = caller.state.speed
    caller.says("quel jour est le marché ?")
    assert caller.state.speed == slow < USUAL_SPEED


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("Merci beaucoup !", Action.CHITCHAT),
        ("D'accord.", Action.CHITCHAT),
        ("Allô ? Vous êtes là ?", Action.CHITCHAT),
        ("Merci, au revoir.", Action.GOODBYE),
        ("Bonne journée.", Action.GOODBYE),
        ("Non, c'est tout.", Action.GOODBYE),
        ("Je voudrais la mairie de Lyon.", Action.OUT_OF_SCOPE),
    ],
)
def test_small_talk(caller: Caller, text: str, action: Action) -> None:
    reply = caller.says(text)
    assert reply.action == action
    assert reply.ends_call is (action == Action.GOODBYE)


@pytest.mark.parametrize(
    "text",
    [
        "Vous êtes un robot ?",
        "Je parle à une machine ou à une personne ?",
        "C'est une vraie personne, là ?",
        "Êtes-vous humain ?",
    ],
)
def test_a_robot_says_that_it_is_one(caller: Caller, text: str) -> None:
    assert caller.says(text).say.startswith("Oui, je suis un robot")


def test_silence_is_met_patiently_and_never_without_a_way_out(caller: Caller) -> None:
    assert "Je vous écoute" in caller.is_silent(1).say
    second = caller.is_silent(2)
    assert "114" in second.say
    assert second.transfer_to == "accueil", "two failures in a row (requirements P02)"
    third = caller.is_silent(3)
    assert third.transfer_to == "accueil"
    assert "114" not in third.say, "it is said once a call"
    last = caller.is_silent(4)
    assert last.ends_call
    assert "02 61 91 50 00" in last.say


def test_an_unknown_key_says_which_ones_there_are(caller: Caller) -> None:
    assert "Tapez 0" in caller.presses("5").say


def test_backchannels_are_not_turns(desk: Desk) -> None:
    assert desk.is_backchannel("Mmh, d'accord.")
    assert not desk.is_backchannel("D'accord mais combien ?")


def test_english_is_answered_in_english(desk: Desk) -> None:
    reply = desk.hear(State(), "I would like a new passport", at=OPEN, language="en").reply
    assert reply.language == "en"
    assert "press 0" in reply.say


# -- opening hours -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("Vous êtes ouverts là ?", "Oui, c'est ouvert : l'accueil de la mairie"),
        ("L'état civil est ouvert demain ?", "Non, c'est fermé demain"),
        ("L'état civil est ouvert jeudi matin ?", "Non, pas à ce moment-là"),
        ("L'état civil est ouvert jeudi ?", "Oui, le service état civil vous accueille jeudi"),
        ("Quels sont les horaires de l'état civil ?", "Le service état civil vous accueille"),
    ],
)
def test_hours_come_from_the_configuration(caller: Caller, text: str, start: str) -> None:
    reply = caller.says(text)
    assert reply.action == Action.ANSWER
    assert reply.say.startswith(start)


def test_and_tomorrow(caller: Caller) -> None:
    caller.says("L'état civil est ouvert aujourd'hui ?")
    assert caller.says("Et demain ?").say.startswith("Non, c'est fermé demain")


# -- the desk itself -----------------------------------------------------------------------


def test_hearing_changes_nothing(desk: Desk) -> None:
    state = State(sheet="passeport", reply="…", history=("combien coûte un passeport",))
    before = json.dumps(state.to_dict())
    first = desk.hear(state, "et pour mon fils ?", at=OPEN)
    second = desk.hear(state, "et pour mon fils ?", at=OPEN)
    assert json.dumps(state.to_dict()) == before
    assert first.state == second.state
    assert first.reply.say == second.reply.say


def test_a_state_is_small_and_survives_json(caller: Caller) -> None:
    caller.says("combien coûte un passeport ?")
    for _ in range(12):
        caller.says("Et il faut quoi comme papiers ? " + "vraiment " * 200)
    text = json.dumps(caller.state.to_dict(), ensure_ascii=False)
    assert len(text) < 3000
    assert State.from_dict(json.loads(text)) == caller.state


def test_an_old_state_with_unknown_keys_is_read() -> None:
    assert State.from_dict({"sheet": "marche", "mood": "gai"}) == State(sheet="marche")


def test_a_town_without_sheets_still_serves(town: Town, tmp_path) -> None:
    desk = Desk(town, [], Index.build([], tmp_path), clock=lambda: OPEN)
    caller = Caller(desk)
    assert caller.says("un agent").transfer_to == "accueil"
    assert caller.says("y a le feu").action == Action.EMERGENCY
    assert caller.says("vous êtes ouverts demain ?").say.startswith("Oui")
    assert caller.says("combien coûte un passeport ?").action == Action.OUT_OF_SCOPE


def test_a_breakdown_passes_the_call_or_gives_the_number(desk: Desk) -> None:
    assert desk.breakdown(State(), at=OPEN).reply.transfer_to == "accueil"
    assert "02 61 91 50 00" in desk.breakdown(State(), at=EVENING).reply.say


def test_fixed_sentences_hold_the_greetings_and_emergencies(desk: Desk) -> None:
    fixed = desk.fixed_sentences()
    assert desk.greeting("mairie", at=OPEN).reply.say in fixed
    assert desk.hear(State(), "y a le feu", at=OPEN).reply.say in fixed
    assert desk.filler(State()).say in fixed
    assert not any("{" in sentence for sentence in fixed)
