"""Fits the search: `python -m dialog.search.fit TOWN QUESTIONS.jsonl…`.

TOWN holds the whole edition of national sheets, QUESTIONS are the development sets (`text` with
`accept` or `action`); nothing of them is ever searched. Writes `data/e5-common.npz`, measured on
the bank, and `data/search.toml`:

1. the weights of the signals: a conditional logit over the likeliest sheets, by Newton's method;
2. the confidence: a logistic regression on the best scores, each computed with weights that were
   fitted without that question, so that it is not told its own answer.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dialog.search.cache import vectors
from dialog.search.common import FILE, Common
from dialog.search.embedding import Embedder
from dialog.search.entries import Kind, entries
from dialog.search.index import Index
from dialog.search.ranking import EVIDENCE, KEPT, SIGNALS, evidence
from dialog.sheets import Sheet
from dialog.wish_bank import PREFIX, wish_sheets

CANDIDATES = 60  #: sheets of each search that the fit looks at
FOLDS = 10
RIDGE = 1e-2
FLOOR_SHARE = 5  #: percentile of the second scores under which a rival counts as absent
Matrix = NDArray[np.float64]
Right = NDArray[np.bool_]  #: which candidates answer, shape (questions, CANDIDATES)


@dataclass(frozen=True)
class Examples:
    """The likeliest sheets of each question, shape (questions, CANDIDATES) and more."""

    signals: Matrix  #: (questions, CANDIDATES, signals)
    offsets: Matrix  #: what scores have besides
    right: Right

    def part(self, rows: NDArray[Any]) -> Examples:
        """Some of the questions."""
        return Examples(self.signals[rows], self.offsets[rows], self.right[rows])

    def scores(self, weights: Matrix) -> Matrix:
        """Score of each candidate."""
        return np.asarray(self.signals @ weights + self.offsets)


def measure_common(sheets: list[Sheet], folder: Path) -> Common:
    """The common part of all phrasings, summaries and titles."""
    found = entries(sheets)
    rows = vectors(found, folder, Embedder())
    kinds = np.array([entry.kind for entry in found])
    parts = (rows[kinds == kind] for kind in (Kind.QUESTION, Kind.SUMMARY, Kind.TITLE))
    return Common.of(*parts)


def examples(index: Index, questions: list[tuple[str, list[str]]]) -> Examples:
    """Search each question, and note which sheets would have answered."""
    rows, offsets, right = list[Matrix](), list[Matrix](), list[Right]()
    for text, accept in questions:
        query = index.query(text)
        signals = index.signals(query).astype(np.float64)
        likeliest = _likeliest(signals)
        rows.append(signals[likeliest])
        offsets.append(index.offsets(query)[likeliest].astype(np.float64))
        right.append(np.array([index.sheets[n].id in accept for n in likeliest]))
    return Examples(np.stack(rows), np.stack(offsets), np.stack(right))


def fit(given: Examples, steps: int = 60) -> Matrix:
    """Weights of the signals that make the right candidates likeliest."""
    known = given.part(np.flatnonzero(given.right.any(axis=1)))
    x, right = known.signals, known.right
    beta, ridge = np.zeros(x.shape[2]), RIDGE * len(x)
    for _ in range(steps):
        logits = known.scores(beta)
        share = np.exp(logits - logits.max(axis=1, keepdims=True))
        share /= share.sum(axis=1, keepdims=True)
        wanted = share * right
        wanted /= wanted.sum(axis=1, keepdims=True)
        mean = np.einsum("ns,nsf->nf", share, x)
        gradient = np.einsum("ns,nsf->f", wanted - share, x) - ridge * beta
        hessian = np.einsum("ns,nsf,nsg->fg", share, x, x, optimize=True) - mean.T @ mean
        step = np.linalg.solve(hessian + ridge * np.eye(len(beta)), gradient)
        beta += step * min(1.0, 5.0 / max(1e-9, float(np.abs(step).max())))
    return beta


def unseen_scores(given: Examples) -> Matrix:
    """Scores by weights fitted without the question they rank, shape (questions, CANDIDATES)."""
    scores = np.zeros(given.right.shape)
    fold = np.arange(len(scores)) % FOLDS
    for number in range(FOLDS):
        held = np.flatnonzero(fold == number)
        weights = fit(given.part(np.flatnonzero(fold != number)))
        scores[held] = given.part(held).scores(weights)
    return scores


def fit_confidence(scores: Matrix, given: Examples) -> tuple[Matrix, float, float]:
    """Weights of the evidence, the constant, and the floor of a rival's score."""
    order = np.argsort(-scores, axis=1)[:, :KEPT]
    best = np.take_along_axis(scores, order, axis=1)
    every = np.arange(len(scores))
    answered = given.right[every, order[:, 0]].astype(float)
    signals = given.signals[every, order[:, 0]]
    floor = float(np.percentile(best[:, 1], FLOOR_SHARE))
    pairs = zip(best, signals, strict=True)
    facts = np.array([evidence(list(row), own, floor) for row, own in pairs])
    mean, spread = facts.mean(axis=0), facts.std(axis=0)
    z = np.c_[(facts - mean) / spread, np.ones(len(facts))]
    ridge = np.diag([1.0] * len(mean) + [1e-6])
    w = np.zeros(z.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-z @ w))
        gradient = z.T @ (answered - p) - ridge @ w
        w += np.linalg.solve((z * (p * (1 - p))[:, None]).T @ z + ridge, gradient)
    weights = w[:-1] / spread
    return weights, float(w[-1] - weights @ mean), floor


def _likeliest(signals: Matrix) -> NDArray[np.int64]:
    joint, three, words = (SIGNALS.index(s) for s in ("joint", "joint_three", "sheet_words"))
    rough = signals[:, joint] + 0.5 * signals[:, three] + 0.3 * signals[:, words]
    return np.argsort(-rough, kind="stable")[:CANDIDATES]


def accepted(one: dict[str, Any], wishes: list[Sheet]) -> list[str]:
    """The sheets that answer, or the wishes of the action that is expected."""
    wish = f"{PREFIX}{one.get('action', '-').replace('_', '')}"
    accept: list[str] = one.get("accept") or []
    return accept or [sheet.id for sheet in wishes if f"{sheet.id}-".startswith(f"{wish}-")]


def edition(town: Path) -> list[Sheet]:
    """The national sheets of a town with their phrasings, and the wishes."""
    from dialog.national.store import FILE_NAME, read_lines  # drafts are good enough here
    from dialog.search.bank import shipped_bank, with_phrasings

    lines = [line.sheet for line in read_lines(town / FILE_NAME)]
    return [*with_phrasings(lines, shipped_bank()), *wish_sheets()]


def main() -> None:
    """Measure, fit and write."""
    town, asked = Path(sys.argv[1]), [Path(one) for one in sys.argv[2:]]
    folder = town / "data" / "index"
    sheets, wishes = edition(town), wish_sheets()
    data = Path(str(files("dialog").joinpath("data")))
    common = measure_common(sheets, folder)
    np.savez(data / Path(FILE).name, **{n: v.astype(np.float16) for n, v in vars(common).items()})
    Common.load.cache_clear()
    lines_of = (path.read_text(encoding="utf-8").splitlines() for path in asked)
    every = [json.loads(line) for lines in lines_of for line in lines]
    wanted = [(one["text"], accepted(one, wishes)) for one in every]
    questions = [(text, accept) for text, accept in wanted if accept]
    given = examples(Index.build(sheets, folder), questions)
    beta = fit(given)
    scores = unseen_scores(given)
    weights, constant, floor = fit_confidence(scores, given)
    top = given.right[np.arange(len(scores)), scores.argmax(axis=1)].mean()
    print(f"{len(questions)} questions, cross-validated: the right sheet first in {top:.1%}")
    table = [f"{name} = {value:.3f}" for name, value in zip(SIGNALS, beta, strict=True)]
    sure = [f"{name} = {value:.4f}" for name, value in zip(EVIDENCE, weights, strict=True)]
    head = "# Written by `python -m dialog.search.fit`; docs/understanding.md tells how."
    rest = [f"constant = {constant:.4f}", f"floor = {floor:.2f}"]
    (data / "search.toml").write_text(
        "\n".join([head, "", "[ranking]", *table, "", "[confidence]", *sure, *rest, ""]),
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
