"""Transfers with peers that are not ours: sipp as the town's IPBX and as the desk's telephone.

The server's SIP side runs here, without models: what is tried is who is connected to whom.
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from telephony.transfer import Mode
from tests.conftest import ROOT, free_port
from tests.interop.sipp_parts import (
    ACCEPTED,
    ANSWERS,
    ENDED,
    RENEGOTIATED,
    RINGS,
    answer,
    call,
    desk_hangs_up,
    hangs_up,
    notify,
    pause,
    receive,
)
from tests.interop.test_baresip import configure
from tests.interop.transfer_scene import (
    ANSWERING,
    NO_REFER,
    OK,
    TRYING,
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

# -- blind: REFER, and NOTIFY with sipfrag ---------------------------------------------------


async def test_blind_transfer_is_followed_by_notify(scene: Make) -> None:
    """REFER, 202, 100, 180, 200: the caller is with the desk and our leg ends with BYE."""
    play = scene(Mode.BLIND)
    ringing = notify("180 Ringing", cseq=3) + OK
    await play.play(call() + ACCEPTED + TRYING + ringing + notify("200 OK", cseq=4) + OK + ENDED)
    assert (play.outcome, play.passed_to) == ("connected", "100")


@pytest.mark.parametrize(
    ("final", "why"),
    [
        ("486 Busy Here", "busy"),
        ("600 Busy Everywhere", "busy"),
        ("480 Temporarily Unavailable", "nobody answered"),
        ("404 Not Found", "404"),
        ("503 Service Unavailable", "503"),
        ("603 Decline", "603"),
    ],
)
async def test_whatever_the_desk_answers_the_caller_is_back(
    scene: Make, final: str, why: str
) -> None:
    play = scene(Mode.BLIND)
    await play.play(call() + ACCEPTED + TRYING + notify(final, cseq=3, last=True) + OK + ENDED)
    assert play.outcome.startswith("TransferRefused")
    assert why in play.outcome
    assert play.passed_to == ""


async def test_no_final_answer_gives_the_caller_back_in_time(scene: Make) -> None:
    """The IPBX accepts and never tells: the call survives, the bot has the caller again."""
    play = scene(Mode.BLIND, ring_s=1.0)
    await play.play(call() + ACCEPTED + TRYING + ENDED)
    assert play.outcome.startswith("TransferRefused: nobody answered")


async def test_a_desk_that_answers_after_that_has_the_caller_all_the_same(scene: Make) -> None:
    """NOTIFY 200 comes when we no longer wait: the network connected them; the records say so."""
    play = scene(Mode.BLIND, ring_s=1.0)
    late = pause(1150) + notify("200 OK", cseq=3, last=True) + OK
    await play.play(call() + ACCEPTED + TRYING + late + ENDED)
    assert play.outcome.startswith("TransferRefused: nobody answered")
    assert play.passed_to == "100"


async def test_notify_after_bye_harms_nothing(scene: Make) -> None:
    """The caller hangs up while the desk rings; a NOTIFY that is on its way comes afterwards."""
    play = scene(Mode.BLIND)
    late = notify("200 OK", cseq=4, last=True) + OK
    unsubscribed = receive("SUBSCRIBE") + answer("200 OK", tag=False, extra="Expires: 0")
    await play.play(call() + ACCEPTED + TRYING + hangs_up(3) + unsubscribed + late)
    assert play.outcome.startswith("CallerGone")
    assert play.passed_to == ""


async def test_a_target_outside_the_directory_is_refused_without_a_message(scene: Make) -> None:
    """The strict scenario takes no REFER: the bot's BYE is the first that comes."""
    play = scene(Mode.BLIND)
    play.target = "0892700000"
    await play.play(call() + ENDED)
    assert "not in the town's directory" in play.outcome


# -- attended: REFER with Replaces -----------------------------------------------------------


async def test_attended_the_peer_connects_them(scene: Make) -> None:
    """1. Both are put on hold. 2. REFER names the desk's dialog. 3. Both our legs end."""
    play = scene(Mode.ATTENDED, **ANSWERING)
    connected = notify("200 OK", cseq=2, last=True) + OK + ENDED
    await play.play(
        call() + RENEGOTIATED + ACCEPTED + connected,
        RINGS + ANSWERS + RENEGOTIATED + pause(300) + desk_hangs_up(),
    )
    assert (play.outcome, play.passed_to) == ("connected", "100")
    assert play.caller is not None
    assert "?Replaces=" in play.caller.messages


async def test_a_replaced_call_that_the_desk_does_not_end_is_ended(scene: Make) -> None:
    play = scene(Mode.ATTENDED, **ANSWERING)
    connected = notify("200 OK", cseq=2, last=True) + OK + ENDED
    await play.play(
        call() + RENEGOTIATED + ACCEPTED + connected, RINGS + ANSWERS + RENEGOTIATED + ENDED
    )
    assert play.outcome == "connected"


async def test_where_the_peer_refuses_the_bot_joins_them_off_hold(
    scene: Make, party: Party
) -> None:
    """REFER gets 405: both are taken off hold and hear each other through the bot."""
    caller, desk = party(500), party(900)
    play = scene(Mode.ATTENDED, caller_audio=caller.port, desk_audio=desk.port, **ANSWERING)
    await play.play(
        call() + RENEGOTIATED + NO_REFER + RENEGOTIATED + pause(2000) + hangs_up(2),
        RINGS + ANSWERS + RENEGOTIATED + RENEGOTIATED + ENDED,
    )
    assert play.outcome == "connected"
    assert caller.loudest_hz() == pytest.approx(900, abs=10)
    assert desk.loudest_hz() == pytest.approx(500, abs=10)


# -- telephones ------------------------------------------------------------------------------


def telephone(folder: Path, name: str, *arguments: object) -> subprocess.Popen[bytes]:
    """A telephone on the bot's own stack, in a process of its own; it writes what happens."""
    with (folder / f"{name}.txt").open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.interop.phone", *map(str, arguments)],
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


@pytest.mark.parametrize("mode", [Mode.ATTENDED, Mode.BLIND])
async def test_two_telephones_are_connected(scene: Make, tmp_path: Path, mode: Mode) -> None:
    """1. The caller's telephone does what REFER says. 2. Attended: the desk's telephone replaces
    the bot's call by the caller's. 3. They are connected to each other and the bot is gone."""
    play = scene(mode, **ANSWERING)
    phones = []

    def lines(name: str) -> list[str]:
        return (tmp_path / f"{name}.txt").read_text().splitlines()

    async with play.running():
        try:
            phones.append(telephone(tmp_path, "desk", play.desk_port))
            await until(lambda: "ready" in lines("desk"))
            uri = f"sip:mairie@127.0.0.1:{play.sip_port}"
            phones.append(telephone(tmp_path, "caller", free_port(), uri))
            await until(lambda: play.reason != "")
            await until(lambda: "out 2: established" in lines("caller"))
            number = 2 if mode is Mode.ATTENDED else 1
            await until(lambda: f"in {number}: established" in lines("desk"))
            if mode is Mode.ATTENDED:
                await until(lambda: "in 1: closed" in lines("desk"))
        finally:
            for phone in phones:
                phone.kill()
                phone.wait()
    assert (play.outcome, play.passed_to) == ("connected", "100")
    (told,) = [line for line in lines("caller") if line.startswith("told to call")]
    assert ("?Replaces=" in told) is (mode is Mode.ATTENDED)


def softphone(folder: Path, port: int, *arguments: str, answers: bool) -> subprocess.Popen[bytes]:
    """Debian's baresip, with a tone as microphone."""
    folder.mkdir()
    tone = folder / "tone.wav"
    time_s = np.arange(30 * 8000) / 8000
    soundfile.write(tone, (8000 * np.sin(2 * np.pi * 900 * time_s)).astype(np.int16), 8000)
    configure(folder, tone, port)
    user, mode = ("100", "auto") if answers else ("voisin", "manual")
    (folder / "accounts").write_text(
        f"<sip:{user}@127.0.0.1:{port}>;regint=0;answermode={mode};audio_codecs=PCMA/8000/1\n"
    )
    with (folder / "output").open("wb") as output:
        return subprocess.Popen(
            ["baresip", "-f", str(folder), "-t", "40", *arguments],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


needs_baresip = pytest.mark.skipif(
    shutil.which("baresip") is None, reason="Debian's baresip-core is not installed"
)


@needs_baresip
async def test_two_softphones_of_another_make_are_connected_blind(
    scene: Make, tmp_path: Path
) -> None:
    """Debian's baresip at both ends: REFER, its own call to the desk, NOTIFY."""
    play = scene(Mode.BLIND)
    phones = []
    async with play.running():
        try:
            phones.append(softphone(tmp_path / "desk", play.desk_port, answers=True))
            await asyncio.sleep(1.0)
            dial = ("-e", f"/dial sip:mairie@127.0.0.1:{play.sip_port}")
            phones.append(softphone(tmp_path / "caller", free_port(), *dial, answers=False))
            await until(lambda: play.reason != "")
        finally:
            for phone in phones:
                phone.kill()
                phone.wait()
    assert (play.outcome, play.passed_to) == ("connected", "100")


@needs_baresip
async def test_a_softphone_of_another_make_as_desk_is_heard_through_the_bridge(
    scene: Make, tmp_path: Path, party: Party
) -> None:
    caller = party(500)
    play = scene(Mode.BRIDGE, caller_audio=caller.port, **ANSWERING)
    async with play.running():
        desk = softphone(tmp_path / "desk", play.desk_port, answers=True)
        try:
            await asyncio.sleep(1.0)
            steps = call() + pause(3000) + hangs_up(2)
            play.caller = play.begin("caller", steps, play.sip_port)
            await until(lambda: play.reason != "")
        finally:
            desk.kill()
            desk.wait()
    assert play.outcome == "connected"
    assert caller.loudest_hz() == pytest.approx(900, abs=10)
