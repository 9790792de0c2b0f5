"""What supervisors say about a call, within one transaction: appended, the last of a kind holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from records import calls, digests, holds
from records.errors import UnknownRecord
from records.masking import mask
from records.plain import plain_json
from records.review_tables import AnnotationRow
from records.tables import TurnRow

LONGEST = 2000  #: characters of a note


class AnnotationKind(StrEnum):
    """What kinds there are, and what their data holds."""

    NOTE = "note"  #: `text`
    GRID = "grid"  #: `understood`, `right`, `polite`, `human`: "yes", "no" or "" for no opinion
    FLAG = "flag"  #: `on`
    WORD = "word"  #: `text`: what the caller really said
    SHEET = "sheet"  #: `sheet`: the one that answers; "" when none does
    HIDDEN = "hidden"  #: `on`: the turn's words are not shown
    ERASED = "erased"  #: the turn's words are gone


_WITH_WORDS = (AnnotationKind.NOTE, AnnotationKind.WORD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """One annotation; `turn` None: of the whole call."""

    id: int
    call_id: str
    turn: int | None
    at: datetime
    login: str
    kind: str
    data: Mapping[str, object]


def add(
    session: Session,
    call_id: str,
    turn: int | None,
    login: str,
    kind: AnnotationKind,
    data: Mapping[str, object],
    now: datetime,
) -> Annotation:
    """Append an annotation; texts are masked like callers' words.

    Raises:
        UnknownRecord: there is no such call or turn.
        ValueError: a text is empty or too long.
    """
    calls.find(session, call_id)
    if turn is not None:
        _turn(session, call_id, turn)
    kept = {name: _checked(name, value) for name, value in data.items()}
    if kind in _WITH_WORDS and not str(kept.get("text", "")).strip():
        raise ValueError("le texte est vide")
    row = AnnotationRow(call_id=call_id, turn=turn, at=now, login=login, kind=kind.value, data=kept)
    session.add(row)
    session.flush()
    if kind in (AnnotationKind.FLAG, AnnotationKind.HIDDEN):
        digests.refresh(session, call_id)
    return _snapshot(row)


def _checked(name: str, value: object) -> object:
    if not isinstance(value, str):
        return plain_json(value, name)
    if len(value) > LONGEST:
        raise ValueError(f"le texte dépasse {LONGEST} caractères")
    return mask(str(plain_json(value, name)).strip())[0]


def _turn(session: Session, call_id: str, number: int) -> TurnRow:
    found = select(TurnRow).where(TurnRow.call_id == call_id, TurnRow.number == number)
    row = session.scalars(found).first()
    if row is None:
        raise UnknownRecord(f"the call {call_id!r} has no turn {number}")
    return row


def erase_turn(session: Session, call_id: str, number: int, login: str, now: datetime) -> None:
    """Overwrite the words of one turn, what corrected them and what the search holds of them.

    Raises:
        UnknownRecord: there is no such call or turn.
        CallHeld: the call is held; in French.
    """
    row = _turn(session, call_id, number)
    holds.refuse_held(session, call_id, now)
    row.heard = digests.ERASED if row.heard else ""
    row.heard_confidence, row.dtmf = None, ""
    if not row.sheet_id:  # a reply without a sheet may repeat what was said
        row.reply = digests.ERASED
        row.played = digests.ERASED if row.played else row.played
    for said in session.scalars(
        select(AnnotationRow).where(
            AnnotationRow.call_id == call_id,
            AnnotationRow.turn == number,
            AnnotationRow.kind.in_([kind.value for kind in _WITH_WORDS]),
        )
    ):
        said.data = {"text": digests.ERASED}
    add(session, call_id, number, login, AnnotationKind.ERASED, {}, now)
    digests.refresh(session, call_id)


def erase_words(session: Session, call_id: str) -> None:
    """Empty the texts of a call's annotations, when the call's own words go."""
    for row in session.scalars(select(AnnotationRow).where(AnnotationRow.call_id == call_id)):
        if row.kind in _WITH_WORDS:
            row.data = {"text": digests.ERASED}


def of_call(session: Session, call_id: str) -> tuple[Annotation, ...]:
    """The annotations of a call in the order they were made."""
    rows = session.scalars(
        select(AnnotationRow).where(AnnotationRow.call_id == call_id).order_by(AnnotationRow.id)
    )
    return tuple(_snapshot(row) for row in rows)


def _snapshot(row: AnnotationRow) -> Annotation:
    return Annotation(
        id=row.id,
        call_id=row.call_id,
        turn=row.turn,
        at=row.at,
        login=row.login,
        kind=row.kind,
        data=dict(row.data),
    )
