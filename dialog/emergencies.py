"""Emergencies: fixed rules and fixed texts, checked before anything else, never by a model.

    words of a turn ─────────────► find(…) ─────────► Emergency: what is said, its numbers twice
    words of a turn under way ───► find_so_far(…)     as above, but the last word may go on:
                                                      "il y a le feu" … "rouge qui ne marche pas"

The numbers were checked on a day that expires: `outdated` is told by `doctor`, /readyz and the log.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from typing import Any

from dialog.rules import Rules, spoken

REPEATED = "Je répète"  #: begins the sentence that says the numbers again


@dataclass(frozen=True)
class Emergency:
    """A kind of emergency and what is said to it."""

    id: str
    say: str
    told_later: bool = False  #: people also tell of it long afterwards, to ask something else
    aside: str = ""  #: said before the answer to a question of law or money about it


class _Misheard:
    """Words that the recogniser writes for others that sound alike."""

    def __init__(self, lines: str) -> None:
        pairs = [line.split("=") for line in lines.splitlines() if line.strip()]
        for pair in pairs:
            if len(pair) != 2 or not all(map(str.strip, pair)):
                raise ValueError(f"{'='.join(pair)!r} is not of the form heard = meant")
        self._meant = {spoken(heard): spoken(meant) for heard, meant in pairs}
        longest_first = sorted(map(re.escape, self._meant), key=len, reverse=True)
        self._any = re.compile(rf"\b(?:{'|'.join(longest_first)})\b")

    def mended(self, words: str) -> str:
        """The words that were meant, in words that went through `spoken`."""
        return self._any.sub(lambda match: self._meant[match[0]], words)


class Emergencies:
    """Recognises emergencies in callers' words; recall first."""

    def __init__(self, table: dict[str, Any]) -> None:
        """
        Args:
            table: the content of `data/emergencies.toml`.
        """
        self._misheard = _Misheard(table["misheard"])
        self._calm = Rules(table["calm"])
        self._past, self._now = Rules(table["past"]), Rules(table["now"])
        self._matter = Rules(table.get("matter", ""))
        self._kinds = tuple((_kind(one), Rules(one["rules"])) for one in table["kind"])
        self.checked_on: date = table["checked_on"]
        self._days: int = table["recheck_days"]

    @classmethod
    def load(cls) -> Emergencies:
        """The texts and rules of `data/emergencies.toml`."""
        text = files("dialog").joinpath("data/emergencies.toml").read_text(encoding="utf-8")
        return cls(tomllib.loads(text))

    def find(self, text: str, alternatives: Sequence[str] = ()) -> Emergency | None:
        """The emergency that these words tell of, or None; cheap enough for partial words.

        Args:
            alternatives: what the recogniser also considered: one that tells of it is enough.
        """
        return next(filter(None, map(self._find, (text, *alternatives))), None)

    def _find(self, text: str) -> Emergency | None:
        kind = self._told(text)
        return None if kind is None or self._is_calm(text, kind) else kind

    def aside(self, text: str) -> str:
        """What to say before answering a question of law or money about an emergency; or ""."""
        kind = self._told(text)
        return kind.aside if kind is not None and self._is_calm(text, kind) else ""

    def _told(self, text: str) -> Emergency | None:
        """The kind that these words speak of, now or not."""
        words = self._calm.without(self._misheard.mended(spoken(text)))
        return next((kind for kind, rules in self._kinds if rules.search(words)), None)

    def _is_calm(self, text: str, kind: Emergency) -> bool:
        """Whether this was long ago, or is a question of law or money, and nothing says "now"."""
        said = self._misheard.mended(spoken(text))
        if self._now.search(said):
            return False
        matter = self._matter.search(said) is not None
        if kind.told_later:
            return matter or self._past.search(said) is not None
        return bool(kind.aside) and matter

    def find_so_far(self, text: str, alternatives: Sequence[str] = ()) -> Emergency | None:
        """As `find`, while the caller speaks on: the last word may be the half of something."""
        urgent = [one for one in (text, *alternatives) if self._find(one)]
        cut_words = [" ".join(one.split()[:-1]) for one in urgent]
        return next((self._find(cut) for cut in cut_words if self._find(cut)), None)

    @property
    def expires_on(self) -> date:
        """The last day on which the numbers count as checked."""
        return self.checked_on + timedelta(days=self._days)

    def outdated(self, day: date) -> bool:
        """Whether the numbers were checked too long ago."""
        return day > self.expires_on

    @property
    def kinds(self) -> list[Emergency]:
        """All kinds; the last one is the most general."""
        return [kind for kind, _ in self._kinds]

    def texts(self) -> list[str]:
        """Everything that may have to be said at once."""
        return [kind.say for kind, _ in self._kinds]


def _kind(table: dict[str, Any]) -> Emergency:
    return Emergency(
        table["id"], table["say"], table.get("told_later", False), table.get("aside", "")
    )


def said_twice(heard: str, whole: str) -> bool:
    """Whether the numbers of an emergency's text were heard to the end of their repetition.

    Args:
        heard: the words that reached the caller.
        whole: all of them, in the same form.
    """
    again = whole.find(REPEATED)
    if again < 0:
        return len(heard) >= len(whole)
    end = whole.find(". ", again)
    return len(heard) >= (end if end >= 0 else len(whole))
