"""The town validates: only then callers hear a national sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dialog.national.edition import choose_themes
from dialog.national.errors import NationalError
from dialog.national.line import Line


@dataclass(frozen=True)
class Validation:
    """The file's lines afterwards, and what was done."""

    lines: tuple[Line, ...]
    validated: tuple[str, ...]
    promoted: tuple[str, ...]  #: of these: a newer text took the place of the validated one
    already: tuple[str, ...]


def validate(
    lines: Sequence[Line],
    ids: Sequence[str],
    themes: Sequence[str],
    *,
    every: bool,
    day: date,
    by: str,
) -> Validation:
    """Validate sheets by name, by theme, or all; a waiting draft replaces the validated line.

    Raises:
        NationalError: a sheet or theme that is not there, or a sheet that was withdrawn.
    """
    chosen = _chosen(lines, ids, themes, every)
    drafts = {line.id for line in lines if line.id in chosen and line.status == "draft"}
    spoken_before = {line.id for line in lines if line.status == "validated"}
    after = [
        line.validated(day, by) if line.id in drafts else line
        for line in lines
        if not (line.id in drafts and line.status == "validated")
    ]
    order = [number for number in dict.fromkeys(line.id for line in lines) if number in chosen]
    return Validation(
        tuple(after),
        validated=tuple(number for number in order if number in drafts),
        promoted=tuple(n for n in order if n in drafts and n in spoken_before),
        already=tuple(number for number in order if number not in drafts),
    )


def _chosen(
    lines: Sequence[Line], ids: Sequence[str], themes: Sequence[str], every: bool
) -> set[str]:
    present = {line.id for line in lines if not line.withdrawn}
    withdrawn = {line.id for line in lines} - present
    wanted = {number.strip().upper() for number in ids}
    if gone := sorted(wanted & withdrawn):
        raise NationalError(f"{', '.join(gone)}: withdrawn by service-public.fr, not validated")
    if unknown := sorted(wanted - present):
        raise NationalError(
            f"{', '.join(unknown)}: no national sheet has this id; `allomairie kb list` shows all"
        )
    if every:
        return present
    if themes:
        names = choose_themes((line.sheet for line in lines), themes) or frozenset()
        wanted |= {line.id for line in lines if line.sheet.theme in names and line.id in present}
    return wanted
