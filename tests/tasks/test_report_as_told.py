"""Street reports as people tell them: in another order, with detours, corrections and doubts."""

from __future__ import annotations

import pytest

from tests.tasks.conftest import Caller

HOLE = "Il y a un trou dans la chaussée."
DUMP = "Des gens ont déposé des gravats."


def test_the_size_is_told_before_the_place(caller: Caller) -> None:
    caller.says(DUMP)
    assert "Où est-ce" in caller.says("au moins deux camionnettes de gravats").say
    recap = caller.says("rue des Lilas, juste avant le pont").say
    assert "juste avant le pont, rue des Lilas, au moins deux camionnettes de gravats" in recap
    caller.says("c'est nickel")
    assert caller.ticket.fields["street"] == "Rue des Lilas"
    assert caller.ticket.fields["landmark"] == "le pont"


def test_size_and_danger_in_the_first_sentence(caller: Caller) -> None:
    recap = caller.says(
        "trou dans la chaussée au 12 rue des Lilas, gros comme une casserole, c'est dangereux"
    ).say
    assert "12 rue des Lilas, gros comme une casserole, dangereux. C'est bien ça ?" in recap


@pytest.mark.parametrize(
    "said",
    [
        "alors là je ne connais pas le nom de la rue, je suis pas d'ici",
        "je sais pas trop",
        "j'habite pas là",
    ],
)
def test_a_caller_who_does_not_know_the_street_is_asked_for_a_landmark(
    caller: Caller, said: str
) -> None:
    caller.says(HOLE)
    assert caller.says(said).say.startswith("Ce n'est pas grave. Dites-moi la rue, ou un lieu")
    assert "derrière la piscine" in caller.says("c'est derrière la piscine").say


@pytest.mark.parametrize("said", ["ben devant chez moi je vous dis", "dans ma rue", "c'est ici"])
def test_chez_moi_is_no_place(caller: Caller, said: str) -> None:
    caller.says(HOLE)
    assert "il me faut la rue" in caller.says(said).say
    caller.says("4 rue des Lilas")
    assert caller.state.task is not None
    assert caller.state.task.values["place"] == "4 rue des Lilas"


@pytest.mark.parametrize("said", ["non", "ben non", "Rue de la", "la rue"])
def test_these_are_no_places(caller: Caller, said: str) -> None:
    caller.says(HOLE, said)
    assert caller.state.task is not None
    assert "place" not in caller.state.task.values


def test_no_street_is_heard_into_other_words(caller: Caller) -> None:
    caller.says("Y a un chat mort sur la route, le pauvre, devant la boulangerie place du Lavoir")
    assert caller.state.task is not None
    values = caller.state.task.values
    assert (values["street"], values["landmark"]) == ("Place du Lavoir", "la boulangerie")


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("attendez, c'est pas rue des Lilas c'est place du Lavoir", "12 place du Lavoir"),
        ("non, pas douze, quatorze", "14 rue des Lilas"),
        ("ah non je me suis trompée, au 14", "14 rue des Lilas"),
        ("c'est rue du Moulin, et pas rue des Lilas", "12 rue du Moulin"),
    ],
)
def test_corrections_of_the_recap(caller: Caller, said: str, place: str) -> None:
    caller.says("Le lampadaire est cassé au 12 rue des Lilas.")
    assert f", {place}. C'est bien ça" in caller.says(said).say


def test_a_corrected_landmark_keeps_the_street(caller: Caller) -> None:
    caller.says("Le lampadaire est cassé.", "rue des Lilas", "près des tribunes")
    recap = caller.says("non pas les tribunes, à côté du gymnase").say
    assert ", à côté du gymnase, rue des Lilas. C'est bien ça" in recap


def test_a_late_number_of_a_street_that_is_not_on_the_list(caller: Caller) -> None:
    caller.says("Le lampadaire est cassé rue des Capucines.")
    assert "4 rue des Capucines" in caller.says("oui, au numéro 4").say
    caller.says("oui")
    assert caller.ticket.fields["street_known"] == "non"


def test_the_street_of_a_landmark_told_late(caller: Caller) -> None:
    caller.says("Le banc devant l'église est cassé.")
    caller.says("sur la place du Lavoir oui")
    assert caller.state.task is not None
    assert caller.state.task.values["street"] == "Place du Lavoir"
    assert "urgent" not in caller.state.task.values, "that oui was about the place"


@pytest.mark.parametrize(
    ("said", "urgent"),
    [
        ("ça coule pas mal mais non c'est pas dangereux", "non"),
        ("bof, non", "non"),
        ("ben évidemment c'est dangereux", "oui"),
        ("Ah ben oui, y a des gamins qui passent", "oui"),
        ("rien de grave", "non"),
    ],
)
def test_whether_it_is_dangerous(caller: Caller, said: str, urgent: str) -> None:
    caller.says("Il y a une fuite d'eau au 12 rue des Lilas.", said)
    assert caller.state.task is not None
    assert caller.state.task.values["urgent"] == urgent


@pytest.mark.parametrize(
    ("said", "size"),
    [
        ("Oh ben je dirais cinquante centimètres", "cinquante centimètres"),
        ("un canapé quoi", "un canapé"),
        ("je sais pas moi, j'ai pas mesuré", ""),
        ("comme une assiette", "comme une assiette"),
    ],
)
def test_sizes_without_their_fillers(caller: Caller, said: str, size: str) -> None:
    caller.says("Il y a un trou dans la rue au 12 rue des Lilas.", said)
    assert caller.state.task is not None
    assert caller.state.task.values["size"] == size


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("ça fait trois mois qu'une Clio bouge pas de sa place", "abandoned_car"),
        ("voiture pas bouger deux mois, pas plaque", "abandoned_car"),
        ("la lumière dehors marche pas depuis une semaine", "street_lamp"),
        ("le feu rouge du carrefour est bloqué au rouge", "traffic_light"),
        ("le banc du square est cassé", "street_furniture"),
        ("les haies débordent sur le trottoir, on peut plus passer", "vegetation"),
        ("y a un nid de frelons dans le parc", "insects"),
        ("une camionnette qui vient la nuit déposer des sacs de gravats", "fly_tipping"),
    ],
)
def test_what_is_told_of(caller: Caller, said: str, kind: str) -> None:
    caller.says(said)
    assert caller.state.task is not None
    assert caller.state.task.values["problem"] == kind


@pytest.mark.parametrize(
    "said",
    [
        "j'ai un nid de guêpes dans mon jardin",
        "la haie du voisin dépasse sur mon terrain",
        "ma barrière est cassée",
    ],
)
def test_ones_own_things_are_no_report(caller: Caller, said: str) -> None:
    caller.says(said)
    assert caller.state.task is None


def test_naming_the_problem_again_changes_nothing(caller: Caller) -> None:
    caller.says("Le lampadaire devant le 8 rue des Lilas ne marche plus.")
    recap = caller.says("la lumière de la rue").say
    assert "un lampadaire en panne, devant le 8 rue des Lilas. C'est bien ça ?" in recap
    caller.says("mais bien sûr")
    told = "Le lampadaire devant le 8 rue des Lilas ne marche plus."
    assert caller.ticket.fields["description"] == told


def test_given_up_with_a_reason(caller: Caller) -> None:
    caller.says(DUMP)
    said = caller.says("euh oh et puis non laissez tomber, mon mari va le faire").say
    assert said.startswith("D'accord, j'annule")
    assert caller.state.task is None


def test_a_corner_is_one_correction(caller: Caller) -> None:
    caller.says("Le lampadaire est cassé au 12 rue des Lilas.")
    recap = caller.says("non, à l'angle de la rue des Lilas et de la rue du Moulin").say
    assert "à l'angle de la rue des Lilas et de la rue du Moulin. C'est bien ça" in recap


def test_a_word_of_praise_is_no_name(caller: Caller) -> None:
    caller.says("Je voudrais laisser un message.", "Thierry Lebrun", "le trottoir")
    caller.says("06 22 33 44 55", "oui", "lundi matin", "impec")
    assert caller.ticket.fields["name"] == "Thierry Lebrun"


@pytest.mark.parametrize(
    ("said", "number"),
    [("nan c'est 22 en fait", "22"), ("euh non non, vingt et un, pardon", "21")],
)
def test_a_number_corrected_in_passing(caller: Caller, said: str, number: str) -> None:
    caller.says("Le lampadaire est cassé au 12 rue des Lilas.")
    assert f", {number} rue des Lilas. C'est bien ça" in caller.says(said).say
    caller.says(f"oui voilà, {number}")
    assert caller.ticket.fields["number"] == number


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("le lampadaire numéro 245 clignote rue des Lilas", "rue des Lilas"),
        ("une camionnette ventouse, plaque AB 123 CD, rue des Lilas", "rue des Lilas"),
        ("un lampadaire cassé 3 rue des Lilas, enfin non, rue du Moulin", "3 rue du Moulin"),
        ("un lampadaire cassé devant chez moi, rue des Lilas", "rue des Lilas"),
    ],
)
def test_the_place_among_other_things(caller: Caller, said: str, place: str) -> None:
    caller.says(said)
    assert caller.state.task is not None
    assert caller.state.task.values["place"] == place


def test_what_is_named_when_asked(caller: Caller) -> None:
    caller.says("je fais un signalement au 14 rue des Lilas", "un canapé et un matelas")
    assert caller.state.task is not None
    assert caller.state.task.values["problem"] == "fly_tipping"


def test_a_message_for_the_mayor_goes_to_the_service_that_takes_it(caller: Caller) -> None:
    caller.says("Je voudrais laisser un message au maire", "Claude Besson", "les encombrants")
    assert caller.state.task is not None
    assert caller.state.task.service in ("", "accueil")
