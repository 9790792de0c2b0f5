"""The digest of a call, made again whenever the call changes: what lists filter and search."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from records import events
from records.drafts import Outcome
from records.review_tables import AnnotationRow, DigestRow
from records.tables import CallRow, EventRow, TicketRow, TurnRow
from records.words import searchable

UNSURE = 0.9  #: an answer told with less confidence is worth a look
ERASED = "[effacé]"
_NO_WORDS = (ERASED, events.FORGOTTEN)


def refresh(session: Session, call_id: str) -> None:
    """Write the digest of this call as the call is now."""
    session.flush()
    call = session.get(CallRow, call_id)
    if call is None:
        return
    turns = session.scalars(
        select(TurnRow).where(TurnRow.call_id == call_id).order_by(TurnRow.number)
    ).all()
    service, left = _tickets(session, call_id)
    row = session.scalars(select(DigestRow).where(DigestRow.call_id == call_id)).first()
    if row is None:
        row = DigestRow(call_id=call_id)
    row.service, row.tickets = service or _passed_to(session, call_id), left
    row.flagged = _flagged(session, call_id)
    _fill(row, call, turns, hidden_turns(session, call_id))
    session.add(row)
    session.flush()


def write_past(
    session: Session, call: CallRow, turns: Sequence[TurnRow], service: str, left: int
) -> None:
    """The digest of a call that was written as a whole, with all its turns at hand."""
    row = DigestRow(call_id=call.id, service=service, tickets=left, flagged=False)
    _fill(row, call, turns, frozenset())
    session.add(row)


def _fill(row: DigestRow, call: CallRow, turns: Sequence[TurnRow], hidden: frozenset[int]) -> None:
    """What the call and its turns say."""
    row.started_at, row.line = call.started_at, call.line
    row.outcome, row.language = call.outcome.value, call.language
    row.subject = next((turn.sheet_id for turn in turns if turn.sheet_id), "")
    row.turns = sum(1 for turn in turns if turn.number > 0)
    row.lowest = min((_sureness(turn) for turn in turns if turn.number > 0), default=None)
    row.doubtful = row.lowest is not None and row.lowest < UNSURE
    shown = (turn.heard for turn in turns if turn.number not in hidden)
    row.words = searchable(*(heard for heard in shown if heard not in _NO_WORDS))


def _sureness(turn: TurnRow) -> float:
    """How sure the reply was; an unanswered question counts as not at all."""
    if turn.action == "out_of_scope" or (turn.action == "none" and turn.heard):
        return 0.0
    return 1.0 if turn.confidence is None else turn.confidence


def _tickets(session: Session, call_id: str) -> tuple[str, int]:
    left = select(TicketRow.service).where(TicketRow.call_id == call_id)
    services = session.scalars(left.order_by(TicketRow.created_at)).all()
    return (services[0], len(services)) if services else ("", 0)


def _passed_to(session: Session, call_id: str) -> str:
    asked = select(EventRow.data).where(
        EventRow.call_id == call_id, EventRow.kind == "transfer_asked"
    )
    data = session.scalars(asked.order_by(EventRow.id.desc())).first()
    return str(data.get("service", "")) if data else ""


def _flagged(session: Session, call_id: str) -> bool:
    last = select(AnnotationRow.data).where(
        AnnotationRow.call_id == call_id, AnnotationRow.kind == "flag"
    )
    data = session.scalars(last.order_by(AnnotationRow.id.desc())).first()
    return bool(data and data.get("on"))


def hidden_turns(session: Session, call_id: str) -> frozenset[int]:
    """The turns whose words a supervisor hid; the last word of each counts."""
    return frozenset(turn for _, turn in hidden_of(session, (call_id,)))


def hidden_of(session: Session, call_ids: Collection[str]) -> set[tuple[str, int]]:
    """The same for several calls, as pairs of call and turn; 500 calls or so at once."""
    marks = select(AnnotationRow.call_id, AnnotationRow.turn, AnnotationRow.data).where(
        AnnotationRow.call_id.in_(call_ids), AnnotationRow.kind == "hidden"
    )
    last: dict[tuple[str, int], bool] = {}
    for call_id, turn, data in session.execute(marks.order_by(AnnotationRow.id)):
        if turn is not None:
            last[call_id, turn] = bool(data.get("on"))
    return {place for place, on in last.items() if on}


def refresh_missing(session: Session, limit: int = 500) -> int:
    """Write digests of calls that have none, as after an upgrade; returns how many."""
    without = select(CallRow.id).where(
        ~select(DigestRow.id).where(DigestRow.call_id == CallRow.id).exists()
    )
    found = session.scalars(without.order_by(CallRow.started_at.desc()).limit(limit)).all()
    for call_id in found:
        refresh(session, call_id)
    return len(found)


def in_progress(session: Session) -> list[str]:
    """Calls that are being held."""
    return list(session.scalars(select(CallRow.id).where(CallRow.outcome == Outcome.IN_PROGRESS)))


def merge_search(session: Session) -> bool:
    """One step of overwriting what erased words left in the index; whether there is more to do.

    SQLite only: FTS5 marks what is deleted and drops it when its segments are merged (the option
    `secure-delete` came with SQLite 3.42). PostgreSQL's vacuum does it by itself.
    """
    if session.get_bind().dialect.name != "sqlite":
        return False
    changes = text("SELECT total_changes()")
    before = session.scalar(changes) or 0
    session.execute(text("INSERT INTO ft_words(ft_words, rank) VALUES ('merge', -200)"))
    return (session.scalar(changes) or 0) - before > 1


def count(session: Session) -> int:
    """How many digests there are."""
    return session.scalar(select(func.count()).select_from(DigestRow)) or 0
