"""What asks for a task, and what only sounds like it."""

from __future__ import annotations

import pytest

from dialog.intents import Words
from dialog.tasks.detect import wish
from dialog.tasks.rules import TaskRules


@pytest.mark.parametrize(
    "text",
    [
        "Je voudrais laisser un message.",
        "Est-ce que je peux laisser un message à l'urbanisme ?",
        "Vous pouvez prendre un message ?",
        "Un message, s'il vous plaît.",
        "J'aimerais qu'on me rappelle.",
        "Est-ce que quelqu'un peut me rappeler ?",
        "Vous pouvez me faire rappeler par le service ?",
        "Je voudrais être rappelé demain.",
        "Je souhaite être recontactée.",
        "Rappelez-moi quand vous pourrez.",
        "Dites-lui que je suis passé.",
        "C'est pour une demande de rappel.",
        "Notez un message pour la voirie.",
        "Pouvez-vous transmettre un message au maire ?",
    ],
)
def test_a_message(rules: TaskRules, text: str) -> None:
    found = wish(Words.of(text), rules)
    assert found is not None
    assert found.kind == "message"


@pytest.mark.parametrize(
    "text",
    [
        "Je voudrais prendre rendez-vous.",
        "Bonjour, c'est pour un rendez-vous.",
        "J'ai besoin d'un rendez-vous avec l'urbanisme.",
        "Il me faudrait un rdv avec le service état civil.",
        "Je peux avoir un rendez-vous ?",
        "Un rendez-vous, s'il vous plaît.",
        "Je souhaiterais fixer un rendez-vous avec une assistante sociale.",
        "Donnez-moi un rendez-vous.",
    ],
)
def test_an_appointment(rules: TaskRules, text: str) -> None:
    found = wish(Words.of(text), rules)
    assert found is not None
    assert found.kind == "appointment"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Il y a un gros trou devant chez moi.", "pothole"),
        ("Y a un nid-de-poule énorme rue des Lilas", "pothole"),
        ("Le trottoir est tout défoncé devant l'école.", "pothole"),
        ("On a jeté des matelas sur le trottoir.", "fly_tipping"),
        ("Quelqu'un a déposé des gravats dans le chemin.", "fly_tipping"),
        ("Il y a un dépôt sauvage derrière le stade.", "fly_tipping"),
        ("Y a plein de sacs poubelles sur la place, ça déborde.", "fly_tipping"),
        ("Le lampadaire marche plus rue du Moulin.", "street_lamp"),
        ("L'éclairage public est en panne dans mon impasse.", "street_lamp"),
        ("Toute la rue est dans le noir.", "street_lamp"),
        ("Il y a une fuite d'eau sur la route.", "water_leak"),
        ("La bouche d'incendie coule depuis ce matin.", "water_leak"),
        ("Une voiture est abandonnée sur le parking depuis deux mois.", "abandoned_car"),
        ("Y a une épave en bas de l'immeuble.", "abandoned_car"),
        ("On a fait des tags sur le mur de l'école.", "graffiti"),
        ("Il y a une croix gammée sur l'abribus.", "graffiti"),
        ("Y a un chien mort sur la route.", "animal"),
        ("Il y a un chien errant près de l'école.", "animal"),
        ("Une plaque d'égout est ouverte sur le trottoir.", "danger"),
        ("Une branche menace de tomber sur la route.", "danger"),
        ("Je voudrais signaler un dépôt sauvage.", "fly_tipping"),
    ],
)
def test_a_report(rules: TaskRules, text: str, problem: str) -> None:
    found = wish(Words.of(text), rules)
    assert found is not None
    assert (found.kind, found.problem and found.problem.id) == ("report", problem)


def test_a_report_of_what_is_not_said_yet(rules: TaskRules) -> None:
    found = wish(Words.of("Bonjour, je voudrais faire un signalement."), rules)
    assert found is not None
    assert (found.kind, found.problem) == ("report", None)


@pytest.mark.parametrize(
    "text",
    [
        "J'ai un vieux canapé à jeter, comment je fais ?",
        "Quand passez-vous les poubelles ?",
        "Mon voisin brûle ses déchets, il a le droit ?",
        "Combien on risque si on jette un matelas dans la rue ?",
        "C'est interdit de laisser ses meubles sur le trottoir ?",
        "Pourquoi l'éclairage est éteint la nuit ?",
        "J'ai crevé un pneu dans un trou, est-ce que la mairie rembourse ?",
        "J'ai une fuite d'eau dans ma cuisine.",
        "J'ai perdu mon chien hier soir.",
        "Mon chat a disparu.",
        "Je vide la maison de ma mère, il y a des meubles à enlever.",
        "Est-ce qu'il faut un rendez-vous pour le passeport ?",
        "Comment prendre rendez-vous ?",
        "On peut venir sans rendez-vous ?",
        "J'ai déjà un rendez-vous jeudi.",
        "Combien coûte un passeport ?",
        "Je dois déclarer la naissance de mon fils.",
        "Je voudrais signaler mon changement d'adresse.",
        "Où jeter des bouteilles ?",
        "Passez-moi l'état civil.",
        "Oui.",
        "",
    ],
)
def test_a_question_is_none(rules: TaskRules, text: str) -> None:
    assert wish(Words.of(text), rules) is None


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("Je dois annuler mon rendez-vous de demain.", "cancel"),
        ("Faudrait décaler mon rendez-vous à l'urbanisme.", "move"),
        ("J'ai rendez-vous jeudi mais je peux pas venir.", "move"),
        ("Je pourrai pas venir à mon rendez-vous de vendredi.", "move"),
        ("Comment annuler mon rendez-vous ?", ""),
        ("Je dois annuler mon rendez-vous chez le dentiste.", ""),
        ("Je voudrais un rendez-vous avec l'urbanisme.", ""),
    ],
)
def test_an_appointment_that_exists_is_moved_or_cancelled(
    rules: TaskRules, text: str, change: str
) -> None:
    found = wish(Words.of(text), rules)
    assert (found.change if found else "") == change
