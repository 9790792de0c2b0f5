"""Emergencies: fixed rules and fixed texts, checked before anything else, never by a model."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from importlib.resources import files

from dialog.rules import Rules, spoken


@dataclass(frozen=True)
class Emergency:
    """A kind of emergency and what is said to it."""

    id: str
    say: str


class Emergencies:
    """Recognises emergencies in callers' words; recall first."""

    def __init__(
        self, calm: Rules, kinds: tuple[tuple[Emergency, Rules], ...], checked_on: date, days: int
    ) -> None:
        self._calm = calm
        self._kinds = kinds
        self.checked_on = checked_on
        self._days = days

    @classmethod
    def load(cls) -> Emergencies:
        """The texts and rules of `data/emergencies.toml`."""
        text = files("dialog").joinpath("data/emergencies.toml").read_text(encoding="utf-8")
        table = tomllib.loads(text)
        kinds = tuple(
            (Emergency(kind["id"], kind["say"]), Rules(kind["rules"])) for kind in table["kind"]
        )
        return cls(Rules(table["calm"]), kinds, table["checked_on"], table["recheck_days"])

    def find(self, text: str) -> Emergency | None:
        """The emergency that these words tell of, or None; cheap enough for partial words."""
        words = self._calm.without(spoken(text))
        return next((kind for kind, rules in self._kinds if rules.search(words)), None)

    def outdated(self, day: date) -> bool:
        """Whether the numbers were checked too long ago."""
        return (day - self.checked_on).days > self._days

    def texts(self) -> list[str]:
        """Everything that may have to be said at once."""
        return [kind.say for kind, _ in self._kinds]
