"""Emergencies: fixed rules and fixed texts, checked before anything else, never by a model."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Any

from dialog.rules import Rules, spoken


@dataclass(frozen=True)
class Emergency:
    """A kind of emergency and what is said to it."""

    id: str
    say: str
    told_later: bool = False  #: people also tell of it long afterwards, to ask something else


class Emergencies:
    """Recognises emergencies in callers' words; recall first."""

    def __init__(self, table: dict[str, Any]) -> None:
        """
        Args:
            table: the content of `data/emergencies.toml`.
        """
        self._calm = Rules(table["calm"])
        self._past, self._now = Rules(table["past"]), Rules(table["now"])
        self._kinds = tuple(
            (
                Emergency(kind["id"], kind["say"], kind.get("told_later", False)),
                Rules(kind["rules"]),
            )
            for kind in table["kind"]
        )
        self.checked_on: date = table["checked_on"]
        self._days: int = table["recheck_days"]

    @classmethod
    def load(cls) -> Emergencies:
        """The texts and rules of `data/emergencies.toml`."""
        text = files("dialog").joinpath("data/emergencies.toml").read_text(encoding="utf-8")
        return cls(tomllib.loads(text))

    def find(self, text: str) -> Emergency | None:
        """The emergency that these words tell of, or None; cheap enough for partial words."""
        said = spoken(text)
        words = self._calm.without(said)
        long_ago = self._past.search(said) is not None and self._now.search(said) is None
        return next(
            (
                kind
                for kind, rules in self._kinds
                if rules.search(words) and not (long_ago and kind.told_later)
            ),
            None,
        )

    def outdated(self, day: date) -> bool:
        """Whether the numbers were checked too long ago."""
        return (day - self.checked_on).days > self._days

    def texts(self) -> list[str]:
        """Everything that may have to be said at once."""
        return [kind.say for kind, _ in self._kinds]
