"""What the assistant says the same to everybody: its greeting, and while one waits."""

from __future__ import annotations

from datetime import date

from dialog.parts import Parts
from dialog.privacy import Terms
from dialog.reply import Action, ForDesk, Reply
from dialog.state import State
from dialog.town import Town


class FixedSpeech:
    """Sentences that no caller's words change.

    Args:
        recorded: whether every call is recorded, which the greeting must say.
        terms: whether some may be, and what for.
    """

    def __init__(self, town: Town, parts: Parts, *, recorded: bool, terms: Terms) -> None:
        self._town = town
        self._parts = parts
        self._phrases = parts.phrases
        self._recorded = recorded
        self._terms = terms

    def greeting(self, name: str, day: date, *, recorded: bool | None = None) -> str:
        """An AI, transcription, a person within reach (A01).

        Args:
            name: of the line, said after "Bonjour, ".
            day: a message to all callers may hold on it.
            recorded: whether this call is; None: as all calls.
        """
        recorded = self._recorded if recorded is None else recorded
        return self._phrases.say(
            "greeting_recorded" if recorded else "greeting",
            name=name,
            crisis=self._town.crisis_on(day),
            purpose=self._terms.audio_purpose,
        )

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
        ways = (True, False) if self._terms.audio_days else (None,)
        every = [
            *(self.greeting(name, today, recorded=way) for name in names if name for way in ways),
            *self._parts.alarm.texts(),
            *self._parts.people.transfer_sentences(),
            *self._phrases.fixed(),
        ]
        return list(dict.fromkeys(every))
