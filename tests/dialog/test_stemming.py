"""All calls share one stemmer, which holds the word that it works on."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import pytest

from dialog.search import normalise
from records import words as searched

WORDS = [
    f"{root}{ending}"
    for root, ending in product(
        ("inscri", "renouvel", "stationn", "declar", "nettoy", "ramass", "depos", "signal"),
        (
            "ption",
            "lement",
            "ements",
            "ations",
            "erions",
            "eraient",
            "ables",
            "eusement",
            "issions",
        ),
    )
]


@pytest.mark.parametrize("stem", [normalise.stem.__wrapped__, searched._stem.__wrapped__])
def test_threads_stem_alike(stem: Callable[[str], str]) -> None:
    """Eight threads at once, without the cache, give what one gives alone."""
    alone = {word: stem(word) for word in WORDS}
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(stem, WORDS * 40))
    assert together == [alone[word] for word in WORDS * 40]
