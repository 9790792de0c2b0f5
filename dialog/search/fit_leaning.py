"""Fits how sure a follow-up is: `python -m dialog.search.fit_leaning TOWN DIALOGUES.jsonl…`.

TOWN holds the whole edition. Every turn that may lean on the sheet before it, the one that was
expected there, is searched as in a call; a logistic regression on `leaning.FACTS` then tells when
the first sheet is right. Writes `data/leaning.toml`; prints what dialogues kept aside would show.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dialog.decision import Turn
from dialog.follow_up import Lean, lean
from dialog.intents import Intents, Words
from dialog.search.fit import accepted, edition
from dialog.search.index import Index
from dialog.search.leaning import FACTS, FILE
from dialog.sheets import Sheet
from dialog.state import State

Facts = NDArray[np.float64]  #: shape (follow-ups, len(FACTS))
FOLDS = 10
RIDGE = 5.0
NOON = datetime(2026, 1, 5, 12)


@dataclass(frozen=True)
class Example:
    """What one follow-up told."""

    dialogue: int
    facts: tuple[float, ...]
    right: bool


def examples(index: Index, paths: list[Path]) -> list[Example]:
    """Search every follow-up of some dialogues."""
    lines = [line for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
    found = list[Example]()
    for number, line in enumerate(lines):
        for last, leaning, accept in _follow_ups(index, json.loads(line)["turns"]):
            ranking = index.rank(index.query(leaning.text), NOON.date(), last=last)
            right = ranking.hits[0].sheet.id in accept
            found.append(Example(number, ranking.leant, right))
    return found


def _follow_ups(
    index: Index, turns: list[dict[str, Any]]
) -> Iterator[tuple[Sheet, Lean, list[str]]]:
    intents = Intents.load()
    sheets = {sheet.id: sheet for sheet in index.sheets}
    last: Sheet | None = None
    said: tuple[str, ...] = ()
    for turn in turns:
        accept = accepted(turn, list(index.sheets))
        if last is not None and accept:
            state = replace(State(), sheet=last.id, history=said)
            leaning = lean(Turn(Words.of(turn["text"]), state, NOON), last, intents)
            if leaning.after:
                yield last, leaning, accept
        expected = (sheets[one] for one in turn.get("accept", ()) if one in sheets)
        last = next(expected, last)
        said = (*said, turn.get("text", ""))


def fit(facts: Facts, right: NDArray[np.bool_]) -> tuple[NDArray[np.float64], float]:
    """Weights of the facts, and the constant: a ridge logistic regression by Newton's method."""
    mean, spread = facts.mean(axis=0), facts.std(axis=0) + 1e-9
    z = np.c_[(facts - mean) / spread, np.ones(len(facts))]
    ridge = np.diag([RIDGE] * facts.shape[1] + [1e-6])
    w = np.zeros(z.shape[1])
    for _ in range(60):
        p = 1 / (1 + np.exp(-z @ w))
        gradient = z.T @ (right - p) - ridge @ w
        w += np.linalg.solve((z * (p * (1 - p))[:, None]).T @ z + ridge, gradient)
    weights = w[:-1] / spread
    return weights, float(w[-1] - weights @ mean)


def main() -> None:
    """Measure, fit and write."""
    town, paths = Path(sys.argv[1]), [Path(one) for one in sys.argv[2:]]
    found = examples(Index.build(edition(town), town / "data" / "index"), paths)
    facts = np.array([one.facts for one in found])
    right = np.array([one.right for one in found])
    aside = np.array([one.dialogue for one in found]) % FOLDS
    sure = np.zeros(len(found))
    for fold in range(FOLDS):
        weights, constant = fit(facts[aside != fold], right[aside != fold])
        sure[aside == fold] = 1 / (1 + np.exp(-facts[aside == fold] @ weights - constant))
    print(f"{len(found)} follow-ups, the right sheet first in {right.mean():.1%}")
    for least in (0.6, 0.65, 0.7, 0.75, 0.8):
        told = sure >= least
        shares = (told & right).mean(), (told & ~right).mean()
        print(f"told from {least}: {shares[0]:.1%} right, {shares[1]:.1%} wrong")
    weights, constant = fit(facts, right)
    rows = [f"{name} = {value:.4f}" for name, value in zip(FACTS, weights, strict=True)]
    head = "# Written by `python -m dialog.search.fit_leaning`; docs/understanding.md tells how."
    text = "\n".join([head, *rows, f"constant = {constant:.4f}", ""])
    Path(str(files("dialog").joinpath(FILE))).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
