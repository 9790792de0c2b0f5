"""What a caller asks besides the content of a sheet, by fixed rules: `data/intents.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from dialog.rules import Rules, spoken
from dialog.search.normalise import without_noise


@dataclass(frozen=True)
class Words:
    """A caller's words in the forms that rules read."""

    text: str  #: as recognised
    spoken: str  #: folded
    core: str  #: folded, without politeness and fillers

    @classmethod
    def of(cls, text: str) -> Words:
        """Prepare what was heard."""
        said = spoken(text)
        return cls(text, said, without_noise(said) if said else "")

    @property
    def count(self) -> int:
        """How many words carry the request."""
        return len(self.core.split())


@dataclass(frozen=True)
class Intent:
    """One thing that callers ask."""

    anywhere: Rules
    whole: Rules

    def matches(self, words: Words) -> bool:
        """Whether the caller asks this."""
        return (
            self.anywhere.search(words.spoken) is not None
            or self.whole.covers(words.spoken)
            or self.whole.covers(words.core)
        )


class Intents:
    """All intents by name, and the aspects of a sheet that questions ask for."""

    def __init__(self, table: dict[str, dict[str, Any]]) -> None:
        self._intents = {
            name: Intent(Rules(rules.get("anywhere", "")), Rules(rules.get("whole", "")))
            for name, rules in table.items()
            if name not in ("aspects", "today")
        }
        self.reach = Rules(table["person"]["reach"])
        self._aspects = {heading: Rules(rules) for heading, rules in table["aspects"].items()}
        self._days = {name: Rules(rules) for name, rules in table["today"].items()}

    @classmethod
    def load(cls) -> Intents:
        """The rules shipped with the program."""
        text = files("dialog").joinpath("data/intents.toml").read_text(encoding="utf-8")
        return cls(tomllib.loads(text))

    def is_(self, name: str, words: Words) -> bool:
        """Whether the words have this intent."""
        return self._intents[name].matches(words)

    def without(self, name: str, words: Words) -> str:
        """The words without what shows this intent."""
        return self._intents[name].anywhere.without(words.spoken)

    def aspects(self, words: Words) -> tuple[str, ...]:
        """Headings of the sections that the words ask for, in the order they are asked."""
        found = [
            (match.start(), heading)
            for heading, rules in self._aspects.items()
            if (match := rules.search(words.spoken))
        ]
        return tuple(heading for _, heading in sorted(found))

    def names_aspect(self, heading: str, text: str) -> bool:
        """Whether a text (a sheet's title) is itself about this aspect."""
        return self._aspects[heading].search(spoken(text)) is not None

    def without_aspects(self, words: Words) -> str:
        """What remains when the words that ask for an aspect are taken out."""
        rest = words.core
        for rules in self._aspects.values():
            rest = rules.without(rest)
        return rest

    def when(self, name: str, words: Words) -> bool:
        """Whether the words speak of `now`, `today`, `tomorrow`, or `asks_hours`."""
        return self._days[name].search(words.spoken) is not None
