"""What a call's sound was worth: loss, delay, and the mean opinion that both stand for.

The opinion is estimated by the E-model (ITU-T G.107 of 2005, 7.2-7.5 and Annex B) with everything
at its default but delay and loss:

    R = 93.2 - Idd(delay) - Ie,eff(loss)        MOS = 1 + 0.035 R + 7e-6 R (R - 60) (100 - R)

Loss is taken to be random, and concealed as telephones do it (ITU-T G.711 Appendix I): Ie = 0 and
Bpl = 25.1 (ITU-T G.113 Appendix I). The model is narrowband: for G.722 and Opus the figure tells
about the network, not about the wider band.
"""

from __future__ import annotations

from math import log2

from baresip.stats import CallStats

from records.drafts import MediaStats

BEST_R = 93.2  #: every parameter at its default (G.107, 7.7)
CONCEALED_BPL = 25.1
PACKET_MS = 20.0


def delay_impairment(delay_ms: float) -> float:
    """Idd of a one-way delay from mouth to ear (G.107, equations 7-27 and 7-28); 0 up to 100 ms."""
    if delay_ms <= 100:
        return 0.0
    x = log2(delay_ms / 100)
    return float(25 * ((1 + x**6) ** (1 / 6) - 3 * (1 + (x / 3) ** 6) ** (1 / 6) + 2))


def loss_impairment(loss: float) -> float:
    """Ie,eff of random loss, 0..1 (G.107, equation 7-29 with Ie = 0 and BurstR = 1)."""
    percent = 100 * min(max(loss, 0.0), 1.0)
    return 95 * percent / (percent + CONCEALED_BPL)


def mos(loss: float, delay_ms: float) -> float:
    """Mean opinion score, 1..4.5.

    Args:
        loss: share of packets that came not at all or too late, 0..1.
        delay_ms: one way, from mouth to ear.
    """
    r = BEST_R - delay_impairment(delay_ms) - loss_impairment(loss)
    if r <= 0:
        return 1.0
    return round(max(1.0, 1 + 0.035 * r + 7e-6 * r * (r - 60) * (100 - r)), 2)


def share(lost: int, arrived: int) -> float:
    """Lost packets among all that were sent, 0..1."""
    return lost / max(1, lost + arrived)


def of_call(stats: CallStats, codec: str) -> MediaStats:
    """The stack's closing figures as the records keep them.

    The far end's reports (RFC 3550) may never come, and ours may come before the end: gaps that the
    jitter buffer saw count where they are more.
    """
    if not stats.rx_packets and not stats.tx_packets:
        return MediaStats(codec=codec or None)  # the stack forgets all when audio timed out
    lost = max(stats.rx_lost, stats.jbuf_lost or 0, 0)  # RTCP counts copies as less than none
    delay_ms = stats.rtt_ms / 2 + (stats.jbuf_delay_ms or 0) + PACKET_MS
    reported = bool(stats.rtt_ms or stats.tx_lost or stats.tx_jitter_ms)
    return MediaStats(
        codec=codec or None,
        rx_packets=stats.rx_packets,
        tx_packets=stats.tx_packets,
        lost_packets=lost,
        jitter_ms=stats.rx_jitter_ms or stats.jbuf_jitter_ms or None,
        buffer_ms=stats.jbuf_delay_ms,
        rtt_ms=stats.rtt_ms or None,
        mos=mos(share(lost, stats.rx_packets), delay_ms) if stats.rx_packets else None,
        far_lost_packets=max(stats.tx_lost, 0) if reported else None,
        far_jitter_ms=stats.tx_jitter_ms if reported else None,
        far_mos=_far_mos(stats) if reported else None,
    )


def of_browser(
    *,
    rx_packets: int,
    tx_packets: int,
    lost_packets: int,
    jitter_ms: float | None,
    rtt_ms: float | None,
) -> MediaStats:
    """The figures of a WebRTC call, whose buffer is taken to be twice the jitter."""
    delay_ms = (rtt_ms or 0.0) / 2 + 2 * (jitter_ms or 0.0) + PACKET_MS
    lost = max(lost_packets, 0)
    return MediaStats(
        codec="opus",
        rx_packets=rx_packets,
        tx_packets=tx_packets,
        lost_packets=lost,
        jitter_ms=jitter_ms,
        rtt_ms=rtt_ms,
        mos=mos(share(lost, rx_packets), delay_ms) if rx_packets else None,
    )


def _far_mos(stats: CallStats) -> float:
    """As the caller hears; his telephone's buffer is not known, twice the jitter is usual."""
    delay_ms = stats.rtt_ms / 2 + 2 * stats.tx_jitter_ms + PACKET_MS
    lost = max(stats.tx_lost, 0)
    return mos(share(lost, stats.tx_packets - lost), delay_ms)
