"""What happened in a span of time, counted by hour: for the day's picture (requirements Q02)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from records.drafts import Outcome
from records.review_tables import DigestRow
from records.tables import CallRow, TicketRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Counts of calls that began in a span; `by_hour` and `abandoned_by_hour` in the town's time.

    solved         ended by the caller or with goodbyes after an answer, without a doubtful reply,
                   a ticket or a transfer
    abandoned      hung up before anything was asked
    """

    presented: int
    answered: int
    solved: int
    transferred: int
    transfer_failed: int
    messages: int
    abandoned: int
    doubtful: int
    failed: int
    by_hour: Mapping[int, int]
    abandoned_by_hour: Mapping[int, int]
    outcomes: Mapping[str, int]


def of_span(session: Session, since: datetime, until: datetime, zone: ZoneInfo) -> Figures:
    """Counts of [since, until); one line a call is read, none of its words."""
    rows = session.execute(
        select(
            DigestRow.started_at,
            DigestRow.outcome,
            DigestRow.turns,
            DigestRow.doubtful,
            DigestRow.tickets,
            DigestRow.subject,
            CallRow.answered_at,
        )
        .join(CallRow, CallRow.id == DigestRow.call_id)
        .where(DigestRow.started_at >= since, DigestRow.started_at < until)
    ).all()
    counts: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()
    by_hour: Counter[int] = Counter()
    left: Counter[int] = Counter()
    for started_at, outcome, turns, doubtful, tickets, subject, answered_at in rows:
        hour = started_at.astimezone(zone).hour
        by_hour[hour] += 1
        outcomes[outcome] += 1
        counts["answered"] += answered_at is not None
        counts["doubtful"] += doubtful
        if outcome == Outcome.HUNG_UP and turns == 0:
            left[hour] += 1
        ended = outcome in (Outcome.COMPLETED, Outcome.HUNG_UP)
        counts["solved"] += bool(ended and subject and not doubtful and not tickets)
    return Figures(
        presented=len(rows),
        answered=counts["answered"],
        solved=counts["solved"],
        transferred=outcomes[Outcome.TRANSFERRED],
        transfer_failed=outcomes[Outcome.TRANSFER_FAILED],
        messages=_tickets(session, since, until),
        abandoned=sum(left.values()),
        doubtful=counts["doubtful"],
        failed=outcomes[Outcome.FAILED] + outcomes[Outcome.INTERRUPTED],
        by_hour=dict(by_hour),
        abandoned_by_hour=dict(left),
        outcomes=dict(outcomes),
    )


def _tickets(session: Session, since: datetime, until: datetime) -> int:
    left = select(TicketRow.id).where(TicketRow.created_at >= since, TicketRow.created_at < until)
    return len(session.scalars(left).all())
