"""The records as the supervisors' page reads and marks them. Blocking and thread-safe."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from records import (
    access_log,
    call_list,
    calls,
    digests,
    doubts,
    figures,
    remarks,
    ticket_desk,
    tickets,
    turns,
)
from records import events as call_events
from records.access_log import Access
from records.accounts_store import AccountStore
from records.alerts_store import AlertStore
from records.call_list import CallFilter, ListedCall, PageKey
from records.doubts import DoubtfulQuestion
from records.drafts import TicketStatus
from records.figures import Figures
from records.months import MonthStore
from records.outside_store import OutsideStore
from records.privacy_store import PrivacyStore
from records.remarks import Annotation, AnnotationKind
from records.saved_filters import FilterStore
from records.ticket_desk import TicketFilter
from records.views import CallView, TicketRecord

Opens = Callable[[], AbstractContextManager[Session]]
#: writes what other systems are told of a ticket: session, ticket, event, who did it
Tells = Callable[[Session, TicketRecord, str, str], None]
EXPORT_PAGE = 500
INDEXED_AT_ONCE = 200


class ReviewStore:
    """What a method wrote is committed when it returns; each may raise `RecordsError`."""

    def __init__(
        self,
        writing: Opens,
        reading: Opens,
        now: Callable[[], datetime],
        hash_key: bytes,
        tell: Tells = lambda *_: None,
    ) -> None:
        self._writing = writing
        self._reading = reading
        self._now = now
        self._hash_key = hash_key
        self._tell = tell

    @property
    def now(self) -> Callable[[], datetime]:
        """The clock of the records."""
        return self._now

    @property
    def accounts(self) -> AccountStore:
        """Who may open the page."""
        return AccountStore(self._writing, self._reading, self._now)

    @property
    def privacy(self) -> PrivacyStore:
        """What is kept of a person, and for how long."""
        return PrivacyStore(
            self._writing, self._reading, self._now, self._hash_key, self.merge_search
        )

    @property
    def filters(self) -> FilterStore:
        """Filters of the list of calls that supervisors keep."""
        return FilterStore(self._writing, self._reading, self._now)

    @property
    def months(self) -> MonthStore:
        """Months counted."""
        return MonthStore(self._writing, self._reading, self._now)

    # -- the access log ----------------------------------------------------------------------

    def log(self, login: str, action: str, call_id: str = "", detail: str = "") -> None:
        """Append to the access log."""
        with self._writing() as session:
            access_log.add(
                session,
                login=login,
                action=action,
                call_id=call_id,
                detail=detail,
                now=self._now(),
            )

    def accesses(
        self,
        *,
        before: int | None = None,
        limit: int = 100,
        login: str = "",
        call_id: str = "",
        action: str = "",
        detail: str = "",
    ) -> tuple[Access, ...]:
        """The access log, newest first."""
        with self._reading() as session:
            return access_log.recent(
                session,
                before=before,
                limit=limit,
                login=login,
                call_id=call_id,
                action=action,
                detail=detail,
            )

    @property
    def alerts(self) -> AlertStore:
        """Emergencies that were told on the telephone."""
        return AlertStore(self._writing, self._reading, self._now)

    # -- calls -------------------------------------------------------------------------------

    def calls(
        self, wanted: CallFilter, *, after: PageKey | None = None, limit: int = 50
    ) -> tuple[ListedCall, ...]:
        """One page of the list of calls, newest first."""
        with self._reading() as session:
            return call_list.page(session, wanted, self._hash_key, after, limit)

    def every_call(self, wanted: CallFilter, most: int) -> Iterator[ListedCall]:
        """All calls of a filter, read page by page, at most so many."""
        after, left = None, most
        while left > 0:
            found = self.calls(wanted, after=after, limit=min(EXPORT_PAGE, left))
            yield from found
            if len(found) < EXPORT_PAGE:
                return
            after, left = found[-1].key, left - len(found)

    def count_calls(self, wanted: CallFilter, most: int) -> int:
        """How many calls there are, counted up to `most`."""
        with self._reading() as session:
            return call_list.count(session, wanted, self._hash_key, most)

    def lines(self) -> tuple[str, ...]:
        """The lines that were ever called."""
        with self._reading() as session:
            return call_list.lines(session)

    def call(self, call_id: str) -> tuple[CallView, tuple[Annotation, ...]]:
        """A call with its turns, events and annotations, all read at one instant.

        Raises:
            UnknownRecord: there is no such call.
        """
        with self._reading() as session:
            row = calls.find(session, call_id)
            view = CallView(
                call=calls.snapshot(row),
                turns=turns.of_call(session, call_id),
                events=call_events.of_call(session, call_id),
            )
            return view, remarks.of_call(session, call_id)

    def live(self) -> tuple[CallView, ...]:
        """The calls that are being held, oldest first."""
        with self._reading() as session:
            found = []
            for call_id in digests.in_progress(session):
                row = calls.find(session, call_id)
                found.append(
                    CallView(
                        call=calls.snapshot(row),
                        turns=turns.of_call(session, call_id),
                        events=(),
                    )
                )
            return tuple(sorted(found, key=lambda view: view.call.started_at))

    def annotate(
        self,
        call_id: str,
        login: str,
        kind: AnnotationKind,
        data: Mapping[str, object],
        turn: int | None = None,
    ) -> Annotation:
        """Append an annotation.

        Raises:
            UnknownRecord: there is no such call or turn.
            ValueError: a text is empty or too long; in French.
        """
        with self._writing() as session:
            return remarks.add(session, call_id, turn, login, kind, data, self._now())

    def erase_turn(self, call_id: str, turn: int, login: str) -> None:
        """Overwrite the words of one turn, in the search too.

        Raises:
            UnknownRecord: there is no such call or turn.
        """
        with self._writing() as session:
            remarks.erase_turn(session, call_id, turn, login, self._now())
        self.merge_search()

    def merge_search(self) -> None:
        """Overwrite what erased words left in the index; in short steps, calls write between."""
        more = True
        while more:
            with self._writing() as session:
                more = digests.merge_search(session)

    def index_some(self) -> int:
        """Write digests for some calls of before the upgrade; 0 when all have theirs."""
        with self._writing() as session:
            return digests.refresh_missing(session, INDEXED_AT_ONCE)

    def figures(self, since: datetime, until: datetime, zone: ZoneInfo) -> Figures:
        """Counts of the calls that began in [since, until)."""
        with self._reading() as session:
            return figures.of_span(session, since, until, zone)

    def doubtful(
        self, since: datetime, until: datetime, *, below: float = doubts.SURE, limit: int = 500
    ) -> tuple[DoubtfulQuestion, ...]:
        """See `Records.doubtful_questions`; without those that a supervisor hid."""
        with self._reading() as session:
            found = doubts.doubtful(session, since, until, below, limit)
            hidden = digests.hidden_of(session, {one.call_id for one in found})
            return tuple(one for one in found if (one.call_id, one.turn) not in hidden)

    # -- tickets -----------------------------------------------------------------------------

    def tickets(
        self, wanted: TicketFilter, *, after: str = "", limit: int = 50
    ) -> tuple[TicketRecord, ...]:
        """One page of tickets, the earliest deadline first."""
        with self._reading() as session:
            return ticket_desk.page(session, wanted, after=after, limit=limit)

    def count_tickets(self, wanted: TicketFilter) -> int:
        """How many tickets there are."""
        with self._reading() as session:
            return ticket_desk.count(session, wanted)

    def tickets_of(self, call_id: str) -> tuple[TicketRecord, ...]:
        """The tickets that one call left."""
        with self._reading() as session:
            return tickets.of_call(session, call_id)

    def ticket(
        self, reference: str
    ) -> tuple[TicketRecord, TicketRecord | None, tuple[TicketRecord, ...]]:
        """A ticket, the earlier one that it joined, and the later ones that joined it.

        Raises:
            UnknownRecord: there is none.
        """
        with self._reading() as session:
            row = tickets.find(session, reference)
            earlier = ticket_desk.by_id(session, row.joined_to) if row.joined_to else None
            return tickets.snapshot(session, row), earlier, ticket_desk.joined(session, row.id)

    def assign(self, reference: str, name: str, by: str) -> TicketRecord:
        """Give a ticket to somebody."""
        with self._writing() as session:
            return ticket_desk.assign(session, reference, name, by, self._now())

    def move(self, reference: str, status: TicketStatus, by: str) -> TicketRecord:
        """Say how far the service is with a ticket."""
        with self._writing() as session:
            moved = ticket_desk.move(session, reference, status, by, self._now())
            self._tell(session, moved, "closed" if status is TicketStatus.CLOSED else "updated", by)
            return moved

    def note(self, reference: str, text: str, by: str) -> TicketRecord:
        """Add a remark to a ticket's history.

        Raises:
            ValueError: it is empty or too long; in French.
        """
        with self._writing() as session:
            return ticket_desk.note(session, reference, text, by, self._now())

    def join(self, reference: str, earlier: str, by: str) -> TicketRecord:
        """Say that two tickets tell of the same problem.

        Raises:
            ValueError: they cannot be joined; in French.
        """
        with self._writing() as session:
            joined = ticket_desk.join(session, reference, earlier, by, self._now())
            self._tell(session, joined, "updated", by)
            return joined

    @property
    def outside(self) -> OutsideStore:
        """What leaves the building, and what comes in from it."""
        return OutsideStore(self._writing, self._reading, self._now, self._hash_key, self._tell)
