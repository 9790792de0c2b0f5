"""What a caller hears while a desk rings, and how a call goes on when nobody takes it (Q03)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import numpy as np
import pytest

from dialog.course import Stage
from dialog.desk import Desk
from dialog.search import Index
from dialog.town import Town
from records import Outcome
from telephony.call import CallerGone, Handover, TransferRefused
from telephony.hold_on import EVERY_S, FIRST_S, LEVEL, OFF_S, ON_S, ringing_tone
from tests.telephony.conductor_call import OPEN, PhoneCall
from tests.telephony.test_conductor import begin, desk, events, town

__all__ = ["begin", "desk", "town"]

Begin = Callable[..., Awaitable[PhoneCall]]
WAITING = "Ça sonne toujours"


@pytest.fixture
async def call(begin: Begin) -> PhoneCall:
    """A caller who is being passed to the desk."""
    one = await begin()
    await one.says("Je voudrais parler à un agent.")
    await one.until(Stage.RINGING)
    await asyncio.sleep(0.02)
    return one


def test_the_ringing_tone_is_quiet_and_starts_without_a_click() -> None:
    tone = ringing_tone(8000)
    assert len(tone) == 12_000
    assert np.max(np.abs(tone)) <= LEVEL * 32767
    assert abs(int(tone[0])) < 50
    assert abs(int(tone[-1])) < 50


async def test_the_caller_is_never_left_in_silence(call: PhoneCall) -> None:
    """1. It rings at once. 2. Within ten seconds a sentence, in a minute two more. 3. Between
    them it rings on."""
    assert call.mouth.rings == 1
    await call.silent(FIRST_S + 2)
    assert WAITING in call.last
    said, rung = len(call.mouth.said), call.mouth.rings
    rings = int(2 * EVERY_S / (ON_S + OFF_S))
    await call.silent(rings * OFF_S)  # here a tone takes no time, only the pause after it
    assert call.mouth.rings == rung + rings
    assert len(call.mouth.said) == said + 2


async def test_it_stops_when_the_desk_takes_the_call(call: PhoneCall) -> None:
    call.wire.answer.set()
    await call.until(Stage.CLOSED)
    rung = call.mouth.rings
    await call.silent(60)
    assert call.mouth.rings == rung
    assert call.conductor.outcome is Outcome.TRANSFERRED


async def test_the_bot_speaks_instead_when_nobody_takes_it(call: PhoneCall) -> None:
    call.wire.refuses = True
    call.wire.answer.set()
    await call.until(Stage.CHOOSING)
    assert "message" in call.last
    rung = call.mouth.rings
    await call.silent(6)
    assert call.mouth.rings == rung
    assert not call.ears.deaf


async def test_the_desk_is_told_who_calls(call: PhoneCall) -> None:
    handover = call.wire.handover
    assert isinstance(handover, Handover)
    assert handover.announcement.startswith("Un appel pour vous.")
    assert "1" in handover.keys
    assert "2" in handover.keys
    assert handover.speak is not None
    assert len(await handover.speak("abc"))
    call.wire.answer.set()
    await call.until(Stage.CLOSED)


async def test_a_caller_who_hangs_up_meanwhile_is_offered_nothing(begin: Begin) -> None:
    call = await begin()

    async def gone(target: str, **_: object) -> None:
        raise CallerGone("the caller hung up")

    call.wire.transfer = gone
    await call.says("Je voudrais parler à un agent.")
    await call.until(Stage.RINGING)
    await asyncio.sleep(0.1)
    said = len(call.mouth.said)
    assert "transfer_abandoned" in await events(call)
    assert "transfer_failed" not in await events(call)
    assert len(call.mouth.said) == said
    assert call.course.stage is Stage.RINGING


def with_second(town: Town) -> Town:
    """The same town, whose front desk has a second extension."""
    front = town.service(town.default_service)
    second = front.model_copy(update={"second": "199"})
    services = tuple(second if one.id == front.id else one for one in town.services)
    return town.model_copy(update={"services": services})


async def test_the_second_target_rings_when_the_first_does_not_answer(
    town: Town, tmp_path: Path
) -> None:
    """1. The first does not answer. 2. The second one does: transferred to it, no refusal said."""
    wider = with_second(town)
    first = wider.service("").extension
    desk = Desk(wider, [], Index.build([], tmp_path), clock=lambda: OPEN)
    call = await PhoneCall.begin(desk, tmp_path)
    tried: list[str] = []

    async def transfer(target: str, **_: object) -> None:
        tried.append(target)
        if target != "199":
            raise TransferRefused("nobody answered within 25 s")

    call.wire.transfer = transfer
    await call.says("Je voudrais parler à un agent.")
    await call.until(Stage.CLOSED)
    assert tried == [first, "199"]
    assert call.conductor.transfer_target == "199"
    assert not any("personne ne répond" in said for said in call.mouth.said)
    assert "transfer_failed" in await events(call)
    await call.close()


def test_two_targets_at_most_and_none_twice(town: Town) -> None:
    wider = with_second(town)
    first = wider.service("").extension
    assert wider.targets("") == (first, "199")
    assert wider.targets("", "131") == ("131", first)
    assert wider.targets("", first) == (first, "199")
    assert {first, "199"} <= wider.directory
