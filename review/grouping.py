"""Questions that mean the same, put together: by their words and by the sheets they came near to.

The sheets that were considered come from the search by meaning, so two questions in other words
that came near the same sheets are near each other; no model has to run here.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dialog.search.normalise import terms
from records import DoubtfulQuestion

ALIKE = 0.42  #: similarity to the middle of a group from which a question joins it
WORDS_WEIGH = 0.65
NEAR = 0.25  #: chance of a sheet from which it is worth proposing


@dataclass(frozen=True, slots=True)
class Group:
    """Questions about the same, the most typical first."""

    questions: tuple[DoubtfulQuestion, ...]

    @property
    def nearest(self) -> str:
        """The sheet that most of them came nearest to; empty when none did."""
        votes: defaultdict[str, float] = defaultdict(float)
        for one in self.questions:
            for candidate in one.candidates[:3]:
                score = candidate.get("score")
                if isinstance(score, int | float) and score >= NEAR:
                    votes[str(candidate.get("sheet", ""))] += score
        return max(votes, key=lambda sheet: votes[sheet], default="")


class _Middle:
    """The sum of the vectors of a group."""

    def __init__(self) -> None:
        self.words: Counter[str] = Counter()
        self.sheets: Counter[str] = Counter()
        self.members: list[int] = []

    def add(self, number: int, words: Mapping[str, float], sheets: Mapping[str, float]) -> None:
        self.members.append(number)
        self.words.update(words)
        self.sheets.update(sheets)


def group(questions: Sequence[DoubtfulQuestion]) -> tuple[Group, ...]:
    """The groups, the largest first; among equals the newest first."""
    words = _weighted([terms(one.heard) for one in questions])
    sheets = [_sheets(one) for one in questions]
    groups: list[_Middle] = []
    for number in range(len(questions)):
        best, likeness = None, ALIKE
        for middle in groups:
            found = _alike(words[number], sheets[number], middle)
            if found >= likeness:
                best, likeness = middle, found
        if best is None:
            best = _Middle()
            groups.append(best)
        best.add(number, words[number], sheets[number])
    groups.sort(key=lambda middle: -len(middle.members))
    return tuple(_ordered(middle, questions, words) for middle in groups)


def _ordered(
    middle: _Middle, questions: Sequence[DoubtfulQuestion], words: Sequence[Mapping[str, float]]
) -> Group:
    """The group's questions, those nearest to its middle first."""
    near = {number: _cosine(words[number], middle.words) for number in middle.members}
    return Group(tuple(questions[number] for number in sorted(near, key=lambda n: -near[n])))


def _weighted(texts: Sequence[Sequence[str]]) -> list[dict[str, float]]:
    """Rare words weigh more: 1 + log(n / count)."""
    counts = Counter(term for text in texts for term in set(text))
    total = max(1, len(texts))
    return [{term: 1 + math.log(total / counts[term]) for term in set(text)} for text in texts]


def _sheets(question: DoubtfulQuestion) -> dict[str, float]:
    found = {}
    for candidate in question.candidates[:5]:
        score = candidate.get("score")
        found[str(candidate.get("sheet", ""))] = (
            float(score) if isinstance(score, int | float) else 0.1
        )
    return found


def _alike(words: Mapping[str, float], sheets: Mapping[str, float], middle: _Middle) -> float:
    by_words = _cosine(words, middle.words)
    if not sheets or not middle.sheets:
        return by_words  # a question that was written, not asked in a call, came near no sheet
    return WORDS_WEIGH * by_words + (1 - WORDS_WEIGH) * _cosine(sheets, middle.sheets)


def _cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    if not one or not other:
        return 0.0
    shared = sum(value * other.get(key, 0.0) for key, value in one.items())
    lengths = math.hypot(*one.values()) * math.hypot(*other.values())
    return shared / lengths if lengths else 0.0
