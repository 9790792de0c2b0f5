"""What is counted of calls and of the engines behind them: a `telephony.watching.Watch`.

No label comes from a caller: channels, outcomes, actions and stages are words of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram

from dialog.reply import Action
from records import Channel, Direction, MediaStats, Outcome

#: seconds; finest where callers notice a difference, up to where they hang up
LATENCY_S = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1, 1.2, 1.5, 1.7, 2, 2.5, 3, 4, 5)
CALL_S = (5, 15, 30, 60, 90, 120, 180, 300, 600)
LAG_S = (0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)
MOS = (1, 2, 2.5, 3, 3.5, 3.8, 4, 4.2, 4.4)
HELD_S = 0.02  #: nothing may hold the event loop for longer (design)

#: stages of a turn by the name of their timing in the records (milliseconds)
STAGES = {
    "end_of_turn": "end_of_turn",
    "decision": "decide",
    "search": "search",
    "language_model": "rewrite",
    "voice_to_voice": "voice_to_voice",
}
ENGINES = ("recognition", "synthesis", "decision", "records")
_ACTIONS = frozenset(action.value for action in Action)


class CallMetrics:
    """Counts calls, turns, stages, losses and failures. Safe between threads."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._calls = Counter(
            "allomairie_calls_total",
            "Calls that ended, by who called, how, and how it ended.",
            ("direction", "channel", "outcome"),
            registry=registry,
        )
        self._seconds = Histogram(
            "allomairie_call_seconds",
            "How long calls lasted.",
            ("channel",),
            buckets=CALL_S,
            registry=registry,
        )
        self._turns = Counter(
            "allomairie_turns_total",
            "Replies that were said, by what they did.",
            ("action",),
            registry=registry,
        )
        self._interrupted = Counter(
            "allomairie_turns_interrupted_total",
            "Replies that the caller cut short.",
            registry=registry,
        )
        self._stages = Histogram(
            "allomairie_stage_seconds",
            "Seconds of each stage. recognition and synthesis: each run of the engine, without "
            "waiting; voice_to_voice: from the caller's last sound to the first of the reply.",
            ("stage",),
            buckets=LATENCY_S,
            registry=registry,
        )
        self._errors = Counter(
            "allomairie_engine_errors_total",
            "Failures of a part during calls.",
            ("engine",),
            registry=registry,
        )
        self._received = Counter(
            "allomairie_rtp_received_packets_total",
            "Audio packets of ended calls that came.",
            registry=registry,
        )
        self._sent = Counter(
            "allomairie_rtp_sent_packets_total",
            "Audio packets of ended calls that were sent.",
            registry=registry,
        )
        self._lost = Counter(
            "allomairie_rtp_lost_packets_total",
            "Audio packets lost or too late: in, counted here; out, as the far end reported.",
            ("direction",),
            registry=registry,
        )
        self._mos = Histogram(
            "allomairie_call_mos",
            "Estimated opinion of ended calls, 1 to 4.5 (ITU-T G.107).",
            buckets=MOS,
            registry=registry,
        )
        self._lag = Histogram(
            "allomairie_event_loop_lag_seconds",
            "How late the event loop's timer came.",
            buckets=LAG_S,
            registry=registry,
        )
        self._holds = Counter(
            "allomairie_event_loop_holds_total",
            "How often the loop was over 20 ms late.",
            registry=registry,
        )
        self._failing: dict[str, bool] = dict.fromkeys(ENGINES, False)
        self._declare()

    def _declare(self) -> None:
        """Show each series at 0, so that its first count is seen as a rise."""
        ended = [outcome for outcome in Outcome if outcome is not Outcome.IN_PROGRESS]
        for channel in Channel:
            self._seconds.labels(channel.value)
            for outcome in ended:
                self._calls.labels(Direction.INBOUND.value, channel.value, outcome.value)
        for stage in ("recognition", "synthesis", *STAGES):
            self._stages.labels(stage)
        for engine in ENGINES:
            self._errors.labels(engine)
        for direction in ("in", "out"):
            self._lost.labels(direction)

    @property
    def failing(self) -> tuple[str, ...]:
        """The parts whose last use failed."""
        return tuple(engine for engine, failing in self._failing.items() if failing)

    def engine(self, name: str) -> Callable[[float, bool], None]:
        """What an engine of this name tells each run to (`deploy.metrics.engines`)."""

        def note(seconds: float, well: bool) -> None:
            if well:
                self._stages.labels(name).observe(seconds)
            else:
                self._errors.labels(name).inc()
            self._failing[name] = not well

        return note

    def lag(self, seconds: float) -> None:
        """The event loop's timer was so late."""
        self._lag.observe(seconds)
        if seconds > HELD_S:
            self._holds.inc()

    # -- the watch ---------------------------------------------------------------------------

    def turn(self, action: str, timings: Mapping[str, float], *, interrupted: bool) -> None:
        """See `Watch.turn`."""
        self._turns.labels(action if action in _ACTIONS else "other").inc()
        if interrupted:
            self._interrupted.inc()
        for stage, name in STAGES.items():
            if timings.get(name, 0.0) > 0:  # 0: a fixed sentence, nothing was decided
                self._stages.labels(stage).observe(timings[name] / 1000)
        if timings.get("decide", 0.0) > 0:
            self._failing["decision"] = False

    def ended(self, channel: str, outcome: Outcome, stats: MediaStats, seconds: float) -> None:
        """See `Watch.ended`."""
        self._calls.labels(Direction.INBOUND.value, channel, outcome.value).inc()
        self._seconds.labels(channel).observe(seconds)
        self._received.inc(max(0, stats.rx_packets or 0))
        self._sent.inc(max(0, stats.tx_packets or 0))
        self._lost.labels("in").inc(max(0, stats.lost_packets or 0))
        self._lost.labels("out").inc(max(0, stats.far_lost_packets or 0))
        if stats.mos is not None:
            self._mos.observe(stats.mos)

    def wrote(self, ok: bool) -> None:
        """See `Watch.wrote`."""
        if not ok:
            self._errors.labels("records").inc()
        self._failing["records"] = not ok

    def broke(self, part: str) -> None:
        """See `Watch.broke`."""
        self._errors.labels(part if part in ENGINES else "decision").inc()
        if part in self._failing:
            self._failing[part] = True
