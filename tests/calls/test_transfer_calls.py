"""A transfer with everything real: the desk hears who calls, takes the call, and they talk."""

from __future__ import annotations

import asyncio
import io
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from telephony.caller import Phone, Step, StepResult
from tests.calls.test_calls import last_calls
from tests.conftest import TOWN, free_port, start_server
from tests.interop import sipp_parts as sipp
from tests.interop.rtp_party import RtpParty

pytestmark = [
    pytest.mark.models,
    pytest.mark.sip,
    pytest.mark.interop,
    pytest.mark.skipif(shutil.which("sipp") is None, reason="Debian's sip-tester is not installed"),
]
GIVE_UP_S = 60


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + GIVE_UP_S
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def heard_by(desk: RtpParty) -> np.ndarray:
    payload = b"".join(one for _, one in desk.heard)
    samples, _ = soundfile.read(
        io.BytesIO(payload),
        format="RAW",
        subtype="ALAW",
        channels=1,
        samplerate=8000,
        dtype="int16",
    )
    return samples


def test_the_desk_hears_the_summary_presses_1_and_talks(tmp_path: Path, transcribe) -> None:
    """1. The caller presses 0; the desk is called, its telephone shows the service. 2. It hears a
    French sentence and the keys. 3. It presses 1: the caller hears the desk. 4. The desk hangs up:
    the caller's call ends, recorded as transferred, and nothing of the talk is in the records."""
    desk_port, desk = free_port(), RtpParty(900)
    server = start_server(
        tmp_path,
        "--at",
        "2026-11-24T10:30",
        town=TOWN,
        ALLOMAIRIE_SIP__EXTENSIONS_AT=f"127.0.0.1:{desk_port}",
        ALLOMAIRIE_TRANSFER__MODE="bridge",
        ALLOMAIRIE_VOICE__PARTIALS_EVERY_S="5",
    )
    talks_ms = 24_000
    steps = sipp.RINGS + sipp.ANSWERS + sipp.pause(talks_ms) + sipp.desk_hangs_up()
    peer = sipp.start("desk", steps, tmp_path, desk_port, desk.port)
    phone, results = Phone(quiet_s=5.0), list[StepResult]()
    calling = threading.Thread(
        target=lambda: results.extend(asyncio.run(phone.place(server.uri, [Step(keys="0")])))
    )
    try:
        calling.start()
        until(lambda: desk.loudest_hz(0.3) > 0)
        time.sleep(9)
        told = transcribe(heard_by(desk)).lower()
        desk.press("1")
        assert peer.finish(GIVE_UP_S) == 0
        calling.join(GIVE_UP_S)
        assert not calling.is_alive(), "the desk hung up, and so did the bot"
        until(lambda: last_calls(server, 1)[0].call.outcome == "transferred")
        (view,) = last_calls(server, 1)
    finally:
        server.stop()
        peer.stop()
        desk.close()
    assert "appel" in told, told
    assert '"Bot : ' in peer.messages
    assert view.call.transfer_target == "100"
    kinds = [event.kind for event in view.events]
    assert kinds.count("transferred") == 1
    assert all(not turn.heard for turn in view.turns), "nobody spoke to the bot"
    last = results[-1].reply[-8000:].astype(np.float64)
    loudest = np.argmax(np.abs(np.fft.rfft(last * np.hanning(len(last)))))
    assert loudest * 8000 / len(last) == pytest.approx(900, abs=15), "the desk, at the caller's ear"


def test_nobody_answers_in_time_and_then_somebody_does(tmp_path: Path) -> None:
    """1. The caller presses 0; the IPBX takes REFER and tells nothing for longer than the desk may
    ring. 2. The caller is back: the bot knows that nobody answered and offers to take a message.
    3. Now the desk answers (NOTIFY 200): the call ends as transferred, late."""
    caller = RtpParty(30)  # below what a telephone lets through: the caller says nothing
    server = start_server(
        tmp_path,
        "--at",
        "2026-11-24T10:30",
        town=TOWN,
        ALLOMAIRIE_TRANSFER__RING_S="5",
        ALLOMAIRIE_VOICE__PARTIALS_EVERY_S="5",
    )
    late = sipp.notify("200 OK", cseq=2, last=True) + '<recv response="200"/>\n'
    steps = sipp.call() + sipp.ACCEPTED + sipp.pause(13_000) + late + sipp.ENDED
    address = f"127.0.0.1:{server.sip_port}"
    peer = sipp.start("caller", steps, tmp_path, free_port(), caller.port, address)
    try:
        until(lambda: caller.loudest_hz(0.3) > 0)
        time.sleep(2)
        caller.press("0")
        assert peer.finish(GIVE_UP_S) == 0
        until(lambda: last_calls(server, 1)[0].call.outcome == "transferred")
        (view,) = last_calls(server, 1)
    finally:
        server.stop()
        peer.stop()
        caller.close()
    kinds = [event.kind for event in view.events]
    assert kinds.index("transfer_failed") < kinds.index("transferred")
    assert view.call.transfer_target == "100"
    assert "message" in view.turns[-1].reply
    assert view.turns[-1].played.startswith("Excusez-moi"), "said to the caller, not only decided"
