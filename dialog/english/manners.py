"""What is said around questions in English: slower, repeat, thanks, goodbye."""

from __future__ import annotations

from dataclasses import replace

from dialog.decision import Decision, Turn
from dialog.english.speech import LANGUAGE, Speech
from dialog.intents import Intents
from dialog.manners import Manners
from dialog.reply import Action
from dialog.state import State

_SHORT = 8  #: words of a goodbye; a longer turn still asks something

#: intent -> phrase that answers it
_SMALL_TALK = (
    ("robot", "robot"),
    ("insulted", "insulted"),
    ("wait", "wait"),
    ("hello", "question"),
)


class EnglishManners:
    """Answers what is not a question, by fixed rules."""

    def __init__(self, manners: Manners, intents: Intents, speech: Speech) -> None:
        self._manners = manners
        self._intents = intents
        self._speech = speech

    def decide(self, turn: Turn) -> Decision | None:
        """The reply to small talk, or None when it is something else."""
        state, words = turn.state, turn.words
        if (again := self.again(turn)) is not None:
            return again
        for intent, phrase in (("thanks", "thanks"), ("acknowledge", "acknowledged")):
            if self._intents.is_(intent, words):
                text = self._speech.text(phrase)
                return self._speech.say(state, Action.CHITCHAT, text, awaiting="other")
        if words.count <= _SHORT and self._intents.is_("goodbye", words):
            return self.goodbye(state)
        for intent, phrase in _SMALL_TALK:
            if self._intents.is_(intent, words):
                return self._speech.say(state, Action.CHITCHAT, self._speech.text(phrase))
        return None

    def again(self, turn: Turn) -> Decision | None:
        """Slower, or once more, when that is asked."""
        if self._intents.is_("slower", turn.words):
            return self.slower(turn.state)
        return self.repeat(turn.state) if self._intents.is_("repeat", turn.words) else None

    def wait(self, turn: Turn) -> Decision | None:
        """The caller looks for something: the next silence may last."""
        words = turn.words
        if not self._intents.is_("wait", words) or self._intents.is_("yes", words):
            return None
        waiting = self._speech.say(turn.state, Action.CHITCHAT, self._speech.text("wait"))
        return replace(waiting, state=replace(waiting.state, paused=True))

    def repeat(self, state: State) -> Decision:
        """Say the last reply again."""
        if not state.reply:
            return self._speech.say(state, Action.REPEAT, self._speech.text("question"))
        again = self._manners.repeat(state)
        return replace(again, reply=replace(again.reply, language=LANGUAGE, parts=()))

    def slower(self, state: State) -> Decision:
        """Speak more slowly for the rest of the call, and say the last reply again."""
        slow = self._manners.slower(state)
        text = f"{self._speech.text('slower')} {state.reply}".strip()
        return replace(slow, reply=replace(slow.reply, say=text, language=LANGUAGE))

    def goodbye(self, state: State) -> Decision:
        """Thank the caller and hang up; never after an emergency."""
        text = self._speech.text("goodbye")
        return self._speech.say(state, Action.GOODBYE, text, ends_call=not state.emergency)
