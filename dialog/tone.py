"""How replies sound one after the other: no lead twice running, no nagging question.

    decision ─► lead, "C'est noté" ─► another one when the last replies began so
             ─► closing, "Avez-vous une autre question ?" ─► other words the next time;
                left out when the reply before asked it already

The words are chosen from what the state remembers, never by chance: the same turn decides the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dialog.decision import Decision
from dialog.phrases import Phrases
from dialog.reply import Action
from dialog.state import State

REMEMBERED = 8  #: leads and closings that a state keeps
SHORT = 5  #: words; a shorter reply without its closing says that the caller may go on
_AS_THEY_ARE = (Action.REPEAT, Action.SLOWER, Action.EMERGENCY, Action.GOODBYE)


class Tone:
    """Varies the assistant's own words; never those of a sheet."""

    def __init__(self, phrases: Phrases) -> None:
        self._phrases = phrases

    def finish(self, before: State, decision: Decision) -> Decision:
        """The decision with leads and closings that fit what was said before.

        Args:
            before: the state that the decision was made in.
        """
        reply, said = decision.reply, before.said
        if not reply.say or reply.action in _AS_THEY_ARE or reply.language != "fr":
            return replace(decision, state=replace(decision.state, said=said))
        text, said = self._lead(reply.say, said) if not reply.sentences else (reply.say, said)
        text, said = self._closing(text, said, before)
        after = replace(decision.state, said=said)
        if decision.state.reply == reply.say:
            after = replace(after, reply=text)
        return replace(decision, reply=replace(reply, say=text), state=after)

    def _lead(self, text: str, said: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
        lead = self._phrases.lead(text)
        if lead is None:
            return text, said
        chosen = _least_recent((lead, *self._phrases.leads[lead]), said)
        return chosen + text[len(lead) :], _remember(said, chosen)

    def _closing(
        self, text: str, said: tuple[str, ...], before: State
    ) -> tuple[str, tuple[str, ...]]:
        closing = self._phrases.closing(text)
        if closing is None:
            return text, said
        options = (closing, *self._phrases.closings[closing])
        start = text.removesuffix(closing).strip()
        if start and before.reply.endswith(options):
            short = len(start.split()) < SHORT
            return (f"{start} {self._phrases.say('listening')}" if short else start), said
        chosen = _least_recent(options, said)
        return f"{start} {chosen}".strip(), _remember(said, chosen)


def _remember(said: tuple[str, ...], chosen: str) -> tuple[str, ...]:
    return (*(one for one in said if one != chosen), chosen)[-REMEMBERED:]


def _least_recent(options: Sequence[str], said: Sequence[str]) -> str:
    """The first option that was not said lately, else the one said longest ago."""
    return min(options, key=lambda option: said.index(option) if option in said else -1)
