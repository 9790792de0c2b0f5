"""The assistant's own words, in one file that a town can read: `data/phrases.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

_FIELD = re.compile(r"\{\w+\}")
_START = re.compile(r"^\w|(?<=[.?!] )\w")  # a field may open a sentence: "le CCAS" -> "Le CCAS"
_VARIANTS = ("leads", "closings")


class Phrases:
    """Sentences by name, in several languages, with `{fields}` to fill.

    Args:
        table: language -> name -> sentence.
        leads: what opens a reply -> other words for it, so that it is not said twice running.
        closings: a question that ends replies -> other words for it.
    """

    def __init__(
        self,
        table: Mapping[str, Mapping[str, str]],
        leads: Mapping[str, tuple[str, ...]] | None = None,
        closings: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        self._table = table
        self.leads = dict(leads or {})
        self.closings = dict(closings or {})

    @classmethod
    def load(cls) -> Phrases:
        """The phrases shipped with the program."""
        text = files("dialog").joinpath("data/phrases.toml").read_text(encoding="utf-8")
        table: dict[str, Any] = tomllib.loads(text)
        leads, closings = (
            {base: tuple(others) for base, others in table.pop(name, {}).items()}
            for name in _VARIANTS
        )
        return cls(table, leads, closings)

    def say(self, name: str, language: str = "fr", /, **fields: str) -> str:
        """One sentence; in French when the language has none."""
        table = self._table.get(language, {})
        text = table.get(name) or self._table["fr"][name]
        filled = " ".join(text.format(**fields).split())
        return _START.sub(lambda start: start.group().upper(), filled)

    def fixed(self, language: str = "fr") -> list[str]:
        """All sentences without a field, in all their variants: each call may need them."""
        texts = [
            text
            for name, text in self._table[language].items()
            if not _FIELD.search(text) and not name.startswith("written_")  # those are only read
        ]
        return list(dict.fromkeys(variant for text in texts for variant in self.variants(text)))

    def variants(self, text: str) -> list[str]:
        """A reply, then the same with each other lead, then with each other closing."""
        found = [text]
        if lead := self.lead(text):
            found += [other + text[len(lead) :] for other in self.leads[lead]]
        if closing := self.closing(text):
            start = text.removesuffix(closing)
            found += [start + other for other in self.closings[closing]]
            found += [start.strip()] if start.strip() else []
        return found

    def lead(self, text: str) -> str | None:
        """The lead that opens a reply and has other words for it: "C'est noté" of "C'est noté."."""
        return next((lead for lead in self.leads if _opens(text, lead)), None)

    def closing(self, text: str) -> str | None:
        """The question that ends a reply and has other words for it."""
        return next((closing for closing in self.closings if text.endswith(closing)), None)


def _opens(text: str, lead: str) -> bool:
    """Whether a lead stands at the start, whole: not in "C'est noté aujourd'hui"."""
    return text.startswith(lead) and re.match(r" ?[.,:!]", text[len(lead) :]) is not None
