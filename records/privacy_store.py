"""What is kept of a person, and for how long, as `Records.privacy` shows it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from records import access_log, holds, overview, personal_data, retention, suggestions
from records.access_log import Access
from records.errors import UnknownRecord
from records.holds import Hold
from records.overview import Kept
from records.personal_data import Erased, Whose
from records.tables import CallRow

CALLS_KEPT = timedelta(days=365)  #: the longest that a call may be kept, without its words
MOST_HOLDS = 500
Opens = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """What a purge took, or what the next one would take."""

    at: datetime
    words: int  #: calls whose words went
    calls: int  #: calls that went with all they held
    tickets: int
    log_lines: int  #: of the access log
    held: int  #: calls whose time is over and that a legal hold keeps

    def __str__(self) -> str:
        return (
            f"{self.words} words, {self.calls} calls, {self.tickets} tickets, "
            f"{self.log_lines} log lines; {self.held} held"
        )


class PrivacyStore:
    """Blocking and thread-safe; what a method erased is gone when it returns."""

    def __init__(
        self,
        writing: Opens,
        reading: Opens,
        now: Callable[[], datetime],
        hash_key: bytes,
        merge_search: Callable[[], None],
    ) -> None:
        """
        Args:
            merge_search: overwrites what erased words left in the search index.
        """
        self._writing = writing
        self._reading = reading
        self._now = now
        self._hash_key = hash_key
        self._merge_search = merge_search

    # -- one person --------------------------------------------------------------------------

    def find(self, whose: Whose) -> Kept:
        """How much is kept, and the newest calls of it."""
        with self._reading() as session:
            return overview.of(session, whose, self._hash_key, self._now())

    def export(self, whose: Whose) -> dict[str, Any]:
        """All that is kept, as JSON values: calls with their turns, tickets, messages, alerts."""
        with self._reading() as session:
            return personal_data.export(session, whose, self._hash_key)

    def erase(self, whose: Whose, by: str, about: str = "") -> Erased:
        """Erase all of it but what is held; the access log keeps who did it and how much it was.

        Args:
            about: how it was found and the request's own number, without any personal data.
        """
        now = self._now()
        with self._writing() as session:
            erased = personal_data.erase(session, whose, now, self._hash_key)
            line = access_log.add(
                session,
                login=by,
                action="erase_person",
                call_id="",
                detail=overview.proof(erased, about),
                now=now,
            )
        self._merge_search()
        return overview.with_line(erased, line)

    def proof(self, line: int) -> Access:
        """The line of the access log that proves an erasure.

        Raises:
            UnknownRecord: no erasure has this number.
        """
        with self._reading() as session:
            found = access_log.find(session, line)
        if found.action != "erase_person":
            raise UnknownRecord(f"the line {line} of the access log is no erasure")
        return found

    # -- legal holds -------------------------------------------------------------------------

    def call_named(self, name: str) -> str:
        """The id of the call that an id or a reference names.

        Raises:
            UnknownRecord: there is none.
            ValueError: several calls have had this reference; in English, for the command line.
        """
        with self._reading() as session:
            if session.get(CallRow, name) is not None:
                return name
            wanted = select(CallRow.id).where(CallRow.reference == name)
            ids = list(session.scalars(wanted.order_by(CallRow.started_at.desc())))
        if not ids:
            raise UnknownRecord(f"no call has the id or the reference {name!r}")
        if len(ids) > 1:
            raise ValueError(f"{len(ids)} calls have had the reference {name}: {', '.join(ids)}")
        return ids[0]

    def hold(self, call_id: str, reason: str, by: str) -> Hold:
        """Keep a call for 90 days, whatever its age; see `holds.place`."""
        with self._writing() as session:
            placed = holds.place(session, call_id, reason, by, self._now())
            self._log(session, by, "hold", call_id, f"until {placed.until:%Y-%m-%d}")
            return placed

    def lift(self, call_id: str, reason: str, by: str) -> None:
        """End the holds of a call; see `holds.lift`."""
        with self._writing() as session:
            holds.lift(session, call_id, reason, by, self._now())
            self._log(session, by, "lift", call_id, "")

    def holds(self) -> tuple[Hold, ...]:
        """What is held now, 500 at most, the one that ends first before others."""
        with self._reading() as session:
            return holds.every(session, self._now(), MOST_HOLDS)

    def holds_of(self, call_id: str) -> tuple[Hold, ...]:
        """All holds of one call, oldest first."""
        with self._reading() as session:
            return holds.of_call(session, call_id)

    # -- time that is over -------------------------------------------------------------------

    def due(self, transcript_days: int) -> Purged:
        """What a purge would take now."""
        now = self._now()
        words_before, calls_before = now - timedelta(days=transcript_days), now - CALLS_KEPT
        with self._reading() as session:
            old = retention.calls_with_words(words_before).subquery()
            going = personal_data.calls_before(calls_before, now).subquery()
            held = holds.held(now)
            free = select(old.c.call_id).where(old.c.call_id.not_in(held))
            keeps = select(CallRow.id).where(CallRow.id.in_(held))
            kept = keeps.where(CallRow.started_at < words_before)
            return Purged(
                at=now,
                words=_count(session, free),
                calls=_count(session, select(going.c.id)),
                tickets=_count(session, retention.tickets_over(now.date(), now)),
                log_lines=_count(session, access_log.over(now)),
                held=_count(session, kept),
            )

    def purge(self, transcript_days: int, by: str) -> Purged:
        """Erase whatever is past its time and not held; the access log keeps how much it was."""
        before = self.due(transcript_days)
        words, tickets, lines = self.erase_old(transcript_days)
        calls = self.delete_old_calls()
        purged = Purged(
            at=self._now(),
            words=words,
            calls=calls,
            tickets=tickets,
            log_lines=lines,
            held=before.held,
        )
        with self._writing() as session:
            self._log(session, by, "purge", "", str(purged))
        return purged

    def last_purge(self) -> Access | None:
        """The line of the access log about the last purge; None: there was none in 12 months."""
        with self._reading() as session:
            found = access_log.recent(session, before=None, limit=10, action="purge")
        # recordings write lines of their own
        return next((line for line in found if " words, " in line.detail), None)

    def erase_old(self, transcript_days: int) -> tuple[int, int, int]:
        """Empty the words of calls older than so many days, delete tickets whose time is over.

        Returns:
            Calls emptied, tickets deleted, lines of the access log dropped.
        """
        now = self._now()
        with self._writing() as session:
            before = now - timedelta(days=transcript_days)
            words = retention.erase_words(session, before, now)
            tickets = retention.erase_tickets(session, now.date(), now)
            suggestions.erase_before(session, before)
            lines = access_log.erase_old(session, now)
        if words:
            self._merge_search()
        return words, tickets, lines

    def delete_old_calls(self) -> int:
        """Delete the calls of more than a year ago (requirements R09); returns how many."""
        now = self._now()
        with self._writing() as session:
            old = list(session.scalars(personal_data.calls_before(now - CALLS_KEPT, now)))
            personal_data.delete_calls(session, old, now)
        if old:
            self._merge_search()
        return len(old)

    def _log(self, session: Session, by: str, action: str, call_id: str, detail: str) -> None:
        access_log.add(
            session, login=by, action=action, call_id=call_id, detail=detail, now=self._now()
        )


def _count(session: Session, query: Select[Any]) -> int:
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0
