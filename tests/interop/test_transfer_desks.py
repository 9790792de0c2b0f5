"""Transfers where the bot calls the desk itself: sipp as the town's IPBX and as the desk.

The server's SIP side runs here, without models: what is tried is who is connected to whom.
"""

from __future__ import annotations

import asyncio
import shutil
import socket
from pathlib import Path

import pytest

from telephony.transfer import Mode
from tests.conftest import free_port
from tests.interop import sipp_parts as sipp
from tests.interop.sipp_parts import (
    ANSWERS,
    CANCELLED,
    ENDED,
    RINGS,
    WITH_SDP,
    answer,
    call,
    desk_hangs_up,
    hangs_up,
    pause,
    receive,
    to_invite,
)
from tests.interop.transfer_scene import (
    ANSWERING,
    NO_REFER,
    Make,
    Party,
    party,
    scene,
    until,
)

__all__ = ["party", "scene"]

pytestmark = [
    pytest.mark.interop,
    pytest.mark.sip,
    pytest.mark.skipif(shutil.which("sipp") is None, reason="Debian's sip-tester is not installed"),
]

# -- the bot calls the desk ------------------------------------------------------------------


@pytest.mark.parametrize("mode", [Mode.BRIDGE, Mode.BLIND])
async def test_bridged_they_hear_each_other(scene: Make, party: Party, mode: Mode) -> None:
    """1. The desk answers. 2. Each hears the other's tone. 3. The caller hangs up: so does the
    bot at the desk. In blind mode the same, where the peer knows no REFER."""
    caller, desk = party(500), party(900)
    play = scene(mode, caller_audio=caller.port, desk_audio=desk.port, **ANSWERING)
    refusal = NO_REFER if mode is Mode.BLIND else ""
    await play.play(
        call() + refusal + pause(2500) + hangs_up(2), RINGS + pause(300) + ANSWERS + ENDED
    )
    assert (play.outcome, play.passed_to) == ("connected", "100")
    assert caller.loudest_hz() == pytest.approx(900, abs=10)
    assert desk.loudest_hz() == pytest.approx(500, abs=10)


async def test_when_the_desk_hangs_up_the_callers_call_ends(scene: Make) -> None:
    play = scene(Mode.BRIDGE, **ANSWERING)
    await play.play(call() + ENDED, RINGS + ANSWERS + pause(500) + desk_hangs_up())
    assert play.outcome == "connected"


async def test_what_the_desk_sees(scene: Make) -> None:
    """The service as display name, the town's number, the caller's only in a header inside."""
    play = scene(Mode.BRIDGE, **ANSWERING)
    await play.play(call() + pause(300) + hangs_up(2), RINGS + ANSWERS + ENDED)
    assert play.desk is not None
    invite = play.desk.messages
    assert 'From: "Bot : état civil" <sip:0261914000@' in invite
    assert "Diversion: <sip:+33612345678@" in invite or "Diversion: <sip:0612345678@" in invite
    assert "X-Allomairie-Call: 7F3K-2Q" in invite
    asserted = [line for line in invite.splitlines() if line.startswith(("From:", "P-Asserted"))]
    assert not any("612345678" in line for line in asserted)


async def test_the_desk_hears_the_summary_and_takes_the_call_with_1(
    scene: Make, party: Party
) -> None:
    """1. The desk answers and hears the bot, not the caller. 2. It presses 1. 3. They talk."""
    caller, desk = party(500), party(900)
    play = scene(Mode.BRIDGE, caller_audio=caller.port, desk_audio=desk.port)
    playing = asyncio.create_task(
        play.play(call() + pause(4500) + hangs_up(2), RINGS + ANSWERS + ENDED)
    )
    await until(lambda: desk.loudest_hz(0.2) > 0)
    assert desk.loudest_hz(0.2) == pytest.approx(600, abs=15)
    assert caller.loudest_hz() == 0.0
    assert play.outcome == ""
    desk.press("1")
    await until(lambda: play.outcome != "")
    await until(lambda: caller.loudest_hz(0.2) > 0)
    assert play.outcome == "connected"
    await playing
    assert caller.loudest_hz() == pytest.approx(900, abs=10)
    assert desk.loudest_hz() == pytest.approx(500, abs=10)


async def test_the_desk_declines_with_2(scene: Make, party: Party) -> None:
    desk = party(900)
    play = scene(Mode.ATTENDED, desk_audio=desk.port)
    playing = asyncio.create_task(play.play(call() + ENDED, RINGS + ANSWERS + ENDED))
    await until(lambda: desk.loudest_hz(0.2) > 0)
    desk.press("2")
    await playing
    assert play.outcome == "TransferRefused: the desk declined"


async def test_a_busy_desk(scene: Make) -> None:
    play = scene(Mode.ATTENDED)
    busy = receive("INVITE") + answer("486 Busy Here") + receive("ACK")
    await play.play(call() + ENDED, busy)
    assert play.outcome == "TransferRefused: the desk is busy"


async def test_a_desk_that_does_not_answer_stops_ringing(scene: Make) -> None:
    play = scene(Mode.BRIDGE, ring_s=1.0)
    stopped = CANCELLED + to_invite("487 Request Terminated") + receive("ACK")
    await play.play(call() + ENDED, RINGS + stopped)
    assert play.outcome == "TransferRefused: nobody answered within 1 s"


async def test_a_desk_that_answers_in_that_moment_is_not_left_in_a_dead_call(scene: Make) -> None:
    """Its 200 crosses our CANCEL: acknowledged, then ended with BYE; the caller is with the bot."""
    play = scene(Mode.BRIDGE, ring_s=1.0)
    crossed = CANCELLED + to_invite("200 OK", WITH_SDP) + receive("ACK") + ENDED
    await play.play(call() + ENDED, RINGS + crossed)
    assert play.outcome == "TransferRefused: nobody answered within 1 s"


async def test_the_caller_hangs_up_while_the_desk_rings(scene: Make) -> None:
    play = scene(Mode.ATTENDED)
    stopped = CANCELLED + to_invite("487 Request Terminated") + receive("ACK")
    await play.play(call() + pause(700) + hangs_up(2), RINGS + stopped)
    assert play.outcome.startswith("CallerGone")


async def test_the_caller_hangs_up_in_the_moment_that_the_desk_answers(scene: Make) -> None:
    play = scene(Mode.ATTENDED)
    crossed = CANCELLED + to_invite("200 OK", WITH_SDP) + receive("ACK") + ENDED
    await play.play(call() + pause(700) + hangs_up(2), RINGS + crossed)
    assert play.outcome.startswith("CallerGone")


async def test_the_caller_hangs_up_while_the_desk_is_told(scene: Make, party: Party) -> None:
    """The desk hears the farewell, then BYE."""
    desk = party(900)
    play = scene(Mode.ATTENDED, desk_audio=desk.port)
    await play.play(call() + pause(1500) + hangs_up(2), RINGS + ANSWERS + ENDED)
    assert play.outcome.startswith("CallerGone")
    assert desk.loudest_hz() == pytest.approx(600, abs=15)


async def test_the_desk_hangs_up_while_it_is_told(scene: Make) -> None:
    play = scene(Mode.ATTENDED)
    await play.play(call() + ENDED, RINGS + ANSWERS + pause(300) + desk_hangs_up())
    assert play.outcome == "TransferRefused: the desk hung up before it took the call"


# -- what a transfer leaves behind -----------------------------------------------------------


@pytest.mark.parametrize("tcp", [False, True])
async def test_the_towns_number_is_answered_after_it_was_shown_to_a_desk(
    scene: Make, tmp_path: Path, tcp: bool
) -> None:
    """The agent that called the desk has the town's number as its name: callers who dial that
    number, over UDP or TCP, still reach the assistant."""
    play = scene(Mode.BRIDGE, **ANSWERING)
    steps = call() + pause(300) + hangs_up(2)
    async with play.running(RINGS + ANSWERS + ENDED):
        play.caller = play.begin("caller", steps, play.sip_port)
        await until(lambda: play.reason != "")
        dialled = steps.replace("sip:mairie@", "sip:0261914000@")
        again = sipp.start(
            "again", dialled, tmp_path, free_port(), 0, f"127.0.0.1:{play.sip_port}", tcp=tcp
        )
        assert await asyncio.to_thread(again.finish) == 0


async def test_a_desk_cannot_send_our_call_elsewhere(scene: Make, tmp_path: Path) -> None:
    """A forwarded telephone answers 302 with a number abroad: that is not called, the caller is
    back (C03)."""
    play = scene(Mode.BRIDGE, ring_s=2.0, **ANSWERING)
    stranger = free_port()
    moved = answer("302 Moved Temporarily").replace(
        "Contact: <sip:[local_ip]:[local_port]>",
        f"Contact: <sip:+441632960000@127.0.0.1:{stranger}>",
    )
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as abroad:
        abroad.bind(("127.0.0.1", stranger))
        abroad.setblocking(False)
        await play.play(call() + ENDED, receive("INVITE") + moved + receive("ACK"))
        with pytest.raises(BlockingIOError):
            abroad.recv(100)
    assert play.outcome.startswith("TransferRefused: the desk cannot be reached")
