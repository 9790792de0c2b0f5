"""Calls that are not taken are counted by why, whoever refuses them: the stack or us."""

from __future__ import annotations

import logging
from typing import cast

import pytest

from telephony.web_calls import Carrier, Offer, Refused, WebCalls
from telephony.wire import TRACE, Wire


def message(first: str, call_id: str) -> str:
    return f"{first}\r\nCall-ID: {call_id}\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n"


def sent(first: str, call_id: str) -> str:
    return f"TX UDP 10.0.0.1:5060 -> 10.0.0.5:5060\n{message(first, call_id)}"


async def test_the_stacks_own_486_is_a_busy_line() -> None:
    """1. All lines are taken: the stack refuses, and sends its answer again. 2. We refuse a call
    that came to us: that is not busy. 3. Answers that take a call, and noise, count nothing."""
    wire, trace = Wire(), logging.getLogger(TRACE)
    wire.open()
    try:
        for _ in range(3):
            trace.debug(sent("SIP/2.0 486 Max Calls", "full@ipbx"))
        assert wire.busy == 1
        await wire.invite("ours@ipbx", wait_s=0.001)
        trace.debug(sent("SIP/2.0 486 Busy Here", "ours@ipbx"))
        assert wire.busy == 1
        trace.debug(sent("SIP/2.0 200 Answering", "other@ipbx"))
        trace.debug(sent("SIP/2.0 486", "without a whole line"))
        trace.debug("TX UDP 10.0.0.1:5060 -> 10.0.0.5:5060\nSIP/2.0 486\xff")
        trace.debug(sent("SIP/2.0 486 Max Calls", "next@ipbx").replace("TX", "RX"))
        assert wire.busy == 1
        trace.debug(sent("SIP/2.0 486 Max Calls", "next@ipbx"))
        assert wire.busy == 2
    finally:
        wire.close()


OFFER = Offer(sdp="v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n", type="offer", ticket="")


async def test_the_page_is_refused_for_a_reason() -> None:
    """1. Without a ticket. 2. Asked too often. 3. While calls are drained. 4. Not opened at all."""
    calls = WebCalls(cast(Carrier, None), enabled=True, per_minute=12)
    with pytest.raises(Refused, match="trop longtemps"):
        await calls.take(OFFER, "192.0.2.1")

    def many() -> None:
        for _ in range(100):
            calls.ticket("192.0.2.1")

    with pytest.raises(Refused, match="plusieurs fois"):
        many()
    calls.refusing = True
    with pytest.raises(Refused, match="ne prend plus d'appel"):
        calls.ticket("192.0.2.2")
    calls.enabled = False
    with pytest.raises(Refused, match="ne sont pas ouverts"):
        await calls.take(OFFER, "192.0.2.1")
    assert calls.refused == {"visitor": 1, "rate": 1, "draining": 1, "closed": 1}
