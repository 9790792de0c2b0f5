"""Fits the search: `python -m dialog.search.fit TOWN QUESTIONS.jsonl`.

TOWN holds the whole edition of national sheets, QUESTIONS the development set (`text`, `accept`);
nothing of it is ever searched. Writes `data/e5-common.npz`, measured on the bank, and
`data/search.toml`:

1. the weights of the signals: a conditional logit over the likeliest sheets, by Newton's method;
2. the confidence: a logistic regression on the best scores, each computed with weights that were
   fitted without that question, so that it is not told its own answer.
"""

from __future__ import annotations

import json
import sys
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dialog.search.cache import vectors
from dialog.search.common import FILE, Common
from dialog.search.embedding import Embedder
from dialog.search.entries import Kind, entries
from dialog.search.index import Index
from dialog.search.ranking import EVIDENCE, KEPT, SIGNALS, evidence
from dialog.sheets import Sheet

CANDIDATES = 60  #: sheets of each search that the fit looks at
FOLDS = 10
RIDGE = 1e-2
FLOOR_SHARE = 5  #: percentile of the second scores under which a rival counts as absent
Matrix = NDArray[np.float64]
Right = NDArray[np.bool_]  #: which candidates answer, shape (questions, CANDIDATES)


def measure_common(sheets: list[Sheet], folder: Path) -> Common:
    """The common part of all phrasings, summaries and titles."""
    found = entries(sheets)
    rows = vectors(found, folder, Embedder())
    kinds = np.array([entry.kind for entry in found])
    parts = (rows[kinds == kind] for kind in (Kind.QUESTION, Kind.SUMMARY, Kind.TITLE))
    return Common.of(*parts)


def examples(index: Index, questions: list[tuple[str, list[str]]]) -> tuple[Matrix, Right]:
    """Signals of the likeliest sheets (questions, CANDIDATES, signals), and which ones answer."""
    rows, right = list[Matrix](), list[Right]()
    for text, accept in questions:
        signals = index.signals(index.query(text)).astype(np.float64)
        likeliest = _likeliest(signals)
        rows.append(signals[likeliest])
        right.append(np.array([index.sheets[n].id in accept for n in likeliest]))
    return np.stack(rows), np.stack(right)


def fit(x: Matrix, right: Right, steps: int = 60) -> Matrix:
    """Weights of the signals that make the right candidates likeliest."""
    x, right = x[right.any(axis=1)], right[right.any(axis=1)]
    beta, ridge = np.zeros(x.shape[2]), RIDGE * len(x)
    for _ in range(steps):
        logits = x @ beta
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


def unseen_scores(x: Matrix, right: Right) -> Matrix:
    """Scores by weights fitted without the question they rank, shape (questions, CANDIDATES)."""
    scores = np.zeros(x.shape[:2])
    for fold in range(FOLDS):
        held = np.arange(len(x)) % FOLDS == fold
        scores[held] = x[held] @ fit(x[~held], right[~held])
    return scores


def fit_confidence(scores: Matrix, right: Right) -> tuple[Matrix, float, float]:
    """Weights of the evidence, the constant, and the floor of a rival's score."""
    order = np.argsort(-scores, axis=1)[:, :KEPT]
    best = np.take_along_axis(scores, order, axis=1)
    answered = np.take_along_axis(right, order[:, :1], axis=1)[:, 0].astype(float)
    floor = float(np.percentile(best[:, 1], FLOOR_SHARE))
    facts = np.array([evidence(list(row), floor) for row in best])
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


def main() -> None:
    """Measure, fit and write."""
    from dialog.national.store import FILE_NAME, read_lines  # drafts are good enough here
    from dialog.search.bank import shipped_bank, with_phrasings

    town, asked = Path(sys.argv[1]), Path(sys.argv[2])
    folder = town / "data" / "index"
    lines = [line.sheet for line in read_lines(town / FILE_NAME)]
    sheets = with_phrasings(lines, shipped_bank())
    data = Path(str(files("dialog").joinpath("data")))
    common = measure_common(sheets, folder)
    np.savez(data / Path(FILE).name, **{n: v.astype(np.float16) for n, v in vars(common).items()})
    Common.load.cache_clear()
    questions = [
        (one["text"], one["accept"])
        for one in map(json.loads, asked.read_text(encoding="utf-8").splitlines())
    ]
    x, right = examples(Index.build(sheets, folder), questions)
    beta = fit(x, right)
    scores = unseen_scores(x, right)
    weights, constant, floor = fit_confidence(scores, right)
    top = np.take_along_axis(right, scores.argmax(axis=1)[:, None], axis=1).mean()
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
