"""The pieces of a text that search by words compares: stems, and runs of four letters.

Runs of letters find what stems miss: other forms, compounds, and words the recogniser misheard.
"""

from __future__ import annotations

from typing import NamedTuple

from dialog.search.normalise import STOP, spelt, stem, without_noise
from dialog.sounds import sound_runs

RUN = 4


class Pieces(NamedTuple):
    """All pieces of one text, in the order they stand; the costly part is done once."""

    stems: list[str]  #: of the words that carry meaning
    runs: list[str]  #: every run of four letters in these words, spaces included
    sounds: list[str]  #: every run of three rough sounds, of all words


def pieces(text: str) -> Pieces:
    """The pieces of a text, politeness and fillers left out."""
    words = without_noise(spelt(text)).split()
    telling = [word for word in words if word not in STOP]
    line = f" {' '.join(telling)} "
    return Pieces(
        [stem(word) for word in telling if len(word) > 1],
        [line[at : at + RUN] for at in range(len(line) - RUN + 1)],
        sound_runs(words),
    )


def stems(text: str) -> list[str]:
    """Stems of the words that carry meaning, politeness and fillers left out."""
    return [
        stem(word)
        for word in without_noise(spelt(text)).split()
        if word not in STOP and len(word) > 1
    ]
