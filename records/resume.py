"""Calls that go on in writing, within one transaction: a reference, a hashed code, the state.

Whoever guesses has `MOST_TRIES` tries on a reference that he does not know to exist. The code is
kept as scrypt of its HMAC with the installation's key: neither the database nor a table of all
codes is enough to find it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from records import calls
from records.errors import RecordsError
from records.masking import Kind, mask
from records.plain import plain_json
from records.refusals import TRANSCRIPTION
from records.tables import ResumptionRow, TurnRow
from records.views import CallRecord

MOST_TRIES = 5  #: wrong codes on one reference; then it is locked until it expires
LONGEST = timedelta(days=7)
REPLIES = 3  #: of the call, shown when it goes on
SALT_BYTES = 16
_NO_SALT = bytes(SALT_BYTES)
_SCRYPT = {"n": 2**14, "r": 8, "p": 1, "dklen": 32}  # 16 MiB and about 50 ms a try

# A reply may hold the town's own e-mail address; what callers said never does.
_REPLY = frozenset(Kind) - {Kind.EMAIL}


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumptionEntry:
    """What lets a call go on in writing."""

    reference: str  #: six digits, as the caller heard them
    code: str  #: digits, as the caller heard them; only their hash is written
    valid_for: timedelta
    state: Mapping[str, Any]  #: of the conversation, as dialog writes it

    def __post_init__(self) -> None:
        if not _is_digits(self.reference, 6):
            raise ValueError(f"a reference has six digits, not {self.reference!r}")
        if not any(_is_digits(self.code, n) for n in (4, 5, 6)):
            raise ValueError("a code has four to six digits")
        if not timedelta(0) < self.valid_for <= LONGEST:
            raise ValueError(f"a code holds for {LONGEST.days} days at most")


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumedCall:
    """A call found again."""

    call: CallRecord
    state: Mapping[str, Any]
    replies: tuple[str, ...]  #: the last ones, oldest first


def _is_digits(text: str, count: int) -> bool:
    return len(text) == count and text.isascii() and text.isdigit()


def hashed(code: str, salt: bytes, key: bytes) -> str:
    """What is kept of a code; slow on purpose, so not to be called within a transaction."""
    keyed = hmac.new(key, code.encode("utf-8", "replace"), hashlib.sha256).digest()
    return hashlib.scrypt(keyed, salt=salt, **_SCRYPT).hex()


def offer(
    session: Session, call_id: str, entry: ResumptionEntry, salt: bytes, digest: str, now: datetime
) -> None:
    """Write a reference with the hash of its code; an earlier code of the same call is void.

    Raises:
        RecordsError: another call holds this reference.
    """
    calls.find(session, call_id)
    forget(session, now)
    row = session.get(ResumptionRow, entry.reference)
    if row is not None and row.call_id != call_id:
        raise RecordsError("another call can be resumed by this reference: draw another one")
    if row is None:
        row = ResumptionRow(reference=entry.reference, call_id=call_id, created_at=now)
        session.add(row)
    row.salt, row.code_hash = salt.hex(), digest
    row.state = _masked(entry.state)
    row.tries = 0
    row.expires_at = now + entry.valid_for


def keep(session: Session, reference: str, state: Mapping[str, Any]) -> bool:
    """Write what the conversation remembers now; False when the reference is not held any more."""
    row = session.get(ResumptionRow, reference)
    if row is None:
        return False
    if state.get("refused") == TRANSCRIPTION:
        session.delete(row)  # the caller's words are not to be kept anywhere
        return False
    row.state = _masked(state)
    return True


def salt_of(session: Session, reference: str) -> bytes:
    """The salt of a reference; one of the same length where there is none."""
    row = session.get(ResumptionRow, reference)
    return bytes.fromhex(row.salt) if row is not None else _NO_SALT


def find(session: Session, reference: str, digest: str, now: datetime) -> ResumedCall | None:
    """The call, when the code is right; None for whatever reason it is not found.

    A try is counted before it is judged, and the count goes back to nothing when it was right.
    """
    row = session.get(ResumptionRow, reference)
    if row is None or row.expires_at <= now or row.tries >= MOST_TRIES:
        return None
    row.tries += 1
    if not secrets.compare_digest(row.code_hash, digest):
        return None
    row.tries = 0
    return ResumedCall(
        call=calls.snapshot(calls.find(session, row.call_id)),
        state=dict(row.state),
        replies=_last_replies(session, row.call_id),
    )


def forget(session: Session, now: datetime) -> int:
    """Erase the references whose codes hold no more; returns how many there were."""
    over = select(ResumptionRow.reference).where(ResumptionRow.expires_at <= now)
    references = list(session.scalars(over))
    if references:
        session.execute(delete(ResumptionRow).where(ResumptionRow.reference.in_(references)))
    return len(references)


def _last_replies(session: Session, call_id: str) -> tuple[str, ...]:
    last = select(TurnRow.reply).where(TurnRow.call_id == call_id, TurnRow.reply != "")
    newest = session.scalars(last.order_by(TurnRow.number.desc()).limit(REPLIES))
    return tuple(reversed(list(newest)))


def _masked(state: Mapping[str, Any]) -> Any:
    """The state without what must never be written (requirements R12)."""
    return plain_json({name: _mask(value, name) for name, value in state.items()}, "state")


def _mask(value: object, name: str) -> object:
    if isinstance(value, str):
        return mask(value, _REPLY if name == "reply" else frozenset(Kind))[0]
    if isinstance(value, Mapping):
        return {key: _mask(one, str(key)) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_mask(one, name) for one in value]
    return value
