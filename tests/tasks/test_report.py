"""A street report: what, where, how big, how dangerous."""

from __future__ import annotations

import pytest

from dialog.desk import Desk
from dialog.reply import Action
from tests.tasks.conftest import EVENING, Caller


def test_a_whole_report(caller: Caller) -> None:
    opening = caller.says("Il y a un gros trou devant chez moi.")
    assert opening.action == Action.REPORT
    assert "un trou dans la chaussée" in opening.say
    assert "Où est-ce ?" in opening.say
    assert "12 rue des Lilas" in caller.says("12 rue des Lilas").say
    assert "grand comme une assiette" in caller.says("grand comme une assiette").say
    recap = caller.says("Non, pas vraiment.").say
    assert recap.endswith(
        "Je récapitule : un trou dans la chaussée, 12 rue des Lilas, grand comme une assiette. "
        "C'est bien ça ?"
    )
    done = caller.says("oui").say
    assert done.count("482 913") == 2
    fields = caller.ticket.fields
    assert fields["problem"] == "pothole"
    assert fields["description"] == "Il y a un gros trou devant chez moi."
    assert (fields["street"], fields["number"], fields["street_known"]) == (
        "Rue des Lilas",
        "12",
        "oui",
    )
    assert (float(fields["lat"]), float(fields["lon"])) == (pytest.approx(47.97012), -0.42)
    assert fields["urgent"] == "non"


def test_everything_in_the_first_sentence(caller: Caller) -> None:
    reply = caller.says("Le lampadaire devant le 8 rue des Lilas ne marche plus.")
    assert "Je récapitule" in reply.say, "nothing is left to ask"
    caller.says("oui")
    assert caller.ticket.fields["number"] == "8"


def test_what_is_reported_is_asked(caller: Caller) -> None:
    assert "Qu'avez-vous vu" in caller.says("Je voudrais faire un signalement.").say
    assert "un lampadaire en panne" in caller.says("un lampadaire").say


def test_a_problem_of_no_known_kind_is_kept_in_the_callers_words(caller: Caller) -> None:
    caller.says("Je veux faire un signalement.", "le panneau de la boulangerie est illisible")
    caller.says("place du Lavoir", "devant la boulangerie", "non", "oui")
    assert caller.ticket.fields["problem"] == "other"
    assert "illisible" in caller.ticket.fields["description"]


@pytest.mark.parametrize(
    ("said", "street"),
    [
        ("rue des Lilas", "Rue des Lilas"),
        ("rue d'hélilas", "Rue des Lilas"),
        ("c'est dans l'impasse des acacias", "Impasse des Acacias"),
    ],
)
def test_streets_as_they_are_heard(caller: Caller, said: str, street: str) -> None:
    caller.says("Le lampadaire clignote.", said)
    assert caller.state.task is not None
    assert caller.state.task.values["street"] == street


def test_several_streets_of_a_name_are_asked(caller: Caller) -> None:
    reply = caller.says("Le lampadaire clignote.", "rue du Général").say
    assert "Leclerc" in reply
    assert "Gaulle" in reply
    assert reply.endswith("Laquelle ?")
    assert "rue du Général de Gaulle" in caller.says("De Gaulle").say


def test_several_streets_by_number(caller: Caller) -> None:
    reply = caller.says("Le lampadaire clignote.", "rue du Général").say
    first = "Leclerc" if reply.index("Leclerc") < reply.index("Gaulle") else "Gaulle"
    assert first in caller.says("la première").say


def test_a_street_that_is_not_on_the_list_is_kept_and_flagged(caller: Caller) -> None:
    reply = caller.says("Le lampadaire clignote.", "14 rue Schtroumpf").say
    assert "14 rue Schtroumpf" in reply
    assert "le service vérifiera" in reply
    caller.says("oui")
    fields = caller.ticket.fields
    assert fields["street_known"] == "non"
    assert "street" not in fields
    assert "lat" not in fields


def test_a_place_without_a_street_is_kept_as_heard(caller: Caller) -> None:
    caller.says("On a jeté des matelas sur le trottoir.", "derrière le gymnase", "deux matelas")
    caller.says("oui")
    assert "gymnase" in caller.ticket.fields["place"]


def test_a_landmark_is_asked_where_no_number_is_given(caller: Caller) -> None:
    assert "repère" in caller.says("Le lampadaire clignote.", "rue des Lilas").say
    recap = caller.says("en face de la pharmacie").say
    assert "pharmacie" in recap
    caller.says("oui")
    assert "pharmacie" in caller.ticket.fields["landmark"]


def test_the_number_may_come_as_the_landmark(caller: Caller) -> None:
    caller.says("Le lampadaire clignote.", "rue des Lilas", "devant le 12", "oui")
    assert caller.ticket.fields["number"] == "12"
    assert "lat" in caller.ticket.fields


def test_no_landmark(caller: Caller) -> None:
    assert "Je récapitule" in caller.says("Le lampadaire clignote.", "rue des Lilas", "non").say


@pytest.mark.parametrize(
    ("said", "street", "number"),
    [
        ("Non, au 14.", "Rue des Lilas", "14"),
        ("Non, rue du Moulin.", "Rue du Moulin", "12"),
        ("Non, c'est au 3 rue du Moulin.", "Rue du Moulin", "3"),
    ],
)
def test_the_place_is_corrected(caller: Caller, said: str, street: str, number: str) -> None:
    caller.says("Il y a un gros trou.", "12 rue des Lilas")
    caller.says(said, "petit", "non", "oui")
    assert (caller.ticket.fields["street"], caller.ticket.fields["number"]) == (street, number)


def test_the_recap_is_corrected(caller: Caller) -> None:
    caller.says("Il y a un gros trou.", "12 rue des Lilas", "petit", "non")
    assert "14 rue des Lilas" in caller.says("Non, c'est au 14.").say
    caller.says("oui")
    assert caller.ticket.fields["number"] == "14"


def test_a_bare_yes_never_makes_a_danger(caller: Caller) -> None:
    caller.says("Il y a un gros trou.", "12 rue des Lilas", "petit", "non", "Non.", "Oui.")
    assert caller.state.task is not None
    assert caller.state.task.values["urgent"] == "non"


def test_a_corrected_street_has_not_the_old_coordinates(caller: Caller) -> None:
    caller.says("Le lampadaire clignote.", "12 rue des Lilas", "non, rue du Moulin", "oui")
    assert "lat" not in caller.ticket.fields, "there is no 12 in this street"


def test_the_volume_of_a_dump_is_asked(caller: Caller) -> None:
    reply = caller.says("On a jeté des gravats sur le trottoir, 12 rue des Lilas.").say
    assert "coffre de voiture" in reply
    caller.says("un camion", "oui")
    assert caller.ticket.fields["size"] == "un camion"
    assert caller.ticket.service == "dechets"


def test_a_danger_goes_to_the_duty_post(desk: Desk) -> None:
    caller = Caller(desk, EVENING)
    caller.says("Une branche menace de tomber sur la route.", "12 rue des Lilas")
    reply = caller.says("oui")
    assert reply.transfer_to == "astreinte"
    assert "482 913" in reply.say
    assert caller.ticket.service == "astreinte"


def test_what_the_caller_calls_dangerous_too(caller: Caller) -> None:
    caller.says("Il y a un gros trou.", "12 rue des Lilas", "un mètre", "Oui, c'est dangereux.")
    reply = caller.says("oui")
    assert reply.transfer_to == "astreinte"
    assert caller.ticket.fields["urgent"] == "oui"


def test_the_report_knows_the_sheet_about_it(caller: Caller) -> None:
    reply = caller.says("On a jeté un canapé sur le trottoir, j'ai vu les encombrants passer.")
    assert reply.action == Action.REPORT
    assert reply.candidates
