"""Strangers who meddle with a running call: BYE, re-INVITE, CANCEL, and speech into it."""

from __future__ import annotations

import random
import socket
import time

import pytest

from records import CallView, Records
from tests.hostile.calling import RunningCall, key_press, rtp
from tests.hostile.conftest import STRANGER, Victim
from tests.hostile.sip_peer import Dialog, SipPeer, sdp

pytestmark = [pytest.mark.interop, pytest.mark.models, pytest.mark.timeout(120)]


def guesses(dialog: Dialog) -> list[Dialog]:
    """What a stranger knows who has seen the Call-ID but not both tags."""
    name = dialog.remote.partition(";tag=")[0]
    return [
        Dialog(dialog.call_id, "<sip:x@x>;tag=guess", dialog.remote, dialog.uri, cseq=50),
        Dialog(dialog.call_id, dialog.local, f"{name};tag=guess", dialog.uri, cseq=60),
        Dialog(dialog.call_id, dialog.local, name, dialog.uri, cseq=70),
        Dialog("other", dialog.local, dialog.remote, dialog.uri, cseq=80),
    ]


@pytest.mark.parametrize("method", ["BYE", "INVITE", "CANCEL", "UPDATE", "REFER", "INFO"])
def test_a_forged_request_changes_nothing(victim: Victim, method: str) -> None:
    body = sdp(STRANGER, 4444) if method in {"INVITE", "UPDATE"} else ""
    headers = f"Refer-To: <sip:0899000000@{STRANGER}>\r\n" if method == "REFER" else ""
    with RunningCall(victim.target) as call, SipPeer(victim.target, STRANGER) as stranger:
        for guess in guesses(call.dialog):
            if method == "INVITE" and ";tag=" not in guess.remote:
                continue  # that is a call of his own, which anybody may make here
            stranger.send(stranger.within(guess, method, headers=headers, body=body))
        replies = [one for one in stranger.replies(1.5) if one.status >= 200]
        assert replies, "the server did not even answer"
        assert all(one.status >= 400 for one in replies), [one.text[:40] for one in replies]
        assert call.heard().is_whole(), call.heard()
        assert call.alive()


def view(victim: Victim, call_id: str) -> CallView:
    """What the records say of a call."""
    url = f"sqlite:///{victim.server.database}"
    records = Records.open(url, hash_key=bytes(16), migrate=False)
    try:
        found = [one for one in records.recent_calls(20) if one.sip_call_id == call_id]
        return records.call(found[0].id)
    finally:
        records.close()


def test_a_stranger_cannot_speak_or_press_keys_in_a_call(victim: Victim) -> None:
    """1. The caller's own key is heard. 2. A stranger sends noise and a 0 to the same port for
    3 s, by a right-looking RTP stream. 3. No key and no interruption of his is in the records, he
    hears nothing, and the caller loses no packet."""
    chance = random.Random(3551)
    with (
        RunningCall(victim.target) as call,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger,
    ):
        stranger.bind((STRANGER, 0))
        stranger.settimeout(0.2)
        packets = [rtp(n, n * 160, 99, chance.randbytes(160)) for n in range(150)]
        for packet in [*packets, *key_press(0, 200, 99)]:
            stranger.sendto(packet, call.remote)
            time.sleep(0.02)
        with pytest.raises(TimeoutError):
            stranger.recvfrom(2048)
        assert call.heard().is_whole(), call.heard()
        before = view(victim, call.dialog.call_id)
        assert {event.kind for event in before.events}.isdisjoint({"dtmf", "barge_in"})

        call.press(7)
        deadline = time.monotonic() + 10
        while not (keys := _keys(victim, call)) and time.monotonic() < deadline:
            time.sleep(0.2)
        assert keys == ["7"], "the caller's own keys must still be heard"


def _keys(victim: Victim, call: RunningCall) -> list[object]:
    events = view(victim, call.dialog.call_id).events
    return [event.data["digit"] for event in events if event.kind == "dtmf"]
