"""What is kept of a person, as `Records.privacy` shows it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from records import access_log, personal_data
from records.personal_data import Erased, Whose

CALLS_KEPT = timedelta(days=365)  #: the longest that a call may be kept, without its words
Opens = Callable[[], AbstractContextManager[Session]]


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

    def export(self, whose: Whose) -> dict[str, Any]:
        """All that is kept, as JSON values: calls with their turns, tickets, messages, alerts."""
        with self._reading() as session:
            return personal_data.export(session, whose, self._hash_key)

    def erase(self, whose: Whose, by: str) -> Erased:
        """Erase all of it; the access log keeps that it was done, by whom and how much."""
        now = self._now()
        with self._writing() as session:
            erased = personal_data.erase(session, whose, now, self._hash_key)
            detail = f"{erased.calls} calls, {erased.tickets} tickets, {erased.messages} messages"
            access_log.add(session, login=by, action="erase", call_id="", detail=detail, now=now)
        self._merge_search()
        return erased

    def delete_old_calls(self) -> int:
        """Delete the calls of more than a year ago (requirements R09); returns how many."""
        with self._writing() as session:
            old = personal_data.calls_before(session, self._now() - CALLS_KEPT)
            personal_data.delete_calls(session, old)
        if old:
            self._merge_search()
        return len(old)
