"""The list of calls: filtered, searched, page by page by key, never by offset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, literal_column, or_, select, text
from sqlalchemy.orm import Session

from records.phone import hash_number
from records.review_tables import DigestRow
from records.tables import CallRow, TicketRow
from records.words import query_terms

LARGEST_PAGE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFilter:
    """Which calls are wanted; what is empty or None does not narrow."""

    since: datetime | None = None
    until: datetime | None = None  #: not included
    lines: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()  #: ids of sheets, any of them
    of_service: tuple[str, ...] = ()  #: sheets of `services`: a call about one counts for it
    doubtful: bool | None = None
    flagged: bool | None = None
    tickets: bool | None = None
    search: str = ""  #: words; a call's or a ticket's reference; a telephone number


@dataclass(frozen=True, slots=True)
class PageKey:
    """Where a page begins: behind this call in the list."""

    started_at: datetime
    id: int

    def __str__(self) -> str:
        return f"{self.started_at.isoformat()}_{self.id}"

    @classmethod
    def parse(cls, text: str) -> PageKey:
        """Read what `str` wrote.

        Raises:
            ValueError: it is something else.
        """
        moment, _, number = text.rpartition("_")
        if not (number.isascii() and number.isdigit() and len(number) < 19):
            raise ValueError("not the key of a page")
        at = datetime.fromisoformat(moment)
        if at.tzinfo is None:
            raise ValueError("the key of a page has no time zone")
        return cls(at, int(number))


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCall:
    """One line of the list."""

    id: str
    key: PageKey
    reference: str
    started_at: datetime
    ended_at: datetime | None
    channel: str
    line: str
    caller_number: str
    outcome: str
    language: str
    service: str
    subject: str
    turns: int
    lowest: float | None
    doubtful: bool
    tickets: int
    flagged: bool


def page(
    session: Session, wanted: CallFilter, hash_key: bytes, after: PageKey | None, limit: int
) -> tuple[ListedCall, ...]:
    """The calls behind `after`, newest first, at most `limit`."""
    both: Any = select(DigestRow, CallRow).join(CallRow, CallRow.id == DigestRow.call_id)
    query = _narrowed(both, session, wanted, hash_key)
    if after is not None:
        query = query.where(
            DigestRow.started_at <= after.started_at,
            or_(DigestRow.started_at < after.started_at, DigestRow.id < after.id),
        )
    query = query.order_by(DigestRow.started_at.desc(), DigestRow.id.desc())
    rows = session.execute(query.limit(min(limit, LARGEST_PAGE))).all()
    return tuple(_listed(digest, call) for digest, call in rows)


def count(session: Session, wanted: CallFilter, hash_key: bytes, most: int) -> int:
    """How many calls there are, counted up to `most`."""
    ids: Select[Any] = select(DigestRow.id)
    query = _narrowed(ids, session, wanted, hash_key).limit(most)
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0


def _narrowed(
    query: Select[Any], session: Session, wanted: CallFilter, hash_key: bytes
) -> Select[Any]:
    if wanted.since is not None:
        query = query.where(DigestRow.started_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(DigestRow.started_at < wanted.until)
    for column, words in (
        (DigestRow.line, wanted.lines),
        (DigestRow.outcome, wanted.outcomes),
        (DigestRow.language, wanted.languages),
        (DigestRow.subject, wanted.subjects),
    ):
        if words:
            query = query.where(column.in_(words))
    if wanted.services:
        about = DigestRow.subject.in_(wanted.of_service)
        query = query.where(or_(DigestRow.service.in_(wanted.services), about))
    for flag, value in (
        (DigestRow.doubtful, wanted.doubtful),
        (DigestRow.flagged, wanted.flagged),
    ):
        if value is not None:
            query = query.where(flag.is_(value))
    if wanted.tickets is not None:
        query = query.where(DigestRow.tickets > 0 if wanted.tickets else DigestRow.tickets == 0)
    return _searched(query, session, wanted.search, hash_key) if wanted.search else query


def _searched(query: Select[Any], session: Session, search: str, hash_key: bytes) -> Select[Any]:
    """Calls with all the words, the last one as a beginning; or with this reference or number."""
    found = _by_words(session, query_terms(search))
    digits = "".join(c for c in search if c.isascii() and c.isdigit())
    only_digits = bool(digits) and not any(c.isalpha() for c in search)
    if only_digits and len(digits) == 6:
        of_ticket = select(TicketRow.call_id).where(TicketRow.reference == digits)
        of_call = select(CallRow.id).where(CallRow.reference == digits)
        found = or_(found, DigestRow.call_id.in_(of_ticket), DigestRow.call_id.in_(of_call))
    elif only_digits and len(digits) >= 9:
        national = digits.removeprefix("0033").removeprefix("33" if len(digits) == 11 else "\0")
        e164 = f"+33{national.removeprefix('0')}"
        hashes = (hash_number(e164, hash_key), hash_number(digits, hash_key))
        of_caller = select(CallRow.id).where(CallRow.caller_hash.in_(hashes))
        found = or_(found, DigestRow.call_id.in_(of_caller))
    return query.where(found)


def _by_words(session: Session, terms: Sequence[str]) -> Any:
    if not terms:
        return literal_column("1 = 0")  # signs only: no call holds them
    if session.get_bind().dialect.name == "postgresql":
        asked = " & ".join([*terms[:-1], f"{terms[-1]}:*"])
        vector = text("to_tsvector('simple', call_digests.words) @@ to_tsquery('simple', :asked)")
        return vector.bindparams(asked=asked)
    asked = " ".join([*(f'"{term}"' for term in terms[:-1]), f'"{terms[-1]}"*'])
    matching = text("SELECT rowid FROM ft_words WHERE ft_words MATCH :asked")
    return DigestRow.id.in_(matching.bindparams(asked=asked).columns(DigestRow.id))


def _listed(digest: DigestRow, call: CallRow) -> ListedCall:
    return ListedCall(
        id=call.id,
        key=PageKey(digest.started_at, digest.id),
        reference=call.reference,
        started_at=call.started_at,
        ended_at=call.ended_at,
        channel=call.channel.value,
        line=call.line,
        caller_number=call.caller_number,
        outcome=call.outcome.value,
        language=call.language,
        service=digest.service,
        subject=digest.subject,
        turns=digest.turns,
        lowest=digest.lowest,
        doubtful=digest.doubtful,
        tickets=digest.tickets,
        flagged=digest.flagged,
    )


def lines(session: Session) -> tuple[str, ...]:
    """The lines that were ever called."""
    return tuple(session.scalars(select(DigestRow.line).distinct().order_by(DigestRow.line)))
