"""What the assistant says the same to everybody: its greeting, and while one waits."""

from __future__ import annotations

from datetime import date

from dialog.parts import Parts
from dialog.reply import Action, ForDesk, Reply
from dialog.state import State
from dialog.town import Town


class FixedSpeech:
    """Sentences that no caller's words change.

    Args:
        recorded: whether calls are recorded, which the greeting must say.
    """

    def __init__(self, town: Town, parts: Parts, *, recorded: bool) -> None:
        self._town = town
        self._parts = parts
        self._phrases = parts.phrases
        self._recorded = recorded

    def greeting(self, name: str, day: date) -> str:
        """An AI, transcription, a person within reach (A01).

        Args:
            name: of the line, said after "Bonjour, ".
            day: a message to all callers may hold on it.
        """
        phrase = "greeting_recorded" if self._recorded else "greeting"
        return self._phrases.say(phrase, name=name, crisis=self._town.crisis_on(day))

    def aside(self, phrase: str, state: State) -> Reply:
        """A sentence said while something else goes on, in the call's language."""
        text = self._phrases.say(phrase, state.language)
        return Reply(Action.NONE, text, language=state.language, fixed=True)

    def for_desk(self, line: str) -> ForDesk:
        """What the desk is told before it takes the call."""
        return ForDesk(
            announcement=self._phrases.say("desk_announcement", summary=line),
            keys=self._phrases.say("desk_keys"),
            farewell=self._phrases.say("desk_caller_left"),
        )

    def all(self, today: date) -> list[str]:
        """French sentences that any call may need: worth rendering in advance."""
        names = [self._town.greeting_name, *(line.greeting for line in self._town.lines)]
        every = [
            *(self.greeting(name, today) for name in names if name),
            *self._parts.alarm.texts(),
            *self._parts.people.transfer_sentences(),
            *self._phrases.fixed(),
        ]
        return list(dict.fromkeys(every))
