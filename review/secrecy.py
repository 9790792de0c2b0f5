"""Small counts hidden so that no sum gives them away (requirements R-ret: cells under 5 hidden).

A table is a partition: its cells sum to a total that is shown. Hiding one cell alone would be
vain, for the total minus the others gives it; so cells are hidden until what is hidden has
several explanations. A zero is shown: it tells of nobody.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

LEAST = 5  #: a count from 1 to 4 could point at a person
Cells = dict[str, int | None]


def suppress(counts: Mapping[str, int], also: Collection[str] = ()) -> Cells | None:
    """The cells with None for what is hidden; None for the whole table when nothing else helps.

    Primary cells are those from 1 to 4 and those of `also`, which another table hides. Then the
    smallest of the others follow, until at least two cells are hidden which sum to 5 or more, to
    twice their number or more (each is 1 at least, so less would tell what they are), and which
    are not all 4.
    """
    total = sum(counts.values())
    if 0 < total < LEAST:
        return None
    hidden = {name for name, count in counts.items() if 0 < count < LEAST}
    hidden |= {name for name in also if counts.get(name)}
    others = {name: count for name, count in counts.items() if count and name not in hidden}
    while hidden and not _safe([counts[name] for name in hidden]):
        if not others:
            return None
        least = min(others.values())  # all that are as small: which one it is would tell
        hidden |= {name for name, count in others.items() if count == least}
        others = {name: count for name, count in others.items() if count > least}
    return {name: None if name in hidden else count for name, count in counts.items()}


def _safe(hidden: list[int]) -> bool:
    """Whether what is hidden has several explanations, also for who knows this rule."""
    if all(count == LEAST - 1 for count in hidden):
        return False  # four times each: no other small cells have this sum
    return len(hidden) >= 2 and sum(hidden) >= max(LEAST, 2 * len(hidden))


def suppress_linked(tables: Mapping[str, Mapping[str, int]]) -> dict[str, Cells | None]:
    """Tables of the same calls, in which cells of one name are the same calls.

    What one table hides, the others hide too, until nothing changes.
    """
    also: set[str] = set()
    while True:
        found = {name: suppress(counts, also) for name, counts in tables.items()}
        hidden = {
            cell
            for name, cells in found.items()
            for cell, count in tables[name].items()
            if count and (cells is None or cells[cell] is None) and _shared(cell, tables)
        }
        if hidden <= also:
            return found
        also |= hidden


def _shared(cell: str, tables: Mapping[str, Mapping[str, int]]) -> bool:
    return sum(cell in counts for counts in tables.values()) > 1
