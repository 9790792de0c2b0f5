"""The rules of the house: what holds for every reply of every call, whatever its scenario says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dialog.decision import Decision
from dialog.reply import Action
from dialog.scenarios.numbers import Numbers
from dialog.scenarios.texts import has
from dialog.state import State

MOST_WORDS = 55  #: of a reply (requirements P09)
MOST_WORDS_GREETING = 40  #: notices included (P09)
FIRST_NUMBER_WORDS = 14  #: an emergency number is said within them: 4 s at a calm pace (E02)
_LONGER = (Action.EMERGENCY, Action.REPEAT, Action.SLOWER)  #: fixed texts, and said before
_OFFERS = ("Voulez-vous la suite ?", "Avez-vous une autre question ?")  #: beside the 55 words

#: words that fill the time and tell nothing, or feign a feeling (requirements P10, A02)
DEAD_PHRASES = (
    "n'hésitez pas",
    "je suis là pour vous aider",
    "je suis ravi",
    "je suis heureux",
    "c'est un plaisir",
    "bonne question",
    "excellente question",
    "je reste à votre disposition",
    "votre appel est important",
    "nous mettons tout en œuvre",
    "dans les plus brefs délais",
    "je comprends votre frustration",
    "malheureusement",
    "au jour d'aujourd'hui",
    "super",
    "génial",
    "laissez-moi réfléchir",
)

EMERGENCY_NUMBERS = ("15", "17", "18", "112", "114", "115", "119", "3114", "3919", "3018", "3977")


@dataclass(frozen=True)
class Said:
    """One reply in its call."""

    decision: Decision
    before: State  #: what the conversation remembered when the caller spoke
    keyed: bool = False  #: an answer to keys may be silent: more digits are awaited
    read: bool = False  #: the reply is read on a page, at the reader's own pace

    @property
    def most_words(self) -> int:
        """How many words the reply may have; the notice comes first in a new language (A01)."""
        changed = self.decision.reply.language != self.before.language
        return MOST_WORDS + MOST_WORDS_GREETING if changed else MOST_WORDS


class House:
    """Checks replies against the rules; shared by all calls."""

    def __init__(self, numbers: Numbers) -> None:
        self._numbers = numbers

    def greeting(self, text: str) -> Iterator[str]:
        """What is wrong with a greeting (A01, P09)."""
        if "intelligence artificielle" not in text:
            yield "the greeting does not say that an artificial intelligence answers"
        if _words(text) > MOST_WORDS_GREETING:
            yield f"the greeting has {_words(text)} words"

    def reply(self, said: Said, caller_words: Sequence[str]) -> Iterator[str]:
        """What is wrong with a reply.

        Args:
            caller_words: all that the caller said and keyed so far.
        """
        reply = said.decision.reply
        if not reply.say.strip() and not said.keyed:
            yield "nothing is said"
        spoken = reply.action not in _LONGER and not said.read
        if spoken and _words(_core(reply.say)) > said.most_words:
            yield f"the reply has {_words(_core(reply.say))} words"
        yield from (f"dead phrase: « {p} »" for p in DEAD_PHRASES if has(reply.say, p))
        if _asks_again(said):
            yield "a clarifying question follows a clarifying question"
        if reply.action == Action.EMERGENCY:
            yield from _emergency(reply.say, reply.ends_call, read=said.read)
        if reply.action not in (Action.REPEAT, Action.SLOWER):
            yield from self._numbers.unfounded(said.decision, said.before, caller_words)


def _emergency(text: str, ends_call: bool, *, read: bool) -> Iterator[str]:
    words = re.findall(r"\d+(?: \d{2,3})*|\w+", text)
    found = [word for word in words if word in EMERGENCY_NUMBERS]
    if ends_call:
        yield "the assistant hangs up on an emergency"
    if not read and not any(found.count(number) >= 2 for number in found):  # the eye needs one
        yield "no emergency number is said twice"
    if not any(word in EMERGENCY_NUMBERS for word in words[:FIRST_NUMBER_WORDS]):
        yield f"no emergency number in the first {FIRST_NUMBER_WORDS} words"


def _asks_again(said: Said) -> bool:
    reply, after = said.decision.reply, said.decision.state
    asks = reply.action == Action.CLARIFY and after.awaiting == "choice"
    return asks and said.before.awaiting == "choice"


def _core(text: str) -> str:
    for offer in _OFFERS:
        text = text.replace(offer, "")
    return text


def _words(text: str) -> int:
    """Words that are spoken; a sign that stands alone is none."""
    return sum(any(c.isalnum() for c in word) for word in text.split())
