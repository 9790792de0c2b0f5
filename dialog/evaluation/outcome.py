"""What became of one turn, judged against what was expected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dialog.evaluation.cases import Expected
from dialog.reply import Action, Reply

RIGHT, WRONG, CLARIFIED, PASSED_ON = "right", "wrong", "clarified", "passed_on"
VERDICTS = (RIGHT, WRONG, CLARIFIED, PASSED_ON)

_ANSWERS = (Action.ANSWER, Action.REPEAT, Action.SLOWER)


@dataclass(frozen=True)
class Outcome:
    """One turn as it went."""

    case: str
    turn: int  #: from 0
    expected: Expected
    action: str
    sheet: str | None
    verdict: str  #: one of `VERDICTS`
    rank: int | None  #: place of the first accepted sheet among the candidates, from 1
    confidence: float
    offered: bool  #: a clarifying question that named an accepted sheet
    ms: float
    say: str = ""  #: what the caller hears
    heard: str = ""  #: what the recogniser understood of a spoken turn
    word_errors: tuple[int, int] = (0, 0)  #: words wrong, words said
    voice: str = ""


def judge(
    case: str,
    turn: int,
    expected: Expected,
    reply: Reply,
    choices: Sequence[str] = (),
    *,
    heard: str = "",
    word_errors: tuple[int, int] = (0, 0),
    voice: str = "",
) -> Outcome:
    """Judge one reply.

    Answered from an accepted sheet is right, from another one wrong. A clarifying question and
    passing the caller on are neither: they cost the caller a turn, not the truth.

    Args:
        choices: the sheets that a clarifying question named.
    """
    ranks = [n for n, one in enumerate(reply.candidates, 1) if one.sheet in expected.accept]
    return Outcome(
        case=case,
        turn=turn,
        expected=expected,
        action=reply.action.value,
        sheet=reply.sheet,
        verdict=_verdict(expected, reply),
        rank=min(ranks, default=None),
        confidence=reply.confidence,
        offered=any(one in expected.accept for one in choices),
        ms=reply.ms,
        say=reply.say,
        heard=heard,
        word_errors=word_errors,
        voice=voice,
    )


def _verdict(expected: Expected, reply: Reply) -> str:
    if expected.accept and reply.sheet in expected.accept:
        return RIGHT  # also a report that names the right sheet
    if expected.accept and reply.action in _ANSWERS and reply.sheet:
        return WRONG
    if expected.action and reply.action == expected.action:
        return RIGHT
    if reply.action is Action.CLARIFY:
        return CLARIFIED
    if expected.accept:
        return PASSED_ON if reply.action in _PASSING else WRONG
    return WRONG


_PASSING = (Action.OUT_OF_SCOPE, Action.TRANSFER, Action.MESSAGE, Action.NONE)
