"""The assistant's own words, in one file that a town can read: `data/phrases.toml`."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

_FIELD = re.compile(r"\{\w+\}")
_START = re.compile(r"^\w|(?<=[.?!] )\w")  # a field may open a sentence: "le CCAS" -> "Le CCAS"


class Phrases:
    """Sentences by name, in several languages, with `{fields}` to fill."""

    def __init__(self, table: dict[str, dict[str, str]]) -> None:
        self._table = table

    @classmethod
    def load(cls) -> Phrases:
        """The phrases shipped with the program."""
        text = files("dialog").joinpath("data/phrases.toml").read_text(encoding="utf-8")
        return cls(tomllib.loads(text))

    def say(self, name: str, language: str = "fr", /, **fields: str) -> str:
        """One sentence; in French when the language has none."""
        table = self._table.get(language, {})
        text = table.get(name) or self._table["fr"][name]
        filled = " ".join(text.format(**fields).split())
        return _START.sub(lambda start: start.group().upper(), filled)

    def fixed(self, language: str = "fr") -> list[str]:
        """All sentences without a field: each call may need them."""
        return [text for text in self._table[language].values() if not _FIELD.search(text)]
