"""The course of a call: the table is whole, and nothing happens beside it."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialog.course import (
    TABLE,
    TIMERS,
    USUAL,
    Course,
    Event,
    ImpossibleEvent,
    Stage,
    begins,
    waits,
)
from dialog.course_diagram import update
from dialog.decision import Decision
from dialog.reply import Action, Reply
from dialog.state import State
from dialog.tasks.task_state import TaskState

DEAF = (Stage.RINGING, Stage.CLOSED)
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "course.md"


def reached(start: Stage) -> set[Stage]:
    """All stages that events lead to from here."""
    found, open_ = {start}, [start]
    while open_:
        following = set(TABLE[open_.pop()].values()) - found
        found |= following
        open_ += following
    return found


def test_every_stage_has_a_row_and_is_reached_from_the_first_ring() -> None:
    assert set(TABLE) == set(Stage)
    assert reached(Stage.ARRIVING) == set(Stage)


@pytest.mark.parametrize("stage", Stage)
def test_every_stage_can_end(stage: Stage) -> None:
    assert Stage.CLOSED in reached(stage)
    assert TABLE[stage][Event.HUNG_UP] is Stage.CLOSED


@pytest.mark.parametrize("event", Event)
def test_every_event_happens_somewhere_and_leads_to_one_stage(event: Event) -> None:
    leads = {row[event] for stage, row in TABLE.items() if event in row and stage not in DEAF}
    heard_only = {Stage.GREETING, Stage.SPEAKING, Stage.ALARM, Stage.ENDING}
    if event in (Event.SPOKE, Event.STOPPED, Event.NOTHING):
        leads -= heard_only  # a sound that does not stop the bot changes nothing
    moved = leads or {row[event] for row in TABLE.values() if event in row}
    assert moved == {USUAL[event]}


def test_a_closed_call_stays_closed() -> None:
    assert set(TABLE[Stage.CLOSED].values()) == {Stage.CLOSED}


def test_an_emergency_is_never_ended_by_the_cap_or_by_silence() -> None:
    assert not {Event.CAP_NEAR, Event.CAP_REACHED, Event.GOODBYE} & set(TABLE[Stage.WATCHING])
    assert Stage.ENDING not in set(TABLE[Stage.ALARM].values())


@pytest.mark.parametrize("stage", TIMERS)
def test_a_timer_is_an_event_of_its_stage(stage: Stage) -> None:
    assert TIMERS[stage][0] in TABLE[stage]


def test_a_person_and_a_key_are_never_out_of_reach() -> None:
    for stage in set(Stage) - {Stage.ARRIVING, *DEAF}:
        assert TABLE[stage][Event.KEY] is Stage.DECIDING, stage
        assert TABLE[stage][Event.WORDS] is Stage.DECIDING, stage


# -- a call --------------------------------------------------------------------------------


def test_a_question_and_a_transfer() -> None:
    """1. Greeting. 2. A question, cut in the middle of its answer. 3. A person is called."""
    course = Course(strict=True)
    steps = [
        (Event.ANSWERED, Stage.GREETING),
        (Event.OPEN, Stage.LISTENING),
        (Event.SPOKE, Stage.HEARING),
        (Event.STOPPED, Stage.DECIDING),
        (Event.WORDS, Stage.DECIDING),
        (Event.SEARCHING, Stage.DECIDING),
        (Event.REPLY, Stage.SPEAKING),
        (Event.SPOKE, Stage.SPEAKING),
        (Event.BARGE_IN, Stage.HEARING),
        (Event.STOPPED, Stage.DECIDING),
        (Event.WORDS, Stage.DECIDING),
        (Event.REPLY, Stage.SPEAKING),
        (Event.PASSED_ON, Stage.RINGING),
        (Event.KEY, Stage.RINGING),
        (Event.REFUSED, Stage.DECIDING),
        (Event.REPLY, Stage.SPEAKING),
        (Event.ASKED, Stage.CHOOSING),
        (Event.HUNG_UP, Stage.CLOSED),
        (Event.KEY, Stage.CLOSED),
    ]
    for event, stage in steps:
        assert course.on(event) is stage
    assert course.deaf


def test_an_impossible_pair_names_both() -> None:
    course = Course(strict=True)
    with pytest.raises(ImpossibleEvent, match=r"BARGE_IN.*ARRIVING") as caught:
        course.on(Event.BARGE_IN)
    assert (caught.value.stage, caught.value.event) == (Stage.ARRIVING, Event.BARGE_IN)
    assert course.stage is Stage.ARRIVING


def test_in_production_it_is_logged_and_the_call_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    course = Course()
    with caplog.at_level(logging.ERROR):
        assert course.on(Event.WORDS) is Stage.DECIDING
    assert "WORDS" in caplog.text
    assert "ARRIVING" in caplog.text


@given(st.lists(st.sampled_from(Event), max_size=60))
def test_random_walks_follow_the_table_or_are_refused(events: list[Event]) -> None:
    course, lenient = Course(strict=True), Course()
    for event in events:
        before = course.stage
        if course.may(event):
            assert course.on(event) is TABLE[before][event]
        else:
            with pytest.raises(ImpossibleEvent, match=event.name):
                course.on(event)
            assert course.stage is before
        assert lenient.on(event) in Stage


# -- what a decision makes of it -----------------------------------------------------------


def decided(
    action: Action = Action.ANSWER, *, ends_call: bool = False, **state: object
) -> Decision:
    return Decision(Reply(action, "…", ends_call=ends_call), State(**state))


def test_how_a_reply_begins() -> None:
    assert begins(decided()) is Event.REPLY
    assert begins(decided(Action.GOODBYE, ends_call=True)) is Event.GOODBYE
    assert begins(decided(Action.EMERGENCY)) is Event.EMERGENCY
    assert begins(decided(Action.REPEAT, awaiting="person")) is Event.EMERGENCY


@pytest.mark.parametrize(
    ("state", "event"),
    [
        (State(), Event.OPEN),
        (State(awaiting="more"), Event.ASKED),
        (State(awaiting="menu"), Event.ASKED),
        (State(awaiting="person"), Event.HELP_OFFERED),
        (State(awaiting="person", task=TaskState("message", asking="phone")), Event.HELP_OFFERED),
        (State(task=TaskState("message", asking="name")), Event.SLOT_ASKED),
        (State(task=TaskState("message", asking="phone")), Event.NUMBER_ASKED),
        (
            State(task=TaskState("message", asking="phone", proposed={"phone": "0612345678"})),
            Event.SLOT_ASKED,
        ),
    ],
)
def test_what_is_awaited_then(state: State, event: Event) -> None:
    assert waits(state) is event


def test_the_document_shows_the_table() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert update(text) == text, "run: python -m dialog.course_diagram docs/course.md"
