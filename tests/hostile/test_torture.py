"""RFC 4475's messages against the real server: it goes on, and answers as an endpoint may."""

from __future__ import annotations

import pytest

from tests.hostile.calling import RunningCall
from tests.hostile.conftest import Victim
from tests.hostile.sip_peer import SipPeer
from tests.hostile.torture import ALL, Torture

pytestmark = [pytest.mark.interop, pytest.mark.models, pytest.mark.timeout(120)]

#: where the stack is more patient than the RFC; docs/telephony/interop.md says so too
PATIENT = {
    "clerr": {200, 486},  # a Content-Length longer than the datagram
    "ncl": {200, 486},  # a negative Content-Length
    "ltgtruri": {200, 486},  # angle brackets around the Request-URI
    "unkscm": {200},
    "novelsc": {200},
    "unksm2": {0},  # no answer at all
    "bext01": {200},  # Require of what it does not know
    "invut": {200, 486},  # a body of unknown type
    "multi01": {200, 482, 486},  # single headers twice
    "mcl01": {200},
}


def answer(victim: Victim, torture: Torture) -> int:
    """The final status, 0 for silence; a call that it made is ended."""
    with SipPeer(victim.target) as peer:
        peer.send(torture.message(victim.uri, f"127.0.0.1:{peer.port}"))
        for reply in peer.replies(1.0):
            if reply.status < 200:
                continue
            if reply.status == 200 and reply.header("CSeq").endswith("INVITE"):
                peer.bye(peer.accept(reply))
            return reply.status
    return 0


def test_all_49_are_there() -> None:
    assert len({torture.name for torture in ALL}) == len(ALL) == 49


@pytest.mark.parametrize("torture", ALL, ids=lambda torture: torture.name)
def test_a_torture_message_is_borne(victim: Victim, torture: Torture) -> None:
    status = answer(victim, torture)
    assert victim.alive()
    allowed = torture.wanted | PATIENT.get(torture.name, set())
    assert not torture.wanted or status in allowed, status


def test_a_running_call_does_not_hear_the_torture(victim: Victim) -> None:
    with RunningCall(victim.target) as call:
        with SipPeer(victim.target) as peer:
            for torture in ALL:
                peer.send(torture.message(victim.uri, f"127.0.0.1:{peer.port}"))
                for _ in peer.replies(0.02):
                    pass
        assert call.heard().is_whole(), call.heard()
        assert call.alive()
