"""The same conversation in writing: what only makes sense by voice is told in another way.

A decision of the desk is adapted, never made here: a transfer becomes a number with its hours, an
emergency names the SMS number 114 first, and "tapez 0" becomes "écrivez « agent »".
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.resources import files

from dialog.decision import Decision, Turn
from dialog.hours import say_week
from dialog.intents import Words
from dialog.people import People
from dialog.phrases import Phrases
from dialog.reply import Action, Reply
from dialog.sheets import Sheet
from dialog.state import State
from dialog.tasks.tasks import Tasks
from dialog.town import Service, Town

_PASSING = re.compile(
    r"\b(vous|te) passe(r|z)?\b|^Ne quittez pas|^Reste en ligne"
    r"|\bputting you through\b|^Please hold"
)
_SENTENCES = re.compile(r"(?<=[.?!…])\s+")
_YES_NO_AWAITED = frozenset({"more", "message", "appointment", "privacy", "sending"})
_YES_NO = {"fr": ("Oui", "Non"), "en": ("Yes", "No")}
_SERVICE = "@"  #: before a service's id among the choices of a menu


@dataclass(frozen=True)
class Choice:
    """An answer that can be chosen instead of written."""

    label: str
    text: str  #: what is sent when it is chosen


class Instead:
    """What is said by voice, and what is written in its place: `data/written.toml`."""

    def __init__(self, table: Sequence[dict[str, str]]) -> None:
        self._rules = tuple((re.compile(one["spoken"]), one["written"]) for one in table)

    @classmethod
    def load(cls) -> Instead:
        """The rules shipped with the program."""
        text = files("dialog").joinpath("data/written.toml").read_text(encoding="utf-8")
        return cls(tomllib.loads(text)["instead"])

    def write(self, text: str) -> str:
        """The text as it is read; what was written so already stays as it is."""
        for spoken, written in self._rules:
            text = spoken.sub(written, text)
        return " ".join(text.split())


class Written:
    """Adapts the desk's decisions to a conversation in writing. Holds nothing of any of them."""

    def __init__(
        self,
        town: Town,
        people: People,
        phrases: Phrases,
        tasks: Tasks,
        sheets: Sequence[Sheet],
    ) -> None:
        self._town = town
        self._people = people
        self._phrases = phrases
        self._tasks = tasks
        self._titles = {sheet.id: sheet.title for sheet in sheets}
        self._instead = Instead.load()

    def greeting(self) -> Decision:
        """The first thing read: an AI, what is kept, a person within reach (A01)."""
        text = self._phrases.say("written_greeting", name=self._town.greeting_name)
        return Decision(Reply(Action.CHITCHAT, text, fixed=True), State(written=True, reply=text))

    def resumed(self, state: State, at: datetime) -> Decision:
        """The first thing read when a call goes on here: the state is that of the call."""
        state = replace(state, written=True)
        turn = Turn(Words.of(""), state, at)
        if (asked := self._tasks.resume(turn, "written_resumed")) is not None:
            return self.adapt(replace(asked, tickets=()), at)
        lead = self._phrases.say("written_resumed")
        text = f"{lead} {self._phrases.say('written_question')}"
        return Decision(Reply(Action.CHITCHAT, text), replace(state, reply=text))

    def adapt(self, decision: Decision, at: datetime) -> Decision:
        """The decision as it is read; doing it twice changes nothing more.

        Args:
            at: the time on the town's clock.
        """
        reply = decision.reply
        if reply.transfer_to:
            told = self._instead_of_transfer(decision, at)
        elif reply.action is Action.EMERGENCY:
            told = self._with(decision, self._emergency(decision, at))
        else:
            told = decision
        return self._with(told, self._instead.write(told.reply.say))

    def text(self, spoken: str) -> str:
        """One reply of a call, as it is read."""
        return self._instead.write(spoken)

    def choices(self, state: State) -> tuple[Choice, ...]:
        """The answers that can be chosen after this state's question."""
        if state.awaiting in ("choice", "menu"):
            return self._numbered(state)
        if state.awaiting == "foreign":  # the sentence in that language says what they are
            return (Choice("0", "0"), Choice("1", "1"))
        if state.awaiting in _YES_NO_AWAITED or self._tasks.yes_or_no(state):
            return tuple(Choice(word, word) for word in _YES_NO.get(state.language, _YES_NO["fr"]))
        if state.awaiting == "other" and state.task is None:
            return (
                Choice("No, thank you", "no thank you")
                if state.language == "en"
                else Choice("Non, merci", "Non merci"),
            )
        return ()

    def _numbered(self, state: State) -> tuple[Choice, ...]:
        names = (
            self._town.service(one.removeprefix(_SERVICE)).name
            if one.startswith(_SERVICE)
            else self._titles.get(one, "")
            for one in state.choices
        )
        numbered = tuple(
            Choice(f"{number}. {name}".strip(), str(number))
            for number, name in enumerate(names, start=1)
        )
        if state.awaiting == "choice":
            return numbered
        return (*numbered, Choice("0. Une personne ou un message", "0"))

    # -- what cannot be done in writing ------------------------------------------------------

    @staticmethod
    def _with(decision: Decision, text: str) -> Decision:
        """The decision with another text, which is also what "répétez" says."""
        state = decision.state
        if state.reply == decision.reply.say:
            state = replace(state, reply=text)
        return replace(decision, reply=replace(decision.reply, say=text), state=state)

    def _instead_of_transfer(self, decision: Decision, at: datetime) -> Decision:
        """Tell how the service is reached, and offer a message where that makes sense."""
        reply, state = decision.reply, decision.state
        service = self._town.service(reply.transfer_to or "")
        lead = self._instead.write(_without_passing(reply.say))
        reply = replace(reply, transfer_to=None, fixed=False)
        if state.awaiting == "person" or service.duty:
            called = self._called("written_duty", service, state)
            text = f"{lead} {called}" if decision.tickets else called
            return Decision(replace(reply, say=text), replace(state, reply=text), decision.tickets)
        told = f"{lead} {self._reached(service, state)}".strip()
        back = None
        if state.language == "fr":
            back = self._tasks.resume(Turn(Words.of(""), state, at), "task_back")
        elif state.task is not None:  # the form in another language waits for the same answer
            return replace(
                decision, reply=replace(reply, say=told), state=replace(state, reply=told)
            )
        if back is not None:
            text = f"{told} {back.reply.say}"
            return replace(
                decision, reply=replace(reply, say=text), state=replace(back.state, reply=text)
            )
        text = f"{told} {self._phrases.say('written_message', state.language)}"
        after = replace(state, reply=text, awaiting="message", service=service.id)
        return replace(decision, reply=replace(reply, say=text), state=after)

    def _reached(self, service: Service, state: State) -> str:
        name = "written_person_hours" if service.hours else "written_person"
        told = self._called(name, service, state)
        return f"{told} {self._town.deaf_access}".strip() if state.language == "fr" else told

    def _called(self, phrase: str, service: Service, state: State) -> str:
        return self._phrases.say(
            phrase,
            state.language,
            service=service.name,
            phone=service.phone or self._town.phone,
            week=say_week(service) if service.hours else "",
        )

    def _emergency(self, decision: Decision, at: datetime) -> str:
        """The fixed text behind the number that needs no voice, and who can be called."""
        language = decision.reply.language
        first = self._phrases.say("written_emergency", language)
        said = decision.reply.say
        if said.startswith(first):
            return said
        offer = self._phrases.say("emergency_offer", language)
        text = f"{first} {said.replace(offer, '').strip()}"
        duty = self._people.duty(at)
        if offer in said and duty is not None:
            text = f"{text} {self._called('written_emergency_person', duty, decision.state)}"
        return text


def _without_passing(text: str) -> str:
    """The sentences of a transfer that do not speak of it."""
    kept = (sentence for sentence in _SENTENCES.split(text) if not _PASSING.search(sentence))
    return " ".join(kept)
