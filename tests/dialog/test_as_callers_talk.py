"""What callers say around their business, as they say it."""

from __future__ import annotations

from datetime import datetime

import pytest

from dialog.desk import Desk
from dialog.reply import Action
from tests.dialog.conftest import EVENING, OPEN, Caller

__all__ = ["OPEN"]
FIRE = "ya le feu dans la cuisine"


@pytest.fixture
def caller(desk: Desk) -> Caller:
    return Caller(desk)


@pytest.mark.parametrize("said", ["oui vite", "oui s'il vous plaît dépêchez-vous"])
def test_a_hurried_yes_in_an_emergency(caller: Caller, said: str) -> None:
    assert caller.says(FIRE).action == Action.EMERGENCY
    assert caller.says(said).transfer_to


@pytest.mark.parametrize(
    "said", ["merci", "c'était une fausse alerte", "les pompiers sont déjà prévenus"]
)
def test_after_an_emergency_nothing_is_asked_but_a_person(caller: Caller, said: str) -> None:
    caller.says(FIRE)
    reply = caller.says(said)
    assert "le 15, le 18 ou le 112" in reply.say
    assert "autre question" not in reply.say
    assert caller.state.awaiting == "person"


@pytest.mark.parametrize(
    "said",
    [
        "qu'est-ce que vous allez faire de mon numéro de téléphone ?",
        "vous gardez mon nom combien de temps ?",
        "attendez, vous notez tout ce que je dis ?",
        "vous savez qui je suis ?",
        "je voudrais que vous effaciez tout ce que j'ai raconté",
    ],
)
def test_what_becomes_of_ones_data(caller: Caller, said: str) -> None:
    assert "transcrit votre appel" in caller.says(said).say
    assert caller.says("non merci").action != Action.GOODBYE


@pytest.mark.parametrize(
    "said", ["je n'autorise pas l'enregistrement hein", "j'accepte pas cet enregistrement"]
)
def test_recording_is_refused(caller: Caller, said: str) -> None:
    caller.says(said)
    assert caller.state.refused == "recording"


def test_transcription_is_refused(caller: Caller) -> None:
    caller.says("je ne veux pas que mes paroles soient écrites quelque part")
    assert caller.state.refused == "transcription"


def test_a_message_of_yesterday_is_not_told(caller: Caller) -> None:
    said = "hier j'ai laissé un message à votre collègue, vous pouvez me dire s'il a été lu ?"
    assert "appel ou d'un message passé" in caller.says(said).say


@pytest.mark.parametrize(
    "said", ["ah non moi je parle pas aux machines", "allô, j'ai besoin d'un agent"]
)
def test_a_person(caller: Caller, said: str) -> None:
    assert caller.says(said).transfer_to


@pytest.mark.parametrize(
    "said",
    ["non c'est bon je rappelle à deux heures", "ok je rappellerai merci", "bon ben tant pis"],
)
def test_no_message_is_taken_from_who_calls_again(desk: Desk, said: str) -> None:
    caller = Caller(desk, at=EVENING)
    caller.says("un agent")
    assert caller.says(said).action in (Action.CHITCHAT, Action.GOODBYE)
    assert caller.state.task is None


def test_when_a_closed_service_opens(desk: Desk) -> None:
    caller = Caller(desk, at=datetime(2026, 11, 24, 12, 40))
    assert "Voulez-vous laisser un message" in caller.says("passez-moi l'état civil").say
    assert "état civil vous accueille" in caller.says("non, quand est-ce que ça ouvre ?").say


def test_tomorrow_is_asked_of_the_service_that_was_closed(desk: Desk) -> None:
    caller = Caller(desk, at=EVENING)
    caller.says("passez-moi l'état civil")
    caller.says("euh non merci")
    assert "état civil" in caller.says("et demain c'est ouvert ?").say


def test_an_insult_leaves_open_what_was_asked(desk: Desk) -> None:
    caller = Caller(desk, at=EVENING)
    caller.says("un agent")
    caller.says("bande de nuls")
    assert caller.says("oui allez").action == Action.MESSAGE


@pytest.mark.parametrize(
    "said",
    [
        "euh attendez je cherche mes lunettes",
        "merci bien. euh attendez je cherche mes lunettes",
        "attendez que je prenne un stylo",
        "euh... euh...",
    ],
)
def test_a_moment(caller: Caller, said: str) -> None:
    assert caller.says(said).say == "Prenez votre temps, je vous attends."


@pytest.mark.parametrize("said", ["merci", "merci bien", "bon merci"])
def test_thanks_are_no_wish_to_wait(caller: Caller, said: str) -> None:
    assert caller.says(said).say.startswith("Je vous en prie")


def test_slower_before_anything_was_said(caller: Caller) -> None:
    assert (
        caller.presses("7").say
        == "D'accord, je parle plus lentement. Que puis-je faire pour vous ?"
    )


@pytest.mark.parametrize(
    "said",
    ["ben voilà j'ai tout ce que je voulais, bonne fin de journée", "merci bien, au revoir"],
)
def test_leave_is_taken(caller: Caller, said: str) -> None:
    assert caller.says(said).action == Action.GOODBYE


@pytest.mark.parametrize(
    "said",
    [
        "je sais pas comment vous dire, c'est compliqué",
        "voilà je voudrais savoir combien coûte un passeport, bonne journée",
    ],
)
def test_nobody_is_hung_up_on(caller: Caller, said: str) -> None:
    assert caller.says(said).action != Action.GOODBYE


def test_what_is_no_question_after_an_emergency_says_the_numbers_again(caller: Caller) -> None:
    caller.says("je veux me foutre en l'air")
    assert "3114" in caller.says("personne peut m'aider").say


def test_somebody_of_a_service_by_name(caller: Caller) -> None:
    assert caller.says("il me faut l'état civil tout de suite").transfer_to
