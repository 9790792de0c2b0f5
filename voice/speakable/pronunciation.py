"""A town's own words: `pronunciation.toml` says how the voice must say what is written."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Pronunciation:
    """Written word -> said, applied to whole words; longer entries win.

    An entry in small letters also covers the word at the head of a sentence; any other entry is
    taken to the letter, so that "CAF" does not touch "caf".
    """

    words: dict[str, str] = field(default_factory=dict)
    _pattern: re.Pattern[str] | None = field(init=False, repr=False, compare=False, default=None)
    _said: dict[str, str] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        for written, said in self.words.items():
            self._said[written] = said
        for written, said in self.words.items():
            if written.islower():
                self._said.setdefault(_head(written), _head(said))
        if self._said:
            longest_first = sorted(self._said, key=len, reverse=True)
            pattern = "|".join(re.escape(word) for word in longest_first)
            object.__setattr__(self, "_pattern", re.compile(rf"(?<!\w)(?:{pattern})(?!\w)"))

    def apply(self, text: str) -> str:
        """The text with the town's words as they are said."""
        if self._pattern is None:
            return text
        return self._pattern.sub(lambda m: self._said[m[0]], text)

    @classmethod
    def load(cls, path: Path) -> Pronunciation:
        """Read a town's file: a table [words], written = said.

        Raises:
            ValueError: one sentence naming the file and the line or the entry that is wrong.
        """
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise ValueError(f"{path} cannot be read: {error.strerror}.") from error
        except UnicodeDecodeError as error:
            raise ValueError(f"{path} is not written in UTF-8.") from error
        except tomllib.TOMLDecodeError as error:
            raise ValueError(f"{path} is not valid TOML: {error}.") from error
        return cls(_checked(path, table))


def _head(word: str) -> str:
    return word[:1].upper() + word[1:]


def _checked(path: Path, table: dict[str, Any]) -> dict[str, str]:
    for key in table:
        if key != "words":
            raise ValueError(f"{path}: {key!r} is unknown, words are listed under [words].")
    words = table.get("words", {})
    if not isinstance(words, dict):
        raise ValueError(f'{path}: words must be a table: [words], then "written" = "said".')
    for written, said in words.items():
        if not written.strip():
            raise ValueError(f"{path}: an entry of [words] has nothing on its left.")
        if not isinstance(said, str) or not said.strip():
            raise ValueError(f"{path}: words.{written} must be a text, what the voice says.")
    return {str(written): str(said) for written, said in words.items()}
