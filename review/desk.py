"""What the pages need of the town, handed over by `deploy`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from dialog.hours import Calendar
from dialog.lint.folder import Folder
from dialog.sheets import Sheet
from dialog.town import Town
from dialog.values.streets import Streets
from records import ReviewStore
from review.settings import ReviewSettings


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
