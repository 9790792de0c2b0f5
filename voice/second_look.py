"""Which of several readings of a turn is meant, where the conversation awaits something.

    first look ─► settled? ─► kept
        └► another hypothesis answers ─────────────────────────────────┐
        └► unsure? decoded again, led by sentences like those awaited ─┴► likely, long enough? ─► it

The question that was asked makes its answers likelier than a recogniser of all French believes:
"On s'est bon" after "C'est bien ça ?" is "Oui, c'est bon". How much likelier is `Margins.nats`. A
reading must still be in the sound: it is scored without the sentences that led to it, and noise or
a long sentence never becomes a "oui".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from voice.hallucinations import is_echo, is_loop
from voice.recognition import Expectation


@dataclass(frozen=True)
class Reading:
    """One hypothesis of the decoder."""

    text: str
    logprob: float  #: mean log-probability of a token, under the prompt it was decoded with


@dataclass(frozen=True)
class Margins:
    """How far from the likeliest reading an awaited one may be (docs/hearing.md)."""

    nats: float = 4.0  #: of log-probability lost on the whole turn, without any prompt
    least_share: float = 0.5  #: of the letters of the likeliest reading
    most_share: float = 2.0


@dataclass(frozen=True)
class Look:
    """What came of looking again."""

    text: str  #: the reading that is kept
    others: tuple[str, ...]  #: every other one, likeliest first
    passes: str = ""  #: "", "+other" (another hypothesis) or "+awaited" (decoded again)


Decode = Callable[[str], Sequence[Reading]]  #: hints ─► readings, likeliest first
Score = Callable[[str], float]  #: log-probability of a text in this sound, without hints


def look_again(
    first: Sequence[Reading],
    expected: Expectation,
    confidence: float,
    decode: Decode,
    score: Score,
    margins: Margins,
) -> Look:
    """The reading that is meant.

    Args:
        first: of the first look, likeliest first; at least one.
        confidence: of the first of them.
        decode: decodes the turn again, led by hints.
        score: what a text loses or gains in this sound.
    """
    best, *others = [reading.text for reading in first]
    if expected.settles(best):
        return Look(best, tuple(others))
    within = _Within(best, score, margins)
    if (meant := _meant(others, expected, within)) is not None:
        return Look(meant, _without(meant, (best, *others)), "+other")
    hints = "" if confidence >= expected.sure else expected.hints((best, *others))
    if not hints:
        return Look(best, tuple(others))
    again = [one.text for one in decode(hints) if one.text and not is_loop(one.text)]
    # the hints written down are nobody's words: a sheet's title must not raise an alarm
    again = [one for one in again if expected.answers(one) or not is_echo(one, hints)]
    meant = _meant(again, expected, within)
    kept = best if meant is None else meant
    every = (best, *others, *again)
    return Look(kept, _without(kept, every), "+awaited" if meant else "+again")


class _Within:
    """Whether a reading is near enough to the likeliest one; the score of that is made once."""

    def __init__(self, best: str, score: Score, margins: Margins) -> None:
        self._best = best
        self._score = score
        self._margins = margins
        self._of_best: float | None = None

    def __call__(self, text: str) -> bool:
        letters, wanted = _letters(text), max(1, _letters(self._best))
        if not self._margins.least_share <= letters / wanted <= self._margins.most_share:
            return False
        if self._of_best is None:
            self._of_best = self._score(self._best)
        return self._score(text) >= self._of_best - self._margins.nats


def _meant(readings: Sequence[str], expected: Expectation, within: _Within) -> str | None:
    """The likeliest reading that answers, when it is near enough; only one is scored."""
    answer = next((one for one in readings if expected.answers(one)), None)
    return answer if answer is not None and within(answer) else None


def _without(kept: str, readings: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for one in readings if one and one != kept))


def _letters(text: str) -> int:
    return sum(character.isalnum() for character in text)
