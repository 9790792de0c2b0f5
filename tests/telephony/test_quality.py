"""The E-model's figures (ITU-T G.107), and what a call's closing figures become."""

from __future__ import annotations

import logging

import pytest
from baresip.stats import CallStats

from telephony.quality import delay_impairment, loss_impairment, mos, of_call
from telephony.wire import TRACE, Wire, first_codec


def test_a_perfect_line_has_the_models_best_opinion() -> None:
    assert mos(0.0, 0.0) == 4.41  # R = 93.2, G.107 Annex B


def test_figures_worked_out_by_hand() -> None:
    assert delay_impairment(100) == 0
    assert delay_impairment(200) == pytest.approx(3.04, abs=0.01)  # 25 (2^(1/6) - 3.0007 + 2)
    assert loss_impairment(0.05) == pytest.approx(15.78, abs=0.01)  # 95 x 5 / (5 + 25.1)
    assert mos(0.05, 50) == 3.92  # R = 77.42


@pytest.mark.parametrize("worse", [(0.01, 50), (0.05, 50), (0.05, 300), (0.2, 300), (0.5, 800)])
def test_more_loss_and_more_delay_are_never_better(worse: tuple[float, float]) -> None:
    loss, delay_ms = worse
    assert 1.0 <= mos(loss, delay_ms) <= mos(loss / 2, delay_ms) <= mos(0.0, delay_ms / 2)


def test_no_share_is_taken_for_what_it_cannot_be() -> None:
    assert mos(-0.2, -5) == mos(0, 0)
    assert mos(7.0, 1e6) == 1.0


def test_gaps_of_the_jitter_buffer_count_where_reports_came_too_early() -> None:
    stats = CallStats(rx_packets=950, rx_lost=-1, jbuf_lost=50, jbuf_delay_ms=60)
    kept = of_call(stats, "PCMA")
    assert (kept.lost_packets, kept.codec, kept.buffer_ms) == (50, "PCMA", 60)
    assert kept.mos == mos(0.05, 80)


def test_what_nobody_measured_is_not_written() -> None:
    assert of_call(CallStats(), "PCMU").as_json() == {"codec": "PCMU"}
    silent = of_call(CallStats(tx_packets=50), "").as_json()
    assert silent == {"rx_packets": 0, "tx_packets": 50, "lost_packets": 0}


def test_the_far_ends_report_is_the_callers_own_opinion() -> None:
    stats = CallStats(
        rx_packets=1000, tx_packets=1000, tx_lost=100, tx_jitter_ms=10, rtt_ms=40, jbuf_delay_ms=60
    )
    kept = of_call(stats, "G722")
    assert (kept.far_lost_packets, kept.far_jitter_ms, kept.rtt_ms) == (100, 10, 40)
    assert kept.far_mos is not None
    assert kept.mos is not None
    assert kept.far_mos < 3.6 < kept.mos


# -- the codec, from the trace ---------------------------------------------------------------

HEAD = "{way} UDP 127.0.0.1:5060 -> 127.0.0.1:5070\n"
ANSWER = (
    "m=audio 4000 RTP/AVP {formats}\na=rtpmap:97 opus/48000/2\na=rtpmap:101 telephone-event/8000"
)


@pytest.mark.parametrize(
    ("formats", "codec"),
    [("8 0 101", "PCMA"), ("0", "PCMU"), ("9 8", "G722"), ("97 8", "opus"), ("18", ""), ("", "")],
)
def test_the_first_format_is_spoken(formats: str, codec: str) -> None:
    assert first_codec(ANSWER.format(formats=formats)) == codec


async def test_the_last_answer_counts() -> None:
    """1. An offer. 2. Our answer. 3. A re-INVITE's answer with another codec."""
    wire = Wire()
    wire.open()
    trace = logging.getLogger(TRACE)
    try:
        trace.debug(_said("RX", "INVITE sip:a@b SIP/2.0", "0 8"))
        assert wire.codec("c1") == ""
        trace.debug(_said("TX", "SIP/2.0 200 OK", "8 101"))
        assert wire.codec("c1") == "PCMA"
        trace.debug(_said("TX", "SIP/2.0 180 Ringing", "0"))
        trace.debug(_said("TX", "SIP/2.0 200 OK", "9"))
        assert wire.codec("c1") == "G722"
        assert wire.codec("c2") == ""
    finally:
        wire.close()


async def test_rubbish_in_an_answer_is_passed_over() -> None:
    wire = Wire()
    wire.open()
    try:
        for line in ("SIP/2.0 2", "ACK ", "ACK m=audio 1 RTP/AVP 8", "SIP/2.0 200 OK"):
            logging.getLogger(TRACE).debug(HEAD.format(way="RX") + line + "m=audio x\n\n\0")
        assert wire.codec("") == ""
    finally:
        wire.close()


def _said(way: str, start: str, formats: str) -> str:
    lines = [start, "Call-ID: c1", "CSeq: 1 INVITE", "", ANSWER.format(formats=formats)]
    return HEAD.format(way=way) + "\r\n".join(lines)
