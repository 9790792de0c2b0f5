"""What of a reply counts as heard."""

from __future__ import annotations

import pytest

from telephony.playout import Playout


def playing(written: int) -> Playout:
    playout = Playout()
    playout.queue("Les encombrants sont enlevés chez vous.", 4000)
    playout.queue("C'est gratuit.", 1000)
    playout.written = written
    return playout


@pytest.mark.parametrize(
    ("written", "heard", "left"),
    [
        (0, "", ["Les encombrants sont enlevés chez vous.", "C'est gratuit."]),
        (
            2000,
            "Les encombrants sont",
            ["Les encombrants sont enlevés chez vous.", "C'est gratuit."],
        ),
        (4000, "Les encombrants sont enlevés chez vous.", ["C'est gratuit."]),
        (4500, "Les encombrants sont enlevés chez vous. C'est", ["C'est gratuit."]),
        (5000, "Les encombrants sont enlevés chez vous. C'est gratuit.", []),
        (9000, "Les encombrants sont enlevés chez vous. C'est gratuit.", []),
    ],
)
def test_split(written: int, heard: str, left: list[str]) -> None:
    assert playing(written).split() == (heard, left)


def test_nothing_queued_is_nothing_heard() -> None:
    assert Playout().split() == ("", [])
