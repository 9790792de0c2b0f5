"""An edition meets the town's file: what is new, what changed, what is gone.

known line            the edition's sheet        afterwards
none                  any                        draft
draft                 other text                 the new draft
validated             other text                 validated (still spoken) + new draft
validated             same text                  validated, a waiting draft goes
any                   none, whole edition        withdrawn, no longer spoken
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from dialog.national.archive import Edition
from dialog.national.errors import ArchiveError, Refused, UnknownTheme
from dialog.national.line import Line
from dialog.national.prose import plain_name
from dialog.national.publication import read_publication
from dialog.sheets import VALIDATED, Sheet

Progress = Callable[[int, int], None]  #: documents read, documents in all

FEW = 20  #: so many sheets may go without a question
MOST_GONE = 0.5  #: a "whole" edition that lacks more of the known sheets is not whole


@dataclass
class Report:
    """What an import did; ids in the order of the edition."""

    read: int = 0  #: documents looked at
    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)  #: of the changed: validated text is spoken on
    unchanged: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    other_themes: int = 0
    left_out: dict[str, list[str]] = field(default_factory=dict)  #: reason: names

    @property
    def touched(self) -> bool:
        """Whether the file has to be written."""
        return bool(self.new or self.changed or self.withdrawn)


def read_edition(
    edition: Edition, themes: Sequence[str], report: Report, progress: Progress | None = None
) -> list[Sheet]:
    """The sheets of an edition, of some themes or of all.

    Args:
        themes: parts of their names, without case and accents; empty for all.
        report: gets what was read and what was left out.

    Raises:
        ArchiveError: no sheet could be read.
        UnknownTheme: a theme has no sheet.
    """
    found: list[Sheet] = []
    for number, document in enumerate(edition.documents(), start=1):
        report.read = number
        try:
            if document.problem:
                raise Refused(document.problem)
            found.append(read_publication(document.content, document.sheet))
        except Refused as refused:
            report.left_out.setdefault(str(refused), []).append(document.name)
        if progress is not None:
            progress(number, len(edition))
    if not found:
        reasons = "; ".join(f"{len(names)}: {why}" for why, names in report.left_out.items())
        raise ArchiveError(f"{edition.source} has no sheet that can be read ({reasons})")
    wanted = [sheet for sheet in found if matches(sheet, choose_themes(found, themes))]
    report.other_themes = len(found) - len(wanted)
    return wanted


def choose_themes(sheets: Iterable[Sheet], wanted: Sequence[str]) -> frozenset[str] | None:
    """The names of the themes that are meant; None for all.

    Raises:
        UnknownTheme: one of them is no part of any name.
    """
    if not wanted:
        return None
    known = sorted({sheet.theme for sheet in sheets})
    chosen: set[str] = set()
    for name in wanted:
        asked = plain_name(name)
        hits = [theme for theme in known if asked and asked in plain_name(theme)]
        if not hits:
            raise UnknownTheme(name, known)
        chosen.update(hits)
    return frozenset(chosen)


def matches(sheet: Sheet, themes: frozenset[str] | None) -> bool:
    """Whether a sheet is of one of these themes."""
    return themes is None or sheet.theme in themes


def merge(
    known: Sequence[Line], sheets: Sequence[Sheet], report: Report, *, whole: bool
) -> list[Line]:
    """The lines of the file after an import; `report` gets what happened to each sheet.

    Args:
        known: the file as it is.
        sheets: what the edition brings.
        whole: the source is a complete edition: what it lacks is withdrawn.

    Raises:
        ArchiveError: a "whole" edition lacks so much that it cannot be whole.
    """
    by_id: dict[str, list[Line]] = {}
    for line in known:
        by_id.setdefault(line.id, []).append(line)
    after: list[Line] = []
    for sheet in sheets:
        before = by_id.pop(sheet.id, [])
        now = _merged(before, sheet)
        after += now
        if not before:
            report.new.append(sheet.id)
        elif now == before:
            report.unchanged.append(sheet.id)
        else:
            report.changed.append(sheet.id)
            if len(now) > 1:
                report.waiting.append(sheet.id)
    damaged = {_id(name) for names in report.left_out.values() for name in names}
    for number, lines in by_id.items():
        gone = whole and number not in damaged
        if gone and not all(line.withdrawn for line in lines):
            report.withdrawn.append(number)
        after += [_withdrawn(line) for line in lines] if gone else lines
    if len(report.withdrawn) > max(FEW, MOST_GONE * len({line.id for line in known})):
        raise ArchiveError(
            f"the edition lacks {len(report.withdrawn)} sheets that the town has, so it looks "
            "incomplete; nothing was changed (--partial takes in what it holds)"
        )
    return after


def _merged(before: Sequence[Line], sheet: Sheet) -> list[Line]:
    """The lines of one sheet, the validated one first."""
    validated = [line for line in before if line.sheet.status == VALIDATED]
    if not validated:
        return [Line(sheet)]
    line = validated[0]
    if line.sheet.version == sheet.version:
        return [line.renewed(sheet)]
    return [_present(line), Line(sheet)]


def _present(line: Line) -> Line:
    return Line(line.sheet, line.validated_on, line.validated_by)


def _withdrawn(line: Line) -> Line:
    return Line(line.sheet, line.validated_on, line.validated_by, withdrawn=True)


def _id(name: str) -> str:
    return name.rsplit("/", 1)[-1].removesuffix(".xml")
