"""What happened in a month, counted (requirements Q01-Q13): no words, no numbers, no ids of calls.

Every table of calls is a partition of the calls that were presented, so that `review.secrecy` can
hide small cells without a sum giving them away.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from records.drafts import Outcome, TicketStatus
from records.events import REFUSED
from records.review_tables import DigestRow, MonthRow
from records.tables import CallRow, EventRow, TicketRow, TurnRow

SURE = 0.9  #: an answer told with less confidence counts as unsure
Opens = Callable[[], AbstractContextManager[Session]]
_LENGTHS = ((30, "under_30s"), (60, "under_1min"), (120, "under_2min"), (300, "under_5min"))
_WAITS = ((5, "under_5s"), (15, "under_15s"))
_VOICE = ((800, "under_0.8s"), (1200, "under_1.2s"), (2500, "under_2.5s"))
_QUESTIONS = {
    "out_of_scope": "unanswered",
    "clarify": "asked_back",
    "transfer": "to_a_person",
    "message": "form",
    "report": "form",
    "appointment": "form",
    "emergency": "emergency",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """Of so many values, the middle one and the one that 95 in 100 stay below; seconds."""

    count: int
    median: float | None
    p95: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthCounts:
    """Counts by table and category, each table with its own total; and measures by name.

    Of calls: `fate` (what became of them), `hour` (0 to 23, the town's), `line`, `language`,
    `opening` (of the front desk), `subject` (id of the sheet that answered first, "" for none),
    `length`. Of the abandoned: `left_after`, `left_when`. Of questions: `question`, `voice`. Of
    tickets: `ticket`, `follow_up`. Of refusals: `refused`.
    """

    presented: int
    tables: Mapping[str, Mapping[str, int]]
    measures: Mapping[str, Measure]


@dataclass(slots=True)
class _Sums:
    """While a month is being counted."""

    tables: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    answer_s: list[float] = field(default_factory=list)
    length_s: list[float] = field(default_factory=list)
    voice_s: list[float] = field(default_factory=list)

    def add(self, table: str, category: str) -> None:
        self.tables[table][category] += 1


def of_span(
    session: Session,
    since: datetime,
    until: datetime,
    zone: ZoneInfo,
    is_open: Callable[[datetime], bool],
    now: datetime,
) -> MonthCounts:
    """Counts of the calls that began in [since, until).

    Args:
        is_open: whether the front desk was open at a moment.
        now: to tell which tickets are late.
    """
    sums = _Sums()
    presented = 0
    for row in _calls(session, since, until):
        presented += 1
        _call(sums, row, zone, is_open)
    _turns(sums, session, since, until)
    _tickets(sums, session, since, until, now, zone)
    _refusals(sums, session, since, until)
    measured = {"answer": sums.answer_s, "length": sums.length_s, "voice": sums.voice_s}
    return MonthCounts(
        presented=presented,
        tables={name: dict(counts) for name, counts in sums.tables.items()},
        measures={name: _measure(values) for name, values in measured.items()},
    )


def _calls(session: Session, since: datetime, until: datetime) -> Sequence[Any]:
    return session.execute(
        select(
            DigestRow.started_at,
            DigestRow.outcome,
            DigestRow.line,
            DigestRow.language,
            DigestRow.subject,
            DigestRow.turns,
            DigestRow.doubtful,
            DigestRow.tickets,
            CallRow.answered_at,
            CallRow.ended_at,
        )
        .join(CallRow, CallRow.id == DigestRow.call_id)
        .where(DigestRow.started_at >= since, DigestRow.started_at < until)
    ).all()


def _call(sums: _Sums, row: Any, zone: ZoneInfo, is_open: Callable[[datetime], bool]) -> None:
    local = row.started_at.astimezone(zone)
    fate = _fate(row)
    sums.add("fate", fate)
    sums.add("hour", str(local.hour))
    sums.add("line", row.line)
    sums.add("language", row.language)
    sums.add("opening", "open" if is_open(row.started_at) else "closed")
    sums.add("subject", row.subject)
    if row.answered_at is None:
        sums.add("length", "not_answered")
        return
    sums.answer_s.append((row.answered_at - row.started_at).total_seconds())
    if row.ended_at is None:
        sums.add("length", "not_over")
        return
    length = (row.ended_at - row.answered_at).total_seconds()
    sums.length_s.append(length)
    sums.add("length", _step(length, _LENGTHS, "longer"))
    if fate == "abandoned":
        sums.add("left_after", _step(length, _WAITS, "longer"))
        sums.add("left_when", _part_of_day(local.hour))


def _fate(row: Any) -> str:
    """What became of a call; the first that fits."""
    if row.outcome == Outcome.IN_PROGRESS:
        return "not_over"
    if row.answered_at is None:
        return "not_answered"
    if row.outcome in (Outcome.TRANSFERRED, Outcome.TRANSFER_FAILED):
        return "picked_up" if row.outcome == Outcome.TRANSFERRED else "not_picked_up"
    if row.outcome in (Outcome.FAILED, Outcome.INTERRUPTED, Outcome.REJECTED):
        return "failed"
    if row.tickets:
        return "message"
    if row.outcome == Outcome.HUNG_UP and row.turns == 0:
        return "abandoned"
    return "solved" if row.subject and not row.doubtful else "other"


def _step(value: float, steps: Sequence[tuple[float, str]], beyond: str) -> str:
    return next((name for limit, name in steps if value < limit), beyond)


def _part_of_day(hour: int) -> str:
    return _step(hour, ((8, "night"), (12, "morning"), (14, "noon"), (18, "afternoon")), "night")


def _turns(sums: _Sums, session: Session, since: datetime, until: datetime) -> None:
    asked = select(
        TurnRow.action,
        TurnRow.confidence,
        TurnRow.timings["voice_to_voice"].as_float(),
    ).where(
        TurnRow.number > 0,
        TurnRow.heard != "",
        TurnRow.started_at >= since,
        TurnRow.started_at < until,
    )
    for action, confidence, voice_ms in session.execute(asked):
        if action == "answer":
            unsure = confidence is not None and confidence < SURE
            sums.add("question", "unsure" if unsure else "answered")
        else:
            sums.add("question", _QUESTIONS.get(action, "other"))
        if voice_ms is None:
            sums.add("voice", "not_measured")
        else:
            sums.voice_s.append(voice_ms / 1000)
            sums.add("voice", _step(voice_ms, _VOICE, "longer"))


def _tickets(
    sums: _Sums, session: Session, since: datetime, until: datetime, now: datetime, zone: ZoneInfo
) -> None:
    left = select(TicketRow.kind, TicketRow.status, TicketRow.due_on, TicketRow.closed_at).where(
        TicketRow.created_at >= since, TicketRow.created_at < until
    )
    today = now.astimezone(zone).date()
    for kind, status, due_on, closed_at in session.execute(left):
        sums.add("ticket", kind)
        closed = status is TicketStatus.CLOSED
        day = closed_at.astimezone(zone).date() if closed_at is not None and closed else today
        late = due_on is not None and day > due_on
        sums.add("follow_up", f"{'closed' if closed else 'open'}_{'late' if late else 'in_time'}")


def _refusals(sums: _Sums, session: Session, since: datetime, until: datetime) -> None:
    said = (
        select(EventRow.data)
        .join(CallRow, CallRow.id == EventRow.call_id)
        .where(CallRow.started_at >= since, CallRow.started_at < until, EventRow.kind == REFUSED)
    )
    for data in session.scalars(said):
        sums.add("refused", str(data.get("what", "")))


def _measure(values: list[float]) -> Measure:
    """Nearest rank, so that each is a value that was measured."""
    ordered = sorted(values)
    if not ordered:
        return Measure(count=0, median=None, p95=None)

    def at(share: float) -> float:
        return round(ordered[max(0, ceil(share * len(ordered)) - 1)], 2)

    return Measure(count=len(ordered), median=at(0.5), p95=at(0.95))


class MonthStore:
    """Months counted, and those that are kept when their calls are gone. Blocking, thread-safe."""

    def __init__(self, writing: Opens, reading: Opens, now: Callable[[], datetime]) -> None:
        self._writing = writing
        self._reading = reading
        self._now = now

    def counts(
        self,
        since: datetime,
        until: datetime,
        zone: ZoneInfo,
        is_open: Callable[[datetime], bool],
    ) -> MonthCounts:
        """Count the calls that began in [since, until)."""
        with self._reading() as session:
            return of_span(session, since, until, zone, is_open, self._now())

    def first_call(self) -> datetime | None:
        """When the oldest call that is kept began."""
        with self._reading() as session:
            return session.scalar(select(func.min(DigestRow.started_at)))

    def kept(self, month: str) -> Any:
        """The report that was kept of a month such as "2026-11", or None."""
        with self._reading() as session:
            row = session.get(MonthRow, month)
            return None if row is None else row.figures

    def kept_months(self) -> tuple[str, ...]:
        """The months that reports were kept of, newest first."""
        with self._reading() as session:
            return tuple(session.scalars(select(MonthRow.month).order_by(MonthRow.month.desc())))

    def keep(self, month: str, figures: Any) -> None:
        """Keep the report of a month that is over; the first one stays."""
        with self._writing() as session:
            if session.get(MonthRow, month) is None:
                session.add(MonthRow(month=month, figures=figures, made_at=self._now()))
