"""Counts over the outcomes of a set: shares, ranks, confusions, calibration."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from dialog.evaluation.outcome import CLARIFIED, RIGHT, VERDICTS, WRONG, Outcome

BINS = 10  #: of the calibration curve


@dataclass(frozen=True)
class Tally:
    """All outcomes of a set."""

    outcomes: tuple[Outcome, ...]

    def summary(self, themes: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Everything a report prints, as plain values; shares in percent.

        Args:
            themes: sheet id -> theme, to count by theme.
        """
        asked = [o for o in self.outcomes if o.expected.accept]
        told = [o for o in self.outcomes if not o.expected.accept]
        found: dict[str, Any] = {"turns": len(self.outcomes)}
        if asked:
            found["questions"] = _shares(asked) | _ranks(asked)
            found["by_length"] = _split(asked, lambda o: o.expected.length)
            found["calibration"] = self.calibration()
            found["confusions"] = _confusions(asked)
            if themes:
                found["by_theme"] = _split(asked, lambda o: themes.get(o.expected.accept[0], "?"))
        if told:
            found["actions"] = _split(told, lambda o: o.expected.action)
        voices = {o.voice for o in self.outcomes if o.voice}
        if voices:
            found["by_voice"] = _split(self.outcomes, lambda o: o.voice)
            found["word_error"] = _word_error(self.outcomes)
        found["ms"] = _times([o.ms for o in self.outcomes])
        return found

    def risk_coverage(self) -> list[tuple[float, float]]:
        """Share answered and share of those that are wrong, as the confidence asked for falls."""
        asked = sorted(
            (o for o in self.outcomes if o.expected.accept and o.verdict in (RIGHT, WRONG)),
            key=lambda o: -o.confidence,
        )
        total = sum(1 for o in self.outcomes if o.expected.accept) or 1
        wrong, curve = 0, []
        for number, outcome in enumerate(asked, start=1):
            wrong += outcome.verdict == WRONG
            curve.append((number / total, wrong / number))
        return curve

    def calibration(self) -> list[dict[str, float]]:
        """Stated confidence against how often the best candidate was right, in bins."""
        bins: dict[int, list[Outcome]] = defaultdict(list)
        for outcome in self.outcomes:
            if outcome.expected.accept and outcome.verdict in (RIGHT, WRONG, CLARIFIED):
                bins[min(BINS - 1, int(outcome.confidence * BINS))].append(outcome)
        return [
            {
                "stated": round(sum(o.confidence for o in group) / len(group), 3),
                "right": round(sum(o.rank == 1 for o in group) / len(group), 3),
                "n": len(group),
            }
            for _, group in sorted(bins.items())
        ]


def _shares(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    counts = Counter(o.verdict for o in outcomes)
    shares = {verdict: _percent(counts[verdict], len(outcomes)) for verdict in VERDICTS}
    clarified = [o for o in outcomes if o.verdict == CLARIFIED]
    offered = sum(o.offered for o in clarified)
    return {"n": len(outcomes), **shares, "clarified_with_right_choice": offered}


def _ranks(outcomes: Sequence[Outcome]) -> dict[str, float]:
    ranks = [o.rank or 99 for o in outcomes]
    return {f"top{k}": _percent(sum(r <= k for r in ranks), len(ranks)) for k in (1, 3, 5)}


def _split(outcomes: Iterable[Outcome], key: Callable[[Outcome], str]) -> dict[str, dict[str, Any]]:
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        groups[key(outcome)].append(outcome)
    return {
        name: _shares(group)
        | (_ranks(group) if group[0].expected.accept else {})
        | ({"word_error": _word_error(group)} if group[0].voice else {})
        for name, group in sorted(groups.items())
    }


def _confusions(outcomes: Iterable[Outcome]) -> list[dict[str, Any]]:
    pairs = Counter(
        (o.expected.accept[0], o.sheet) for o in outcomes if o.verdict == WRONG and o.sheet
    )
    return [{"wanted": a, "answered": b, "n": n} for (a, b), n in pairs.most_common(10)]


def _word_error(outcomes: Iterable[Outcome]) -> float:
    wrong = said = 0
    for outcome in outcomes:
        wrong += outcome.word_errors[0]
        said += outcome.word_errors[1]
    return _percent(wrong, said)


def _times(values: Sequence[float]) -> dict[str, float]:
    ordered = sorted(values) or [0.0]
    return {
        "median": round(median(ordered), 1),
        "p95": round(ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))], 1),
    }


def _percent(part: float, whole: float) -> float:
    return round(100 * part / whole, 1) if whole else 0.0
