"""Draws the course of a call from its table: `python -m dialog.course_diagram docs/course.md`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from dialog.course import TABLE, TIMERS, Event, Stage

BEGIN, END = "<!-- drawn from dialog/course.py -->", "<!-- end -->"


def draw() -> str:
    """The diagram and the whole table, as Markdown."""
    return f"{_diagram()}\n\n{_table()}"


def update(text: str) -> str:
    """The document with what stands between its marks drawn anew.

    Raises:
        ValueError: the document has no such marks.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"the document has no {BEGIN} … {END} to draw between")
    return f"{before}{BEGIN}\n\n{draw()}\n\n{END}{after}"


def _diagram() -> str:
    """Edges between different stages; every stage also goes to closed when the caller hangs up."""
    lines = ["```mermaid", "stateDiagram-v2", "    [*] --> arriving"]
    for stage, row in TABLE.items():
        moving = dict(row)
        for event, following in row.items():
            if following is stage or event is Event.HUNG_UP:
                del moving[event]
        lines += [f"    {stage} --> {to} : {' / '.join(e)}" for to, e in _grouped(moving).items()]
    return "\n".join([*lines, "    closed --> [*]", "```"])


def _table() -> str:
    lines = ["| in | when | then | timer |", "|---|---|---|---|"]
    for stage, row in TABLE.items():
        event, limit = TIMERS.get(stage, (None, ""))
        timer = f"{event} after `{limit}`" if event else ""
        for number, (following, names) in enumerate(_grouped(row).items()):
            first = number == 0
            lines.append(
                f"| {f'**{stage}**' if first else ''} | {', '.join(names)} "
                f"| {following} | {timer if first else ''} |"
            )
    return "\n".join(lines)


def _grouped(row: Mapping[Event, Stage]) -> dict[Stage, list[str]]:
    grouped: dict[Stage, list[str]] = {}
    for event, following in row.items():
        grouped.setdefault(following, []).append(str(event))
    return grouped


if __name__ == "__main__":
    document = Path(sys.argv[1])
    document.write_text(update(document.read_text(encoding="utf-8")), encoding="utf-8")
