"""Scenarios played against a small town: what passes, and what each failure is called."""

from __future__ import annotations

from typing import Any

import pytest

from dialog.desk import Desk
from dialog.expectations import Expected
from dialog.scenarios import Coverage, Failure, Heard, Outcome, Player, Scenario
from dialog.search import Index
from dialog.sheets import Sheet
from dialog.state import State
from dialog.town import Town
from tests.tasks.conftest import build, index, sheets, town

__all__ = ["index", "sheets", "town"]


@pytest.fixture(scope="module")
def desk(town: Town, sheets: list[Sheet], index: Index) -> Desk:
    return build(town, sheets, index)


@pytest.fixture(scope="module")
def player(desk: Desk) -> Player:
    return Player(desk)


def scenario(*steps: dict[str, Any], **more: Any) -> Scenario:
    table = {"title": "x", "covers": "issue4.1", "step": steps, **more}
    return Scenario.model_validate(table)


def wrong(player: Player, *steps: dict[str, Any], **more: Any) -> list[tuple[int, str]]:
    outcome = player.play(scenario(*steps, **more))
    return [(failure.step, failure.what) for failure in outcome.failures]


MESSAGE = (
    {"says": "Je voudrais laisser un message.", "asks": "name", "task": "message"},
    {"says": "Madame Dupont", "asks": "subject", "values": {"name": "madame Dupont"}},
    {"says": "la haie du voisin"},
    {"says": "zéro six douze trente-quatre cinquante-six soixante-dix-huit"},
    {"says": "oui"},
    {"says": "demain matin", "asks": "confirm"},
    {"says": "oui", "task": "", "said": "référence"},
)
TICKET = {"kind": "message", "fields": {"phone": "0612345678", "when_first": "2026-11-25"}}


def test_a_message_as_it_should_be(player: Player) -> None:
    assert wrong(player, *MESSAGE, ticket=[TICKET]) == []


def test_a_ticket_that_nobody_expects_and_one_that_is_missing(player: Player) -> None:
    assert wrong(player, *MESSAGE) == [(0, "the call leaves message, not 0 ticket(s)")]
    assert wrong(player, {"says": "Bonjour"}, ticket=[TICKET]) == [
        (0, "the call leaves no ticket, not 1 ticket(s)")
    ]


def test_what_is_wrong_with_a_ticket(player: Player) -> None:
    ticket = {
        "kind": "report",
        "complete": False,
        "due": "2027-01-01",
        "fields": {"phone": "0612345679"},
        "holds": {"subject": "piscine"},
        "absent": "name",
    }
    found = [what for _, what in wrong(player, *MESSAGE, ticket=[ticket])]
    assert "message: it is no report" in found
    assert "message: it is complete" in found
    assert "message: it is due on 2026-11-26, not 2027-01-01" in found
    assert "message: phone is '0612345678', not '0612345679'" in found
    assert "message: subject is 'la haie du voisin', without 'piscine'" in found
    assert "message: it has name: 'madame Dupont'" in found


@pytest.mark.parametrize(
    ("step", "what"),
    [
        ({"action": "answer"}, "the action is transfer, not answer"),
        ({"sheet": "piscine"}, "the sheet is none, not piscine"),
        ({"said": "piscine"}, "« piscine » is not said"),
        ({"said": [["piscine", "stade"]]}, "« piscine » or « stade » is not said"),
        ({"not_said": "passe"}, "« passe » is said"),
        ({"awaiting": "more"}, "nothing is awaited, not more"),
        ({"task": "message"}, "the form is none, not message"),
        ({"asks": "phone"}, "the form asks nothing, not phone"),
        ({"service": "voirie"}, "the form is for nobody, not voirie"),
        ({"values": {"name": "Dupont"}}, "name is 'unknown', not 'Dupont'"),
        ({"transfer": ""}, "the call goes to accueil, not nobody"),
        ({"ends": True}, "the assistant does not hang up"),
        ({"slower": True}, f"the speed is {State().speed}"),
        ({"speaks": "en"}, "the reply is in 'fr', not 'en'"),
        ({"refused": "recording"}, "refused is nothing, not recording"),
    ],
)
def test_each_check_can_fail(player: Player, step: dict[str, Any], what: str) -> None:
    found = wrong(player, {"says": "Un agent, s'il vous plaît.", **step})
    assert found == [(1, what)]


def test_nothing_comes_after_the_end(player: Player) -> None:
    found = wrong(player, {"says": "Au revoir.", "ends": True}, {"says": "Encore ?"})
    assert found == [(2, "the call was over before this step")]
    found = wrong(player, {"hangs_up": True}, {"says": "Encore ?"})
    assert found == [(2, "the call was over before this step")]


def test_a_call_that_was_passed_on_goes_on_only_when_nobody_answers(player: Player) -> None:
    agent = {"says": "Un agent !"}
    assert wrong(player, agent, {"no_answer": True, "awaiting": "message"}) == []
    assert (2, "the call was passed on to accueil before this step") in wrong(
        player, agent, {"says": "Allô ?"}
    )


def test_what_is_said_over_a_reply(player: Player) -> None:
    first = {"says": "Bonjour, vous m'entendez ?"}
    assert wrong(player, first, {"over": "d'accord", "goes_on": True}) == []
    assert wrong(player, first, {"over": "Un agent !", "goes_on": False}) == []
    assert wrong(player, first, {"over": "Un agent !", "goes_on": True}) == [
        (2, "these words interrupt the reply")
    ]
    assert wrong(player, first, {"over": "d'accord"}) == [
        (2, "these words only say « I listen »: nothing changes")
    ]
    assert wrong(player, {"over": "Au secours, au feu !", "action": "emergency"}) == []


def test_the_clock_moves_with_a_step(player: Player) -> None:
    steps = (
        {"says": "Un agent !", "transfer": "accueil"},
        {"no_answer": True},
        {"says": "Un agent !", "at": "2026-11-24T22:00:00", "transfer": ""},
    )
    assert wrong(player, *steps) == []


def test_silences_are_counted(player: Player) -> None:
    steps = ({"silence": True, "not_said": "114"}, {"silence": True, "said": "114"})
    assert wrong(player, *steps) == []


def test_what_is_never_said_is_looked_for_everywhere(player: Player) -> None:
    found = wrong(player, {"says": "Un agent !"}, never_said="passe")
    assert (1, "« passe » is said") in found
    found = wrong(player, {"says": "Un agent !"}, never_said="intelligence artificielle")
    assert (0, "greeting: « intelligence artificielle » is said") in found


def test_a_desk_that_breaks_is_a_failure_of_that_call(desk: Desk) -> None:
    def broken(text: str, again: int, expected: Expected | None) -> Heard:
        raise ZeroDivisionError("division by zero")

    outcome = Player(desk).play(scenario({"says": "x"}), broken)
    (failure,) = outcome.failures
    assert failure.what == "the desk fails: ZeroDivisionError: division by zero"


def test_digits_left_to_the_voice_are_found(desk: Desk) -> None:
    read = Player(desk, lambda text, day: text)
    found = wrong(read, {"keys": "5", "aloud": "zéro"})
    assert any(what.startswith("a digit is left to the voice") for _, what in found)
    assert (1, "« zéro » is not said") in found


# -- spoken ----------------------------------------------------------------------------------------


def test_a_line_that_was_not_understood_is_said_once_more(player: Player) -> None:
    said: list[tuple[str, int]] = []

    def hear(text: str, again: int, expected: Expected | None) -> Heard:
        said.append((text, again))
        return Heard(text if again or text != MESSAGE[3]["says"] else "brouhaha")

    call = scenario(*MESSAGE[:3], {**MESSAGE[3], "values": {"phone": "0612345678"}})
    outcome = player.play(call, hear, "a voice")
    assert [f.what for f in outcome.failures] == [
        "the call leaves message (incomplete), not 0 ticket(s)"
    ]
    assert outcome.repeated == 1
    assert said[-2:] == [(MESSAGE[3]["says"], 0), (MESSAGE[3]["says"], 1)]
    assert "brouhaha" in [line.heard for line in outcome.lines]


def test_a_caller_who_is_misheard_insists(player: Player) -> None:
    said: list[str] = []

    def hear(text: str, again: int, expected: Expected | None) -> Heard:
        said.append(text)
        return Heard("Madame Durand" if text == "Madame Dupont" else text)

    step = {"says": "Madame Dupont", "values": {"name": "madame Dupont"}}
    left = {"kind": "message", "complete": False, "fields": {"name": "madame Dupont"}}
    call = scenario(MESSAGE[0], step, ticket=[left])
    outcome = player.play(call, hear)
    assert said[-1] == "Non, madame Dupont"
    assert outcome.passed, outcome.failures
    assert outcome.repeated == 1


def test_words_may_be_heard_a_little_otherwise_but_no_digit(player: Player) -> None:
    def hear(text: str, again: int, expected: Expected | None) -> Heard:
        return Heard(text.replace("Dupont", "Dupond").replace("soixante-dix-huit", "12"))

    steps = [*MESSAGE[:3], {**MESSAGE[3], "values": {"phone": "0612345678"}}]
    outcome = player.play(scenario(*steps, ticket=[{"kind": "message", "complete": False}]), hear)
    assert [f.what for f in outcome.failures] == ["phone is '0612345612', not '0612345678'"]


def test_coverage_counts_points_in_order() -> None:
    outcomes = [
        Outcome("a", "", ("issue4.10", "issue4.2")),
        Outcome("b", "", ("issue4.2",), failures=(Failure(1, "x"),)),
    ]
    points = Coverage.of(outcomes).points
    assert list(points) == ["issue4.2", "issue4.10"]
    assert points["issue4.2"] == (1, 2)
