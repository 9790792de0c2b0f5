"""When a sheet that was found is spoken, when a question back is asked, and which sheet goes first.

The thresholds were read from the risk-coverage curves of docs/understanding.md.
"""

from __future__ import annotations

from dataclasses import replace

from dialog.decision import Turn
from dialog.follow_up import Lean
from dialog.search import Hit, Ranking
from dialog.search.normalise import terms
from dialog.sheets import Sheet
from dialog.wish_bank import is_wish

SURE = 0.78  #: confidence from which a sheet is spoken: above it 19 answers in 20 are right
SURE_OF_STORY = 0.70  #: the same for a long turn: a story told in full seldom fits two sheets
STORY = 20  #: words of a long turn
AFTER = 0.72  #: the same for a turn after an answer
AT_HOME = 0.68  #: the same for a sheet of the town: few are near, and it is what callers ask for
ASKED = 0.6  #: the same after a question back: there will be no second one (requirements P02)
DOUBTFUL = 0.20  #: confidence from which a question back is worth the caller's time
AS_NEAR = 0.2  #: share of the best one's probability from which the town's own sheet goes first
CLOSE = 0.15  #: a choice has at least this share of the best one's probability
MOST_CHOICES = 3


def is_sure(ranking: Ranking, enough: float = SURE) -> bool:
    """Whether the best sheet is likely enough to be spoken."""
    best = ranking.best
    return best is not None and best.probability >= enough and not is_wish(best.sheet.id)


def least(turn: Turn, leaning: Lean, ranking: Ranking) -> float:
    """The confidence that an answer needs here."""
    if turn.state.awaiting == "choice":
        return ASKED
    best = ranking.best
    if best is not None and not best.sheet.national:
        return AT_HOME
    if leaning.after:
        return AFTER
    return SURE_OF_STORY if len(turn.words.text.split()) >= STORY else SURE


def at_home(ranking: Ranking) -> Ranking:
    """The town's own sheet before national ones on the same: no question back between the two."""
    near = [hit for hit in ranking.hits[:MOST_CHOICES] if not is_wish(hit.sheet.id)]
    own = next((hit for hit in near if not hit.sheet.national), None)
    if own is None or own.probability < AS_NEAR * ranking.confidence:
        return ranking
    twins = [hit for hit in near if hit.sheet.national and _same_subject(hit.sheet, own.sheet)]
    if not twins or ranking.hits[0] not in (own, *twins):
        return ranking
    together = replace(own, probability=sum(hit.probability for hit in (own, *twins)))
    rest = (hit for hit in ranking.hits if hit not in (own, *twins))
    return replace(ranking, hits=(together, *rest))


def _same_subject(one: Sheet, other: Sheet) -> bool:
    """Whether one says that it takes the other's place, or the titles share most of their words."""
    if one.id in other.twins or other.id in one.twins:
        return True
    mine, theirs = set(terms(one.title)), set(terms(other.title))
    return 2 * len(mine & theirs) >= min(len(mine), len(theirs)) > 0


def close_choices(ranking: Ranking) -> tuple[Hit, ...]:
    """The sheets that a clarifying question would name; () when none stands out."""
    if ranking.confidence < DOUBTFUL:
        return ()
    least = CLOSE * ranking.confidence
    sheets = [hit for hit in ranking.hits if not is_wish(hit.sheet.id)]
    return tuple(hit for hit in sheets[:MOST_CHOICES] if hit.probability >= least)
