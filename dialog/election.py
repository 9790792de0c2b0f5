"""Election periods: sheets about events and achievements of the town are kept silent (A14).

In the months before an election a town hall must not praise what it does. The town gives the days,
or turns the switch on; its sheets say by their `tags` which of them tell of an event or of what was
achieved. Those are never spoken on such a day: whatever asks `Sheet.speakable` is told no.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from dialog.search.normalise import fold
from dialog.sheets import Sheet
from dialog.town import Town

#: Tags of sheets that stay silent, as written without accents.
SILENCED = ("evenement", "realisation")


def silenced(sheet: Sheet) -> bool:
    """Whether a sheet is of a kind that an election period keeps silent."""
    return any(fold(tag) in SILENCED for tag in sheet.tags)


def quiet_days(town: Town) -> tuple[tuple[date, date], ...]:
    """The election periods, first and last day included; the switch has no end."""
    periods = tuple((period.first, period.last) for period in town.election_periods)
    return (*periods, (date.min, date.max)) if town.election_period else periods


def with_quiet_days(sheets: Iterable[Sheet], town: Town) -> list[Sheet]:
    """The sheets, those that election periods concern silent on their days."""
    days = quiet_days(town)
    return [replace(sheet, quiet=days) if days and silenced(sheet) else sheet for sheet in sheets]
