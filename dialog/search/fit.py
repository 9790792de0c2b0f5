"""Fits the weights of the search: `python -m dialog.search.fit TOWN` prints `[ranking]`.

Each question of a sheet is searched without itself: the other questions, the title and the text
must find its sheet. Sentences that no town hall answers must find none. A conditional logit over
sheets and "none" is fitted on both by Newton's method, so its shares are probabilities.
"""

from __future__ import annotations

import sys
from datetime import date
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dialog.search.entries import Kind
from dialog.search.index import Index
from dialog.search.ranking import SIGNALS
from dialog.sheets import load_sheets, spoken_on

NEGATIVE_WEIGHT = 3.0  #: one sentence of elsewhere counts as much as this many questions
RIDGE = 1e-3
Matrix = NDArray[np.float64]


def examples(index: Index) -> tuple[Matrix, NDArray[np.int64], Matrix]:
    """Signals (examples, sheets + 1, signals + 1), the right column of each, and its weight."""
    rows, right, weight = list[Matrix](), list[int](), list[float]()
    for number, entry in enumerate(index.entries):
        if entry.kind is Kind.QUESTION:
            rows.append(_with_none(index.signals(index.query(entry.text), without=number)))
            right.append(entry.sheet)
            weight.append(1.0)
    for text in elsewhere():
        rows.append(_with_none(index.signals(index.query(text))))
        right.append(len(index.sheets))
        weight.append(NEGATIVE_WEIGHT)
    return np.stack(rows), np.array(right), np.array(weight)


def elsewhere() -> list[str]:
    """Sentences that no town hall answers."""
    text = files("dialog").joinpath("data/elsewhere.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def _with_none(signals: NDArray[np.float32]) -> Matrix:
    """Add the row of "none", whose only signal is a constant."""
    sheets, columns = signals.shape
    padded = np.zeros((sheets + 1, columns + 1))
    padded[:sheets, :columns] = signals
    padded[sheets, columns] = 1.0
    return padded


def fit(x: Matrix, right: NDArray[np.int64], weight: Matrix, steps: int = 30) -> Matrix:
    """Weights of the signals and of "none" that make the right columns likeliest."""
    beta = np.zeros(x.shape[2])
    for _ in range(steps):
        logits = x @ beta
        share = np.exp(logits - logits.max(axis=1, keepdims=True))
        share /= share.sum(axis=1, keepdims=True)
        mean = np.einsum("ns,nsf->nf", share, x)
        chosen = x[np.arange(len(x)), right]
        gradient = ((chosen - mean) * weight[:, None]).sum(axis=0) - RIDGE * beta
        second = np.einsum("ns,nsf,nsg,n->fg", share, x, x, weight, optimize=True)
        hessian = second - np.einsum("nf,ng,n->fg", mean, mean, weight)
        step = np.linalg.solve(hessian + RIDGE * np.eye(len(beta)), gradient)
        beta += step * min(1.0, 20.0 / max(1e-9, float(np.abs(step).max())))
    return beta


def main() -> None:
    """Fit on a town's sheets and print the table for `data/search.toml`."""
    town = Path(sys.argv[1])
    sheets = spoken_on(load_sheets(town / "sheets"), date.today())
    beta = fit(*examples(Index.build(sheets, town / "data" / "index")))
    lines = [f"{name} = {value:.2f}" for name, value in zip(SIGNALS, beta[:-1], strict=True)]
    print("\n".join(["[ranking]", f"none = {beta[-1]:.2f}", "", "[ranking.weights]", *lines]))


if __name__ == "__main__":
    main()
