"""Persons and services as callers name them, and who answers when nobody is there."""

from __future__ import annotations

from datetime import datetime

import pytest

from dialog.desk import Desk
from dialog.intents import Words
from dialog.persons import Persons
from dialog.reply import Action
from dialog.search import Index
from dialog.sheets import Sheet
from dialog.town import Person, Town
from tests.dialog.conftest import EVENING, OPEN, Caller

PEOPLE = (
    Person(name="Anne Lefebvre", title="madame", service="etat-civil", extension="111"),
    Person(name="Jean Dupont", title="monsieur", service="accueil"),
    Person(name="Luc Dupond", title="monsieur", service="etat-civil"),
    Person(name="Fatima Benali", title="madame", service="accueil", extension="102"),
    Person(name="Nguyen Thi Mai", title="madame", service="accueil"),
    Person(name="Marie de La Tour", title="madame", service="etat-civil"),
    Person(
        name="Zoé Kowalczyk",
        title="madame",
        service="accueil",
        names=("Kovaltchik", "la directrice de l'école"),
    ),
)


@pytest.fixture(scope="module")
def peopled(town: Town) -> Town:
    return town.model_copy(update={"people": PEOPLE, "elected_service": "etat-civil"})


@pytest.fixture(scope="module")
def office(peopled: Town, sheets: list[Sheet], index: Index) -> Desk:
    return Desk(peopled, sheets, index, clock=lambda: OPEN)


def asked(town: Town, text: str) -> list[str] | None:
    found = Persons(town).asked(Words.of(text))
    return None if found is None else [one.name for one in found.people]


# -- names ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Passez-moi madame Lefèbre.", "Anne Lefebvre"),
        ("Je voudrais parler à madame Lefèvre, s'il vous plaît.", "Anne Lefebvre"),
        ("Passez-moi Madame Le Fèvre", "Anne Lefebvre"),
        ("Je peux avoir Anne Lefebvre ?", "Anne Lefebvre"),
        ("Madame Lefebvre s'il vous plaît", "Anne Lefebvre"),
        ("Est-ce que madame Lefebvre est là ?", "Anne Lefebvre"),
        ("je voudrais joindre Mme Ben Ali", "Fatima Benali"),
        ("passez-moi madame Bénali pour mon dossier", "Fatima Benali"),
        ("je voudrais parler à madame de la Tour", "Marie de La Tour"),
        ("je voudrais parler à madame Kovaltchik", "Zoé Kowalczyk"),
        ("passez-moi la directrice de l'école", "Zoé Kowalczyk"),
        ("je voudrais parler à Luc Dupond", "Luc Dupond"),
    ],
)
def test_a_person_is_found_by_ear(peopled: Town, text: str, name: str) -> None:
    assert asked(peopled, text) == [name]


def test_people_of_one_name_are_all_found(peopled: Town) -> None:
    assert asked(peopled, "passez-moi monsieur Dupont") == ["Jean Dupont", "Luc Dupond"]


def test_an_unknown_name_is_nobody(peopled: Town) -> None:
    assert asked(peopled, "passez-moi madame Schtroumpf") == []


@pytest.mark.parametrize(
    "text",
    [
        "Bonjour, madame Lefebvre à l'appareil, je voudrais un passeport.",
        "Je suis madame Lefebvre.",
        "Je voudrais parler à quelqu'un.",
        "Passez-moi l'état civil.",
        "Je voudrais parler à monsieur le maire.",
        "Combien coûte un passeport ?",
        "je voudrais avoir un acte de naissance",
        "je voudrais joindre le service des déchets",
    ],
)
def test_other_turns_ask_for_nobody(peopled: Town, text: str) -> None:
    assert asked(peopled, text) is None


def test_a_town_without_people_passes_on_as_before(caller: Caller) -> None:
    assert caller.says("passez-moi madame Lefebvre").transfer_to == "accueil"


# -- in a call -----------------------------------------------------------------------------


def test_the_persons_own_extension_is_called(office: Desk) -> None:
    reply = Caller(office).says("Passez-moi madame Lefèbre.")
    assert (reply.transfer_to, reply.extension) == ("etat-civil", "111")
    assert reply.say == "Je vous passe madame Anne Lefebvre, le service état civil. Ne quittez pas."


@pytest.mark.parametrize(
    ("answer", "service"),
    [
        ("Luc", "etat-civil"),
        ("monsieur Jean Dupont", "accueil"),
        ("la deuxième", "etat-civil"),
        ("un", "accueil"),
        ("celui de l'état civil", "etat-civil"),
        ("hein quoi bof", "accueil"),  # not understood: the front desk
    ],
)
def test_two_of_one_name_are_asked_apart_once(office: Desk, answer: str, service: str) -> None:
    caller = Caller(office)
    question = caller.says("je voudrais parler à monsieur Dupont")
    assert question.action is Action.CLARIFY
    assert "monsieur Jean Dupont" in question.say
    assert "monsieur Luc Dupond" in question.say
    assert caller.says(answer).transfer_to == service


def test_the_choice_can_be_keyed_and_another_question_asked(office: Desk) -> None:
    keyed, other = Caller(office), Caller(office)
    keyed.says("je voudrais parler à monsieur Dupont")
    assert keyed.presses("2").transfer_to == "etat-civil"
    other.says("je voudrais parler à monsieur Dupont")
    assert other.says("en fait dites-moi, combien coûte un passeport ?").sheet == "passeport"


def test_a_name_nobody_has_leads_to_the_front_desk_or_a_message(office: Desk) -> None:
    reply = Caller(office).says("passez-moi madame Schtroumpf")
    assert reply.say.startswith("Je ne trouve pas ce nom dans mon annuaire.")
    assert reply.transfer_to == "accueil"
    late = Caller(office, at=EVENING)
    reply = late.says("passez-moi madame Schtroumpf")
    assert reply.say.startswith("Je ne trouve pas ce nom dans mon annuaire.")
    assert reply.say.endswith("Voulez-vous laisser un message ?")
    assert late.says("oui").action is Action.MESSAGE


def test_out_of_hours_a_message_goes_to_the_persons_service(office: Desk) -> None:
    late = Caller(office, at=EVENING)
    reply = late.says("passez-moi madame Lefebvre")
    assert "madame Anne Lefebvre n'est pas là" in reply.say
    assert "jeudi à 14h" in reply.say
    late.says("oui")
    assert late.state.task is not None
    assert late.state.task.service == "etat-civil"


def test_a_message_for_a_person_goes_to_the_service(office: Desk) -> None:
    caller = Caller(office)
    caller.says("je voudrais laisser un message pour madame Lefebvre")
    assert caller.state.task is not None
    assert caller.state.task.service == "etat-civil"


@pytest.mark.parametrize(
    "text",
    [
        "Passez-moi monsieur le maire.",
        "Je voudrais avoir le maire au téléphone",
        "passez-moi un élu",
    ],
)
def test_elected_people_are_reached_by_their_office(
    office: Desk, caller: Caller, text: str
) -> None:
    assert Caller(office).says(text).transfer_to == "etat-civil"
    assert caller.says(text).transfer_to == "accueil"  # none is configured


# -- deaf callers --------------------------------------------------------------------------


def test_a_relay_number_goes_straight_to_a_person(
    town: Town, sheets: list[Sheet], index: Index
) -> None:
    relayed = town.model_copy(update={"relay_numbers": ("02 61 91 49 00",)})
    desk = Desk(relayed, sheets, index, clock=lambda: OPEN)
    reply = desk.greeting("mairie", at=OPEN, caller="+33261914900").reply
    assert reply.transfer_to == "accueil"
    assert "intelligence artificielle" in reply.say
    assert reply.summary
    for at, number in ((EVENING, "+33261914900"), (OPEN, "+33261914901"), (OPEN, "")):
        assert desk.greeting("mairie", at=at, caller=number).reply.transfer_to is None


@pytest.mark.parametrize(
    "text",
    [
        "J'appelle pour une personne sourde.",
        "Centre relais téléphonique bonjour.",
        "Bonjour, ici Acceo.",
    ],
)
def test_a_relay_operator_gets_a_person(caller: Caller, text: str) -> None:
    assert caller.says(text).transfer_to == "accueil"


@pytest.mark.parametrize(
    "text",
    [
        "Je suis sourd, comment je fais pour vous joindre ?",
        "Mon père est malentendant, comment il peut vous contacter ?",
        "Comment vous joindre quand on est sourd ?",
    ],
)
def test_the_access_for_deaf_people_is_spoken(
    town: Town, sheets: list[Sheet], index: Index, caller: Caller, text: str
) -> None:
    access = "Les personnes sourdes écrivent à accueil@valmont.example."
    desk = Desk(town.model_copy(update={"deaf_access": access}), sheets, index, clock=lambda: OPEN)
    assert Caller(desk).says(text).say == access
    assert "2 place du Lavoir" in caller.says(text).say


# -- nobody answers ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "opening"),
    [
        ("2026-11-24T12:30", "aujourd'hui à 14h"),  # lunch
        ("2026-11-24T19:30", "demain à 9h"),
        ("2026-11-28T18:00", "lundi à 9h"),  # Saturday evening
        ("2026-04-03T18:00", "demain à 9h30"),  # Good Friday is worked here
        ("2026-04-04T12:00", "mardi à 9h"),  # Easter Monday comes next
        ("2026-07-10T18:00", "demain à 9h30"),
        ("2026-07-13T18:00", "mercredi à 9h"),  # the eve of Bastille Day
        ("2027-12-31T18:00", "lundi à 9h"),  # a Friday evening; Saturday is New Year
    ],
)
def test_a_closed_desk_says_when_it_opens_and_takes_a_message(
    office: Desk, at: str, opening: str
) -> None:
    caller = Caller(office, at=datetime.fromisoformat(at))
    reply = caller.says("je voudrais parler à quelqu'un")
    assert reply.transfer_to is None
    assert f"Réouverture {opening}" in reply.say
    assert caller.says("oui").action is Action.MESSAGE


def test_a_transfer_that_fails_comes_back_with_the_hours_and_a_message(office: Desk) -> None:
    caller = Caller(office)
    caller.says("passez-moi l'état civil")
    failed = office.transfer_failed(caller.state, at=OPEN)
    assert "02 61 91 50 10" in failed.reply.say
    assert "le jeudi de 14h à 19h" in failed.reply.say
    caller.state = failed.state
    assert caller.says("oui").action is Action.MESSAGE
    assert caller.state.task is not None
    assert caller.state.task.service == "etat-civil"


def test_a_person_must_work_somewhere(town: Town) -> None:
    wrong = Person(name="Anne Lefebvre", service="nulle-part")
    with pytest.raises(ValueError, match="the person Anne Lefebvre names the service 'nulle-part'"):
        Town(**{**town.model_dump(), "people": (wrong.model_dump(),)})
