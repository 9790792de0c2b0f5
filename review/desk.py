"""What the pages need of the town, handed over by `deploy`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from dialog.hours import Calendar
from dialog.lint.folder import Folder
from dialog.sheets import Sheet
from dialog.town import Town
from dialog.values.streets import Streets
from records import OutboxEntry, OutboxRecord, RecordingStore, ReviewStore, TicketRecord
from review.attachments import Attachments, no_attachments
from review.settings import ReviewSettings

MOST_LATE = 100  #: working days; who counts on, does not act


@dataclass(frozen=True)
class ReviewDesk:
    """The parts behind the supervisors' page; nothing here is opened or closed by it."""

    store: ReviewStore
    town: Town
    settings: ReviewSettings
    root: Path  #: the town's folder: where phrasings, sheets and the evaluation set are
    sheets: Callable[[], Sequence[Sheet]] = tuple  #: as callers hear them now
    streets: Callable[[], Streets] = Streets
    lint_folder: Callable[[], Folder] | None = None  #: for the checks of a new sheet
    recording: bool = False  #: whether calls are recorded
    recordings: RecordingStore | None = None  #: the sound of calls; None: there is none
    sound_days: int = 30  #: how long it is kept, as the town configured it
    transcript_days: int = 90  #: how long words are kept, as the town configured it
    attachments: Attachments = no_attachments  #: files of calls that join a person's export
    #: writes a ticket's message again after it was given up; None when it cannot be
    recompose: Callable[[OutboxRecord, TicketRecord], OutboxEntry | None] = lambda *_: None
    idle: timedelta = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "idle", timedelta(minutes=self.settings.idle_minutes))

    @cached_property
    def zone(self) -> ZoneInfo:
        """The town's time."""
        return ZoneInfo(self.town.timezone)

    @cached_property
    def calendar(self) -> Calendar:
        """Working days and opening hours."""
        return Calendar(self.town)

    @property
    def now(self) -> datetime:
        """This moment in the town."""
        return self.store.now().astimezone(self.zone)

    @property
    def today(self) -> date:
        """This day in the town."""
        return self.now.date()

    def start_of(self, day: date) -> datetime:
        """The first instant of a day in the town, in UTC."""
        return datetime.combine(day, time(), self.zone).astimezone(UTC)

    def working_days_late(self, service_id: str, due_on: date, today: date) -> int:
        """Working days of a service since a deadline that is over, 100 at most."""
        return self._late(service_id, due_on, today)

    @cached_property
    def _late(self) -> Callable[[str, date, date], int]:
        @lru_cache(maxsize=10_000)  # every list asks it again for each of its tickets
        def late(service_id: str, due_on: date, today: date) -> int:
            service = self.town.service(service_id)
            days, count = due_on + timedelta(days=1), 1
            while days < today and count < MOST_LATE:
                count += self.calendar.is_working_day(service, days)
                days += timedelta(days=1)
            return count

        return late

    def sheet_titles(self) -> dict[str, str]:
        """The title of each sheet by id."""
        return {sheet.id: sheet.title for sheet in self.sheets()}

    def sheets_of(self, services: Sequence[str]) -> tuple[str, ...]:
        """The ids of the sheets of these services."""
        return tuple(sheet.id for sheet in self.sheets() if sheet.service in services)

    def service_name(self, service_id: str) -> str:
        """The name of a service with a capital letter; its id when the town has it no more."""
        for service in self.town.services:
            if service.id == service_id:
                return service.name[:1].upper() + service.name[1:]
        return service_id
