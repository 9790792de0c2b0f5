"""Pictures of measurements, for the documentation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dialog.evaluation import Tally


def draw_understanding(tally: Tally, path: Path) -> None:
    """Calibration (stated confidence against the truth) beside the risk-coverage curve.

    Raises:
        OSError: the file cannot be written.
    """
    figure, (left, right) = _figure(2)
    bins = tally.calibration()
    left.plot([0, 1], [0, 1], color="#999999", linestyle="--", label="parfait")
    left.plot([b["stated"] for b in bins], [b["right"] for b in bins], marker="o", color="#1f4e79")
    for b in bins:
        left.annotate(
            str(b["n"]), (b["stated"], b["right"]), textcoords="offset points", xytext=(6, -4)
        )
    left.set(
        xlabel="stated confidence", ylabel="right", title="Calibration", xlim=(0, 1), ylim=(0, 1)
    )
    curve = tally.risk_coverage()
    right.plot([100 * c for c, _ in curve], [100 * r for _, r in curve], color="#8a2b0e")
    right.axhline(5, color="#999999", linestyle="--")
    right.set(
        xlabel="questions answered, %",
        ylabel="answers from a wrong sheet, %",
        title="Risk and coverage",
        xlim=(0, 100),
        ylim=(0, None),
    )
    figure.tight_layout()
    figure.savefig(path, dpi=120)


def _figure(columns: int) -> tuple[Any, Any]:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    return pyplot.subplots(1, columns, figsize=(5 * columns, 4))
