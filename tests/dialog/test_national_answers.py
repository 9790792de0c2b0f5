"""What is spoken of a long national sheet: what was asked, for the caller's case, in its words."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from dialog.answers import MOST_FACTS, MOST_WORDS, choose, sentences, speak
from dialog.desk import Desk
from dialog.grounding import check
from dialog.reply import Action
from dialog.search import Index
from dialog.search.ages import Ages
from dialog.search.context import Neighbours
from dialog.search.pieces import pieces
from dialog.sheets import VALIDATED, Section, Sheet
from dialog.state import State
from dialog.wish_bank import wish_sheets

AT = datetime(2026, 11, 24, 10, 30)
PAPERS = (
    "Pièces à fournir : Votre passeport ; Photo d'identité de moins de 6 mois ; Justificatif de "
    "domicile ; Numéro de pré-demande ; Timbre fiscal."
)


def national(id: str, title: str, *sections: Section, questions: tuple[str, ...] = ()) -> Sheet:
    return Sheet(
        id=id,
        title=title,
        service="",
        status=VALIDATED,
        owner="",
        questions=questions,
        valid_from=None,
        valid_until=None,
        source="service-public.fr",
        lang="fr",
        sections=sections,
        version="1",
        theme="Papiers - Citoyenneté",
        dossier="Carte d'identité",
    )


CARD = national(
    "F1341",
    "Carte d'identité d'un majeur : première demande",
    Section("", ("Pour demander une carte d'identité, il faut se rendre au guichet.",)),
    Section("Où faire la demande ?", ("Vous pouvez vous rendre dans n'importe quelle mairie.",)),
    Section("Pièces à fournir", (PAPERS,), "pieces", ("Vous avez un passeport valide",)),
    Section("Pièces à fournir", ("Un acte de naissance.",), "pieces", ("Pas de passeport",)),
    Section("Coût", ("Coût : Gratuit.",), "price"),
    questions=("ma première carte d'identité", "j'ai jamais eu de carte d'identité"),
)
CHILD = replace(
    CARD,
    id="F1342",
    title="Carte d'identité d'un mineur : première demande",
    questions=("faire la carte d'identité de mon fils", "carte d'identité pour ma fille"),
)


def spoken(aspects: tuple[str, ...], question: str, *, follow_up: bool = False) -> str:
    flat = [0.0] * sum(len(section.paragraphs) for section in CARD.sections)
    return speak(CARD, choose(CARD, aspects, flat, question, follow_up=follow_up)).text


def test_price_and_papers_come_from_their_chapters() -> None:
    assert spoken(("Prix",), "c'est combien la carte") == "Coût : Gratuit."
    assert "Votre passeport" in spoken(("Pièces à fournir",), "quels papiers")


def test_the_condition_is_kept_before_the_words() -> None:
    told = spoken(("Pièces à fournir",), "quels papiers")
    assert told.startswith("Vous avez un passeport valide : ")
    other = spoken(("Pièces à fournir",), "quels papiers si je n'ai pas de passeport")
    assert other.startswith("Pas de passeport : Un acte de naissance")


def test_a_long_list_is_told_in_parts() -> None:
    flat = [0.0] * 5
    wanted = choose(CARD, ("Pièces à fournir",), flat, "quels papiers", follow_up=False)
    first = speak(CARD, wanted)
    assert len(first.sentences) == MOST_FACTS
    assert first.text.endswith(".")
    assert len(first.text.split()) <= MOST_WORDS
    assert "Numéro de pré-demande" in speak(CARD, first.more).text


def test_a_list_is_cut_at_its_items() -> None:
    assert sentences("A faire : un ; deux ; trois.") == ["A faire : un ;", "deux ;", "trois."]


def test_what_is_told_stands_in_the_sheet() -> None:
    assert check("Coût : Gratuit.", CARD) == []
    assert check("C'est payant, 25 €.", CARD) != []
    assert check("Non, la mairie de Lyon refuse.", CARD) != []


@pytest.fixture(scope="module")
def desk(town, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    sheets = [CARD, CHILD]
    folder: Path = tmp_path_factory.mktemp("national")
    index = Index.build([*sheets, *wish_sheets()], folder)
    return Desk(town, sheets, index, clock=lambda: AT)


def test_age_tells_twins_apart(desk: Desk) -> None:
    mine = desk.hear(State(), "je veux faire ma première carte d'identité", at=AT)
    hers = desk.hear(State(), "la carte d'identité de ma petite, elle a quatre mois", at=AT)
    assert mine.reply.candidates[0].sheet == "F1341"
    assert hers.reply.candidates[0].sheet == "F1342"
    gain = Ages([CARD, CHILD]).bonus("pour mon fils de dix ans")
    assert gain[1] > 0 > gain[0]
    unsaid = Ages([CARD, CHILD]).bonus("une carte d'identité")
    assert unsaid[0] == 0 > unsaid[1], "nobody spoke of a child"
    assert not Ages([CHILD]).bonus("une carte d'identité").any(), "and there is no other sheet"


@pytest.mark.parametrize("said", ["Oui, c'est ça.", "oui", "ma première carte d'identité"])
def test_a_question_back_about_one_sheet_is_answered_by_yes(desk: Desk, said: str) -> None:
    asked = State(awaiting="choice", choices=("F1341",), question="une carte d'identité")
    assert desk.hear(asked, said, at=AT).reply.sheet == "F1341"
    assert desk.key(asked, "1", at=AT).reply.sheet == "F1341"
    refused = desk.hear(asked, "non, pas du tout", at=AT).reply
    assert refused.sheet is None
    assert refused.action is Action.CLARIFY


@pytest.mark.parametrize("said", ["le deuxième", "c'est pour ma fille"])
def test_the_answer_to_a_question_back_picks_its_sheet(desk: Desk, said: str) -> None:
    asked = State(awaiting="choice", choices=("F1341", "F1342"), question="une carte d'identité")
    assert desk.hear(asked, said, at=AT).reply.sheet == "F1342"


@pytest.mark.parametrize(
    ("said", "action"),
    [
        ("vous pourriez me mettre avec la personne qui gère les cimetières", Action.TRANSFER),
        ("on a été coupés, j'étais en ligne avec votre collègue", Action.TRANSFER),
        ("dites-lui que je serai en retard et que je rappellerai", Action.MESSAGE),
        ("le trottoir s'est affaissé devant le numéro douze", Action.REPORT),
        ("il va pleuvoir ce week-end d'après vous", Action.OUT_OF_SCOPE),
    ],
)
def test_wishes_are_granted_without_being_spoken(desk: Desk, said: str, action: Action) -> None:
    decision = desk.hear(State(), said, at=AT)
    assert decision.reply.action is action
    assert decision.reply.sheet is None
    assert not any(one.sheet.startswith("wish-") for one in decision.reply.candidates)


def test_near_sheets_gain_and_the_one_just_told_does_not() -> None:
    other = replace(CARD, id="F9", theme="Logement", dossier="Bail", see=("F1341",))
    gain = Neighbours([CARD, CHILD, other]).bonus(0)
    assert gain[1] > gain[0] > gain[2] == 0
    assert Neighbours([CARD, CHILD, other]).bonus(2)[0] > 0


@pytest.mark.parametrize(
    ("meant", "heard"),
    [("se pacser", "s'épacter"), ("un pacs", "un bac"), ("recensement", "reçencement")],
)
def test_what_was_misheard_sounds_alike(meant: str, heard: str) -> None:
    assert set(pieces(meant).sounds) & set(pieces(heard).sounds)
