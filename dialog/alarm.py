"""What is decided once an emergency was told: the number, a person on duty, nobody hung up on."""

from __future__ import annotations

import re
from dataclasses import replace

from dialog.awaited import Awaited
from dialog.decision import Decision, Turn, say
from dialog.emergencies import Emergencies, Emergency
from dialog.intents import Intents, Words
from dialog.people import People
from dialog.phrases import Phrases
from dialog.reply import Action
from dialog.state import State

_HURRIED = re.compile(r"(?:(?:oui|ouais|mais oui|si|vite|svp|s il vous plait|passez)\b ?)")


class Alarm:
    """Decides around emergencies. Holds nothing of any call."""

    def __init__(
        self,
        emergencies: Emergencies,
        intents: Intents,
        phrases: Phrases,
        people: People,
        awaited: Awaited,
    ) -> None:
        self._emergencies = emergencies
        self._intents = intents
        self._phrases = phrases
        self._people = people
        self._awaited = awaited

    def told(self, emergency: Emergency, turn: Turn) -> Decision:
        """Its fixed text, over any state; a person on duty is offered."""
        duty = self._people.duty(turn.at)
        text = self._offering(emergency.say) if duty else emergency.say
        decision = say(turn.state, Action.EMERGENCY, text, awaiting="person")
        state = replace(decision.state, service=duty.id if duty else "", emergency=True)
        return replace(decision, state=state)

    def with_aside(self, decision: Decision, turn: Turn) -> Decision:
        """A question of law about violence is answered, but the number is said first."""
        aside = self._emergencies.aside(turn.words.text)
        if not aside or decision.reply.action not in (Action.ANSWER, Action.CLARIFY):
            return decision
        text = f"{aside} {decision.reply.say}"
        state = replace(decision.state, reply=text)
        return replace(decision, reply=replace(decision.reply, say=text), state=state)

    def wants_person(self, words: Words) -> bool:
        """A person in an emergency, or a hurried yes: "oui vite, dépêchez-vous"."""
        return self._intents.is_("person", words) or _HURRIED.match(words.spoken) is not None

    def to_duty(self, turn: Turn) -> Decision:
        """A person in an emergency: who is on duty, never a closed front desk."""
        duty = self._awaited.yes(turn)
        return duty or self._people.pass_to(self._people.default(turn.state), turn.state, turn.at)

    def not_reached(self, state: State) -> Decision:
        """Nobody on duty answered: the numbers once more, and another try."""
        text = self._phrases.say("emergency_not_reached")
        decision = say(state, Action.EMERGENCY, text, awaiting="person")
        return replace(decision, state=replace(decision.state, service=state.service))

    @staticmethod
    def kept_on_line(decision: Decision) -> Decision:
        """Nobody who told of an emergency is hung up on (requirements E04)."""
        if not (decision.state.emergency and decision.reply.ends_call):
            return decision
        return replace(decision, reply=replace(decision.reply, ends_call=False))

    def texts(self) -> list[str]:
        """Every text that may be said, with the offer of a person."""
        return [self._offering(text) for text in self._emergencies.texts()]

    def _offering(self, text: str) -> str:
        return f"{text} {self._phrases.say('emergency_offer')}"
