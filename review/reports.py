"""The month's report: what the records counted, small numbers hidden, in French."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from records import Measure, MonthCounts
from review import french
from review.desk import ReviewDesk
from review.report_words import NAMES, ORDER, TITLES
from review.secrecy import LEAST, Cells, suppress, suppress_linked

MOST_SUBJECTS = 10
HIDDEN = "s"  #: statistical secrecy, as the French statistical service marks it
KEPT_AFTER = timedelta(days=7)  #: after a month's end its report no longer changes
_LINKED = ("fate", "length")  #: both tell how many calls were not answered
_OF_ABANDONED = ("left_after", "left_when")
_MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A category; `count` None: hidden."""

    key: str
    name: str
    count: int | None
    share: float | None  #: of the table's total, 0..1


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A partition; without rows there was too little to show any."""

    key: str
    title: str
    total: int | None
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """A measure in seconds; None: too few values."""

    key: str
    title: str
    median: float | None
    p95: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A month; `presented` None: fewer than five calls, and nothing else is told."""

    month: str  #: "2026-11"
    name: str  #: "novembre 2026"
    over: bool
    made_at: str  #: ISO 8601
    presented: int | None
    tables: tuple[Table, ...]
    timings: tuple[Timing, ...]

    def table(self, key: str) -> Table | None:
        """The table of this name."""
        return next((one for one in self.tables if one.key == key), None)

    def count(self, table: str, row: str) -> int | None:
        """One cell; None when it is hidden or not there."""
        found = self.table(table)
        rows = found.rows if found else ()
        return next((one.count for one in rows if one.key == row), None)

    @property
    def hides(self) -> bool:
        """Whether something is hidden."""
        cells = (row.count for table in self.tables for row in table.rows)
        return self.presented is None or any(count is None for count in cells)


def parse_month(text: str) -> date:
    """The first day of a month such as "2026-11".

    Raises:
        ValueError: one sentence in French.
    """
    try:
        first = date.fromisoformat(f"{text.strip()}-01")
    except ValueError:
        first = date.min
    if not 2000 <= first.year <= 2200:
        raise ValueError("un mois s'écrit comme 2026-11 : année, tiret, mois")
    return first


def next_month(first: date) -> date:
    """The first day of the month after."""
    return (first + timedelta(days=32)).replace(day=1)


def name_of(first: date) -> str:
    """ "novembre 2026"."""
    return f"{_MONTHS[first.month - 1]} {first.year}"


def title_of(first: date) -> str:
    """ "Rapport d'octobre 2026"."""
    name = name_of(first)
    return f"Rapport d'{name}" if name[0] in "ao" else f"Rapport de {name}"


def of_month(desk: ReviewDesk, first: date) -> Report:
    """The report of a month: the one that is kept, or counted now; kept once it will not change."""
    key = f"{first:%Y-%m}"
    months = desk.store.months
    kept = months.kept(key)
    if kept is not None:
        return from_json(kept)
    end = next_month(first)
    front = desk.town.service(desk.town.default_service)
    counts = months.counts(
        desk.start_of(first),
        desk.start_of(end),
        desk.zone,
        lambda at: desk.calendar.is_open(front, at),
    )
    report = build(counts, first, desk.now, desk.sheet_titles())
    if desk.now >= desk.start_of(end) + KEPT_AFTER and report.presented is not None:
        months.keep(key, asdict(report))
    return report


def build(counts: MonthCounts, first: date, now: datetime, titles: Mapping[str, str]) -> Report:
    """Hide what is small and name the rest."""
    told = 0 < counts.presented < LEAST
    return Report(
        month=f"{first:%Y-%m}",
        name=name_of(first),
        over=now.date() >= next_month(first),
        made_at=now.isoformat(timespec="seconds"),
        presented=None if told else counts.presented,
        tables=() if told else tuple(_tables(counts, titles)),
        timings=() if told else tuple(_timing(*one) for one in counts.measures.items()),
    )


def _tables(counts: MonthCounts, titles: Mapping[str, str]) -> list[Table]:
    raw = {name: dict(cells) for name, cells in counts.tables.items()}
    raw["hour"] = {str(at): raw.get("hour", {}).get(str(at), 0) for at in range(24)}
    raw["subject"] = _top(raw.get("subject", {}))
    linked = suppress_linked({name: raw.get(name, {}) for name in _LINKED})
    shown: dict[str, Cells | None] = dict(linked)
    fates = linked["fate"]
    for name in TITLES:
        if name in shown:
            continue
        if name in _OF_ABANDONED and (fates is None or fates.get("abandoned", 0) is None):
            shown[name] = None  # their total would tell what is hidden
        else:
            shown[name] = suppress(raw.get(name, {}))
    return [_table(name, raw.get(name, {}), shown[name], titles) for name in TITLES]


def _top(subjects: Mapping[str, int]) -> dict[str, int]:
    """The ten most frequent subjects; the others, and those under five, are one."""
    named = sorted(
        ((count, name) for name, count in subjects.items() if name),
        key=lambda one: (-one[0], one[1]),
    )
    top = {name: count for count, name in named[:MOST_SUBJECTS] if count >= LEAST}
    rest = sum(count for count, name in named if name not in top)
    return {**top, "others": rest, "none": subjects.get("", 0)}


def _table(
    key: str, raw: Mapping[str, int], cells: Cells | None, titles: Mapping[str, str]
) -> Table:
    total = sum(raw.values())
    if cells is None:
        return Table(key=key, title=TITLES[key], total=None, rows=())
    names = NAMES.get(key, {})
    rows = [
        Row(
            key=name,
            name=names.get(name) or _name(key, name, titles),
            count=count,
            share=round(count / total, 4) if count is not None and total else None,
        )
        for name, count in cells.items()
    ]
    order = ORDER.get(key)
    if order:
        rows.sort(key=lambda row: order.index(row.key) if row.key in order else len(order))
    elif key not in ("hour", "subject"):
        rows.sort(key=lambda row: (row.count is None, -(row.count or 0), row.name))
    return Table(key=key, title=TITLES[key], total=total, rows=tuple(rows))


def _name(table: str, key: str, titles: Mapping[str, str]) -> str:
    if table == "hour":
        return f"{key} h"
    if table == "language":
        return french.LANGUAGES.get(key, key) or "inconnue"
    if table == "ticket":
        return french.KINDS.get(key, key)
    if table == "subject":
        return titles.get(key, key)
    return key or "inconnue"


def _timing(key: str, measure: Measure) -> Timing:
    few = measure.count < LEAST
    return Timing(
        key=key,
        title=NAMES["timing"][key],
        median=None if few else measure.median,
        p95=None if few else measure.p95,
    )


def from_json(kept: Mapping[str, Any]) -> Report:
    """The report that `asdict` wrote."""
    tables = tuple(
        Table(**{**one, "rows": tuple(Row(**row) for row in one["rows"])}) for one in kept["tables"]
    )
    timings = tuple(Timing(**one) for one in kept["timings"])
    return Report(**{**kept, "tables": tables, "timings": timings})


def as_csv(report: Report) -> str:
    """Semicolons, decimal commas and a byte order mark, as French spreadsheets expect.

    A hidden count is "s"; a table that shows nothing is one line.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";")
    writer.writerow(("mois", "tableau", "catégorie", "nombre", "part"))
    total = HIDDEN if report.presented is None else report.presented
    writer.writerow((report.month, "Appels reçus", "total", total, ""))
    for table in report.tables:
        if not table.rows and table.total is None:
            writer.writerow((report.month, table.title, "tout", HIDDEN, ""))
        for row in table.rows:
            count = HIDDEN if row.count is None else row.count
            writer.writerow((report.month, table.title, _cell(row.name), count, _comma(row.share)))
    for one in report.timings:
        for name, value in (("médiane, s", one.median), ("95 % sous, s", one.p95)):
            writer.writerow((report.month, one.title, name, _comma(value) or HIDDEN, ""))
    return f"\ufeff{buffer.getvalue()}"


def _comma(value: float | None) -> str:
    return "" if value is None else f"{value:g}".replace(".", ",")


def _cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def months_of(desk: ReviewDesk) -> Sequence[str]:
    """The months that can be shown, newest first."""
    oldest = desk.store.months.first_call()
    shown = set(desk.store.months.kept_months())
    first = (oldest.astimezone(desk.zone).date() if oldest else desk.today).replace(day=1)
    while first <= desk.today:
        shown.add(f"{first:%Y-%m}")
        first = next_month(first)
    return sorted(shown, reverse=True)
