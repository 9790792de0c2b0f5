"""The lines of an evaluation set: what is said, and what a good receptionist would do.

The format is that of `ask --batch` (`text`, `wav` or `turns`), with `accept` (ids of sheets that
answer) or `action` (what the assistant should do) beside each turn.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dialog.reply import Action

SHORT, LONG = 4, 20  #: words up to which a turn is short, and from which it is long


class CaseError(ValueError):
    """A line that is wrong: `file.jsonl, line 4: …`, in one sentence."""


@dataclass(frozen=True)
class Expected:
    """One turn, and what should come of it."""

    text: str
    wav: str = ""  #: a sound file instead of the text
    dtmf: str = ""  #: keys instead of speech
    accept: tuple[str, ...] = ()  #: sheets that answer, best first
    action: str = ""  #: what to do when no sheet answers

    @property
    def length(self) -> str:
        """ "short", "medium" or "long", by words."""
        words = len(self.text.split())
        return "short" if words <= SHORT else "long" if words >= LONG else "medium"


@dataclass(frozen=True)
class Case:
    """One line: a single turn, or a conversation."""

    id: str
    turns: tuple[Expected, ...]


def read_cases(path: Path) -> list[Case]:
    """Read and check a set.

    Raises:
        CaseError: the first line that is wrong, named with the file.
        OSError: the file cannot be read.
    """
    cases: list[Case] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            cases.append(_case(json.loads(line), number))
        except (ValueError, TypeError) as error:
            what = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
            raise CaseError(f"{path}, line {number}: {what}") from error
    if not cases:
        raise CaseError(f"{path} has no line")
    return cases


def _case(value: Any, number: int) -> Case:
    if not isinstance(value, dict):
        raise ValueError("each line is a JSON object")
    turns = value.get("turns", [value])
    if not isinstance(turns, list) or not turns:
        raise ValueError("`turns` is a list with at least one turn")
    return Case(str(value.get("id", number)), tuple(_expected(turn) for turn in turns))


def _expected(value: Any) -> Expected:
    if not isinstance(value, dict) or not {"text", "wav", "dtmf"} & value.keys():
        raise ValueError("a turn has `text`, `wav` or `dtmf`")
    accept, action = value.get("accept", []), str(value.get("action", ""))
    if not isinstance(accept, list) or not all(isinstance(one, str) for one in accept):
        raise ValueError("`accept` is a list of sheet ids")
    if not accept and not action:
        raise ValueError("a turn has `accept` or `action`")
    if action and action not in {*Action}:
        raise ValueError(f"the action {action!r} is not one of {', '.join(Action)}")
    return Expected(
        text=str(value.get("text", "")),
        wav=str(value.get("wav", "")),
        dtmf=str(value.get("dtmf", "")),
        accept=tuple(accept),
        action=action,
    )
