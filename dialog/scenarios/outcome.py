"""What came of a scenario, and how much of the issue's points a set of them covers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Failure:
    """One thing that was not as it should be."""

    step: int  #: from 1; 0: the greeting, or the call as a whole
    what: str


@dataclass(frozen=True)
class Line:
    """One step as it went; a line said twice is two of them."""

    step: int  #: from 1; 0: the greeting
    did: str  #: what the caller said or did
    heard: str  #: what was understood of it
    action: str
    say: str


@dataclass(frozen=True)
class Outcome:
    """A scenario that was played."""

    id: str
    title: str
    covers: tuple[str, ...]
    lines: tuple[Line, ...] = ()
    failures: tuple[Failure, ...] = ()
    tickets: tuple[dict[str, Any], ...] = field(default=())
    voice: str = ""  #: of the caller, when it was spoken
    repeated: int = 0  #: lines that the caller had to say twice

    @property
    def passed(self) -> bool:
        """Whether everything was as it should be."""
        return not self.failures

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {**asdict(self), "passed": self.passed}


@dataclass(frozen=True)
class Coverage:
    """Of each point: how many scenarios show it, and how many of them pass."""

    points: dict[str, tuple[int, int]]

    @classmethod
    def of(cls, outcomes: Iterable[Outcome]) -> Coverage:
        """Count a set of outcomes."""
        shown, passing = Counter[str](), Counter[str]()
        for outcome in outcomes:
            for point in outcome.covers:
                shown[point] += 1
                passing[point] += outcome.passed
        return cls({p: (passing[p], shown[p]) for p in sorted(shown, key=_in_order)})


def _in_order(point: str) -> tuple[str, int, str]:
    """ "issue4.2" before "issue4.10"."""
    head, _, tail = point.rpartition(".")
    return (head, int(tail), "") if tail.isdigit() else (head, 0, tail)
