"""Calls of the past, written many at once: for demonstrations and for what another system kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.orm import Session

from records import calls, digests, tickets, turns
from records.drafts import CallDraft, Outcome, TicketEntry, TicketStatus, TurnDraft
from records.masking import mask
from records.plain import plain_json
from records.tables import EventRow, TurnRow


@dataclass(frozen=True, slots=True, kw_only=True)
class PastTurn:
    """A turn, what of its reply was played, and whether the caller cut in."""

    draft: TurnDraft
    played: str
    interrupted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PastCall:
    """A call that is over. `draft.started_at` says when it was; tickets name no call."""

    draft: CallDraft
    ended_at: datetime
    outcome: Outcome
    end_reason: str = ""
    transfer_target: str = ""
    turns: Sequence[PastTurn] = ()
    events: Sequence[tuple[str, Mapping[str, object]]] = ()
    tickets: Sequence[tuple[TicketEntry, TicketStatus]] = field(default_factory=tuple)


def write(
    session: Session,
    past: PastCall,
    hash_key: bytes,
    draw_call: Callable[[], str],
    draw_ticket: Callable[[], str],
) -> str:
    """Write one call of the past with everything in it; returns its id.

    As `turns.add` and `finish` would, but at once: nothing has to be looked up in a new call.

    Raises:
        ValueError: the draft does not say when the call was.
    """
    at = past.draft.started_at
    if at is None:
        raise ValueError("a call of the past says when it began")
    call_id = calls.start(session, past.draft, at, hash_key, draw_call).id
    row = calls.find(session, call_id)
    row.answered_at, row.ended_at, row.outcome = at, past.ended_at, past.outcome
    row.end_reason, row.transfer_target = past.end_reason, past.transfer_target
    spoken = [_spoken(call_id, place, turn, at) for place, turn in enumerate(past.turns)]
    row.language = next((one.language for one in reversed(spoken) if one.language), row.language)
    session.add_all(spoken)
    service = ""
    for kind, data in past.events:
        if kind == "transfer_asked":
            service = str(data.get("service", ""))
        kept = plain_json(data, "data")
        session.add(EventRow(call_id=call_id, at=at, kind=kind, data=kept))
    for entry, status in past.tickets:
        own = replace(entry, call_id=call_id)
        left = tickets.add(session, own, past.ended_at, hash_key, draw_ticket)
        if status is not TicketStatus.OPEN:
            tickets.set_status(session, left.reference, status, past.ended_at)
    if past.tickets:
        service = past.tickets[0][0].service
    digests.write_past(session, row, spoken, service, len(past.tickets))
    session.flush()
    return call_id


def _spoken(call_id: str, place: int, turn: PastTurn, at: datetime) -> TurnRow:
    row, _ = turns.new_row(call_id, place, turn.draft, turn.draft.started_at or at)
    whole = turn.played == turn.draft.reply  # masking costs the most
    row.played = row.reply if whole else mask(turn.played, turns.IN_REPLIES)[0]
    row.interrupted = turn.interrupted
    row.finished_at = row.created_at
    return row
