"""Which language a caller speaks, told by the words alone: `data/languages.toml`.

French is believed until there is no doubt: a turn is another language's when it holds two very
common words that French does not have, and more of them than words that only French has. Where the
recogniser heard that language too, one such word is enough.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from dialog.rules import Rules, spoken

FRENCH, ENGLISH = "fr", "en"
LEAST_WORDS = 3  #: a shorter turn is an answer, a name, a greeting
LEAST_OWN = 2  #: different words of the language that French does not have
LEAST_SHARE = 0.4  #: of all words said
HEARD_WORDS = 4  #: fewest words of a turn in a language that only the recogniser heard
_LETTERS_SHARE = 0.5  #: of a turn in another script


@dataclass(frozen=True)
class Language:
    """A language as the file describes it."""

    code: str  #: ISO 639-1
    name: str  #: in French: "espagnol"
    words: frozenset[str]
    letters: frozenset[str]  #: that no other language of the file has, or only those after it
    asks: Rules  #: asks for this language
    whole: Rules  #: the same, when it is all that is said
    person: Rules  #: takes the offer of a person
    message: Rules  #: takes the offer of a message
    urgent: Rules
    sentences: dict[str, str]  #: what is said in it, by name

    @property
    def spoken_in(self) -> bool:
        """Whether the file has every sentence that a call in this language needs."""
        return self.sentences.keys() >= _SENTENCES


_SENTENCES = frozenset({"offer", "hold", "closed", "dictate", "phone", "done", "alarm"})
_RULES = ("asks", "whole", "person", "message", "urgent")


class Languages:
    """All languages that are told apart. Threads share it."""

    def __init__(self, table: dict[str, dict[str, Any]]) -> None:
        self._by_code = {code: _language(code, entry) for code, entry in table.items()}
        self._french = self._by_code[FRENCH]
        self._others = tuple(one for one in self._by_code.values() if one.code != FRENCH)

    @classmethod
    def load(cls) -> Languages:
        """The languages shipped with the program."""
        text = files("dialog").joinpath("data/languages.toml").read_text(encoding="utf-8")
        return cls(tomllib.loads(text))

    def __getitem__(self, code: str) -> Language:
        return self._by_code[code]

    def get(self, code: str) -> Language | None:
        """The language with this code, or None: the recogniser knows more of them."""
        return self._by_code.get(code)

    def __contains__(self, code: str) -> bool:
        return code in self._by_code

    def asked(self, text: str) -> str:
        """The language asked for in so many words ("do you speak English?"); '' when none."""
        words = spoken(text)
        return next(
            (one.code for one in self._others if one.asks.search(words) or one.whole.covers(words)),
            "",
        )

    def asks_french(self, text: str) -> bool:
        """Whether a caller who was answered in another language asks for French."""
        words = spoken(text)
        return self._french.asks.search(words) is not None or self._french.whole.covers(words)

    def urgent(self, text: str, least: Iterable[str] = ()) -> str:
        """The language in which the words cry for help; '' when none.

        Args:
            least: languages whose cries count even beside French words.
        """
        words = spoken(text)
        crying = (one for one in self._others if one.urgent.search(words))
        return next((one.code for one in crying if self._foreign(one, words, set(least))), "")

    def told(self, text: str, heard: str = FRENCH) -> str:
        """The language of a turn; French when in doubt.

        Args:
            heard: what the recogniser took it for.
        """
        words = spoken(text).split()
        if script := self._script(words):
            return script
        if len(words) < LEAST_WORDS:
            return FRENCH
        best, most = FRENCH, 0
        for one in self._others:
            own = [w for w in words if w in one.words and w not in self._french.words]
            french = sum(w in self._french.words and w not in one.words for w in words)
            both = sum(w in one.words for w in words)
            agreed = heard == one.code and len(words) >= HEARD_WORDS
            enough = both >= LEAST_OWN if agreed else self._enough(own, both, len(words))
            if not enough or len(own) <= french:
                continue
            if both + 2 * agreed > most:
                best, most = one.code, both + 2 * agreed
        return best

    def french(self, text: str, other: str) -> bool:
        """Whether a turn of a call in another language is French beyond doubt."""
        words = spoken(text).split()
        own = {w for w in words if w in self._french.words and w not in self._by_code[other].words}
        others = sum(w in self._by_code[other].words and w not in self._french.words for w in words)
        return len(own) >= LEAST_OWN and len(words) >= LEAST_WORDS and len(own) > 2 * others

    @staticmethod
    def _enough(own: list[str], both: int, count: int) -> bool:
        return len(set(own)) >= LEAST_OWN and both >= LEAST_SHARE * count

    def _script(self, words: list[str]) -> str:
        """The language of letters that French does not have."""
        letters = "".join(words)
        for one in self._others:
            if not one.letters or not one.letters & set(letters):
                continue
            # Ukrainian has four letters of its own among those that Russian has too
            foreign = sum(not re.match(r"[a-z0-9]", letter) for letter in letters)
            if foreign >= _LETTERS_SHARE * len(letters):
                return one.code
        return ""

    def _foreign(self, one: Language, words: str, least: set[str]) -> bool:
        """Whether a cry may be believed to be in this language: no French sentence around it."""
        said = words.split()
        french = sum(w in self._french.words and w not in one.words for w in said)
        return one.code in least or french <= len(said) // 4


def _language(code: str, entry: dict[str, Any]) -> Language:
    given = {name: Rules(entry.get(name, "")) for name in _RULES}
    sentences = {
        name: text for name, text in entry.items() if name in _SENTENCES and isinstance(text, str)
    }
    return Language(
        code=code,
        name=entry["name"],
        words=frozenset(spoken(entry["words"]).split()),
        letters=frozenset(spoken(entry.get("letters", ""))),
        sentences=sentences,
        **given,
    )
