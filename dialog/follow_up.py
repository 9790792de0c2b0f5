"""How much a turn leans on what was said before it."""

from __future__ import annotations

from dataclasses import dataclass, field

from dialog.decision import Turn
from dialog.intents import Intents
from dialog.search.normalise import terms
from dialog.sections import can_tell
from dialog.sheets import Sheet

# What the conversation adds to the score of the sheet last spoken (1 per factor e of probability).
STAYS = 40.0  #: nothing but "c'est combien ?": no other sheet can be meant
AGAINST = -12.0  #: "non, je parlais du passeport": not the sheet last spoken
ELSEWHERE = -4.0  #: "et pour mon fils ?" when that sheet says nothing of children


@dataclass(frozen=True)
class Lean:
    """What to search, and how the context weighs."""

    text: str
    aspects: tuple[str, ...]
    context: dict[str, float] = field(default_factory=dict)
    after: bool = False  #: the turn comes after the sheet last spoken, and may lean on it
    follow_up: bool = False  #: the turn speaks of the sheet last spoken, as far as signs go


def lean(turn: Turn, sheet: Sheet | None, intents: Intents) -> Lean:
    """Read the signs: corrections, new subjects, "et", "ça", turns without words of their own.

    Args:
        sheet: the one last spoken.
    """
    words, state = turn.words, turn.state
    aspects = intents.aspects(words)
    if intents.is_("new_subject", words):
        return Lean(intents.without("new_subject", words) or words.text, aspects)
    if sheet is None:
        return Lean(words.text, aspects)
    if intents.is_("correction", words):
        rest = intents.without("correction", words)
        if terms(rest):
            return Lean(rest, aspects or state.aspects, {sheet.id: AGAINST})
        return Lean(" ".join(state.history[-1:]), aspects, {sheet.id: AGAINST})
    own = terms(intents.without_aspects(words))
    leaning = intents.is_("ellipsis", words)
    if not own and (aspects or leaning):
        return _about(sheet, words.text, aspects)
    return Lean(words.text, aspects, after=True, follow_up=leaning)


def _about(sheet: Sheet, text: str, aspects: tuple[str, ...]) -> Lean:
    """Nothing but an aspect: of this sheet, or of one on just that ("et pour mon fils ?")."""
    if can_tell(sheet, aspects):
        return Lean(text, aspects, {sheet.id: STAYS}, follow_up=True)
    both = f"{sheet.title} {text}"
    return Lean(both, aspects, {sheet.id: ELSEWHERE}, follow_up=True)
