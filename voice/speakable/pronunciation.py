"""A town's own words: `pronunciation.toml` says how the voice must say what is written.

Three modes: `letters`, a list of sigles said letter by letter; `[words]`, written = what the voice
reads; `[expand]`, a sigle said in full, with its plural and its gender where it takes an article.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from voice.speakable.acronyms import Expansions, letter_names


@dataclass(frozen=True)
class Pronunciation:
    """Written word -> said, applied to whole words; longer entries win.

    An entry in small letters also covers the word at the head of a sentence; any other entry is
    taken to the letter, so that "CAF" does not touch "caf".
    """

    words: dict[str, str] = field(default_factory=dict)
    letters: tuple[str, ...] = ()  #: sigles said letter by letter
    expand: dict[str, dict[str, str]] = field(default_factory=dict)  #: -> say, plural, gender
    _in_full: Expansions = field(init=False, repr=False, compare=False)
    _pattern: re.Pattern[str] | None = field(init=False, repr=False, compare=False, default=None)
    _said: dict[str, str] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_in_full", Expansions(self.expand))
        for sigle in self.letters:
            self._said[sigle] = letter_names(sigle)
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
        text = self._in_full.apply(text)
        if self._pattern is None:
            return text
        return self._pattern.sub(lambda m: self._said[m[0]], text)

    @property
    def known(self) -> frozenset[str]:
        """Every written form that the file tells how to say."""
        return frozenset({*self._said, *self.expand})

    @classmethod
    def load(cls, path: Path) -> Pronunciation:
        """Read a town's file: `letters`, [words] and [expand], each of them optional.

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
        for key in table:
            if key not in ("letters", "words", "expand"):
                raise ValueError(
                    f"{path}: {key!r} is unknown; there are letters, [words] and [expand]."
                )
        return cls(
            _words(path, table.get("words", {})),
            _letters(path, table.get("letters", [])),
            _expansions(path, table.get("expand", {})),
        )


def _head(word: str) -> str:
    return word[:1].upper() + word[1:]


def _words(path: Path, words: Any) -> dict[str, str]:
    if not isinstance(words, dict):
        raise ValueError(f'{path}: words must be a table: [words], then "written" = "said".')
    for written, said in words.items():
        if not written.strip():
            raise ValueError(f"{path}: an entry of [words] has nothing on its left.")
        if not isinstance(said, str) or not said.strip():
            raise ValueError(f"{path}: words.{written} must be a text, what the voice says.")
    return {str(written): str(said) for written, said in words.items()}


def _letters(path: Path, sigles: Any) -> tuple[str, ...]:
    if not isinstance(sigles, list):
        raise ValueError(f'{path}: letters must be a list of sigles: letters = ["CCAS", "PLU"].')
    for sigle in sigles:
        if not isinstance(sigle, str) or not re.fullmatch(r"[A-Za-z]{2,12}", sigle):
            raise ValueError(f"{path}: letters holds {sigle!r}, which is not a sigle of letters.")
    return tuple(sigles)


def _expansions(path: Path, table: Any) -> dict[str, dict[str, str]]:
    if not isinstance(table, dict):
        raise ValueError(f'{path}: expand must be a table: [expand], then SIGLE = "in full".')
    found = {}
    for sigle, entry in table.items():
        given = {"say": entry} if isinstance(entry, str) else entry
        if not isinstance(given, dict) or not sigle.strip():
            raise ValueError(f"{path}: expand.{sigle} must be a text, or say, plural and gender.")
        unknown = sorted(set(given) - {"say", "plural", "gender"})
        if unknown:
            raise ValueError(f"{path}: expand.{sigle} has the unknown key {unknown[0]!r}.")
        if any(not isinstance(one, str) or not one.strip() for one in given.values()):
            raise ValueError(f"{path}: expand.{sigle} must hold texts.")
        if "say" not in given:
            raise ValueError(f"{path}: expand.{sigle} lacks `say`, what the voice says.")
        if given.get("gender", "m") not in ("m", "f"):
            raise ValueError(f'{path}: expand.{sigle}.gender is "m" or "f".')
        found[str(sigle)] = {"plural": given["say"], "gender": "m", **given}
    return found
