"""Session timers (RFC 4028): we offer none, so the caller refreshes, and the call goes on."""

from __future__ import annotations

import time

import pytest

from tests.hostile.sip_peer import SipPeer, sdp
from tests.interop.lab import carrier
from tests.interop.rtp_party import RtpParty

pytestmark = [pytest.mark.interop, pytest.mark.timeout(60)]
TIMER = "Supported: timer\r\nSession-Expires: 90;refresher=uac\r\nMin-SE: 90\r\n"


def test_the_caller_refreshes_the_session() -> None:
    """1. A call that asks for a timer: the answer has none, so the caller is the refresher (RFC
    4028, 7.2). 2. UPDATE without SDP. 3. re-INVITE with the same SDP. 4. Audio goes on."""
    with carrier() as server, SipPeer(("127.0.0.1", server.port)) as peer:
        rtp = RtpParty(440)
        try:
            reply = peer.invite(rtp.port, headers=TIMER)
            assert reply is not None
            assert reply.status == 200, reply.text
            assert reply.header("Session-Expires") == ""
            assert "timer" not in reply.header("Require") + reply.header("Supported")
            dialog = peer.accept(reply)
            server.wait("answered")
            peer.send(peer.within(dialog, "UPDATE", headers=TIMER))
            updated = peer.final(5, "UPDATE")
            assert updated is not None
            assert updated.status == 200, updated.text
            again = peer.within(dialog, "INVITE", headers=TIMER, body=sdp("127.0.0.1", rtp.port))
            peer.send(again)
            renewed = peer.final(5)
            assert renewed is not None
            assert renewed.status == 200, renewed.text
            peer.send(peer.within(dialog, "ACK"))
            heard = len(rtp.heard)
            time.sleep(1)
            assert len(rtp.heard) - heard > 40, "audio stopped"
            assert peer.bye(dialog) is not None
        finally:
            rtp.close()
