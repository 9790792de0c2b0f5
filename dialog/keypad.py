"""A way through with keys, when words were not understood twice: at most three of them.

"Passeport : tapez 1. Carte d'identité : tapez 2. Une personne : tapez 0." The choices are what the
caller was asked about, else what the search thought of, else the town's busiest services. A call
has one menu; when it does not help either, a person or a message does.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from dialog.decision import Decision, Turn, say
from dialog.difference import differences
from dialog.finder import Finder
from dialog.intents import Intents
from dialog.people import People
from dialog.phrases import Phrases
from dialog.reply import Action
from dialog.search.normalise import terms
from dialog.sheets import Sheet
from dialog.tasks.tasks import Tasks
from dialog.town import Service, Town

LIKELY = 0.10  #: probability from which a sheet may be what was meant
MOST_TOPICS = 2  #: with the person, three keys
_SHORT = 6  #: words of a spoken choice
_SERVICE = "@"  #: before a service's id among `State.choices`
_SPOKEN = (
    re.compile(r"\b(?:zero|0)\b"),
    re.compile(r"\b(?:un|une|1|premier|premiere)\b"),
    re.compile(r"\b(?:deux|2|deuxieme|second|seconde)\b"),
)


class Keypad:
    """Offers the menu and follows what is chosen. Holds nothing of any call."""

    def __init__(
        self,
        town: Town,
        sheets: Sequence[Sheet],
        intents: Intents,
        phrases: Phrases,
        finder: Finder,
        people: People,
        tasks: Tasks,
    ) -> None:
        self._intents = intents
        self._phrases = phrases
        self._finder = finder
        self._people = people
        self._tasks = tasks
        told = Counter(sheet.service for sheet in sheets if sheet.service)
        desks = [s for s in town.services if s.id != town.default_service and not s.duty]
        self._busiest = tuple(s.id for s in sorted(desks, key=lambda s: -told[s.id]))

    def offer(self, turn: Turn, failed: Decision) -> Decision | None:
        """The menu after a misunderstanding; None when this call had one, or nothing can be chosen.

        Args:
            failed: what would be said instead; its state carries the failures.
        """
        state = turn.state
        if state.menu or state.task is not None or state.emergency or state.written:
            return None
        choices = self._choices(turn, failed)
        if not choices:
            return None
        closed = failed.reply.action is Action.TRANSFER
        lead = self._phrases.say("keypad_lead")
        if closed:  # when it opens and its number are said already
            lead = failed.reply.say.removesuffix(self._phrases.say("message_offer")).strip()
        topics = [
            self._phrases.say("keypad_topic", topic=name, key=str(key))
            for key, name in enumerate(self._names(choices), start=1)
        ]
        last = self._phrases.say(
            "keypad_person" if self._someone(turn) is not None else "keypad_message"
        )
        text = " ".join([lead, *topics, last])
        decision = say(turn.state, failed.reply.action, text, fixed=False)
        state = replace(
            decision.state,
            awaiting="menu",
            choices=choices,
            question=turn.state.question or turn.words.text,
            menu=True,
            failures=failed.state.failures or turn.state.failures + 1,
            failures_total=max(failed.state.failures_total, turn.state.failures_total + 1),
        )
        reply = replace(
            decision.reply,
            candidates=failed.reply.candidates,
            confidence=failed.reply.confidence,
        )
        return Decision(reply, state)

    def key(self, turn: Turn, digit: str) -> Decision | None:
        """A key of the menu; None when no menu is open or the key is not on it."""
        if turn.state.awaiting != "menu" or not digit.isdigit():
            return None
        return self._chosen(turn, int(digit))

    def decide(self, turn: Turn) -> Decision | None:
        """A choice of the menu in words: its digit, its name, or none of them."""
        if turn.state.awaiting != "menu":
            return None
        if self._intents.is_("no", turn.words):
            return self._chosen(turn, 0)
        if self._intents.is_("yes", turn.words):  # a message was the last thing offered
            return None if self._someone(turn) else self._message(turn)
        if turn.words.count > _SHORT or self._intents.is_("wait", turn.words):
            return None
        for number, rule in enumerate(_SPOKEN):
            if rule.search(turn.words.core):
                return self._chosen(turn, number)
        named = self._named(turn)
        return None if named is None else self._chosen(turn, named)

    # -- choices -----------------------------------------------------------------------------

    def _choices(self, turn: Turn, failed: Decision) -> tuple[str, ...]:
        day = turn.at.date()
        asked = turn.state.choices if turn.state.awaiting == "choice" else ()
        likely = tuple(c.sheet for c in failed.reply.candidates if c.score >= LIKELY)
        for ids in (asked, likely):
            sheets = [s for one in ids if (s := self._finder.sheet(one)) and s.speakable(day)]
            if sheets:
                return tuple(sheet.id for sheet in sheets[:MOST_TOPICS])
        return tuple(f"{_SERVICE}{one}" for one in self._busiest[:MOST_TOPICS])

    def _names(self, choices: Sequence[str]) -> list[str]:
        if choices[0].startswith(_SERVICE):
            return [service.name for one in choices if (service := self._service(one))]
        titles = [sheet.title for one in choices if (sheet := self._finder.sheet(one))]
        return list(differences(titles)) if len(titles) > 1 else titles

    def _named(self, turn: Turn) -> int | None:
        """The key of the choice whose words no other choice has."""
        said = set(terms(turn.words.core))
        names = [set(terms(name)) for name in self._names(turn.state.choices)]
        hits = [
            number
            for number, name in enumerate(names, start=1)
            if said & name.difference(*(other for other in names if other is not name))
        ]
        return hits[0] if len(hits) == 1 else None

    def _service(self, choice: str) -> Service | None:
        if not choice.startswith(_SERVICE):
            return None
        return self._people.town_service(choice.removeprefix(_SERVICE))

    # -- what is chosen ----------------------------------------------------------------------

    def _chosen(self, turn: Turn, number: int) -> Decision | None:
        if number == 0:
            return self._someone(turn) or self._message(turn)
        if number > len(turn.state.choices):
            return None
        service = self._service(turn.state.choices[number - 1])
        if service is None:
            return self._finder.chosen(turn, number - 1)
        return self._people.pass_to(service, turn.state, turn.at)

    def _someone(self, turn: Turn) -> Decision | None:
        """The transfer to a person, None when nobody answers now."""
        default = self._people.default(turn.state)
        passed = self._people.pass_to(default, turn.state, turn.at)
        return passed if passed.reply.transfer_to else None

    def _message(self, turn: Turn) -> Decision | None:
        """A message begins at once: the caller has just chosen it."""
        service = self._people.default(turn.state).id
        offered = replace(turn.state, awaiting="message", service=service)
        return self._tasks.key(replace(turn, state=offered), "1")
