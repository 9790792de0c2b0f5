"""The pieces of a text that search by words compares: stems, and runs of four letters.

Runs of letters find what stems miss: other forms, compounds, and words the recogniser misheard.
"""

from __future__ import annotations

from dialog.search.normalise import STOP, spelt, stem, without_noise

RUN = 4


def stems(text: str) -> list[str]:
    """Stems of the words that carry meaning, politeness and fillers left out."""
    return [stem(word) for word in _words(text) if len(word) > 1]


def runs(text: str) -> list[str]:
    """Every run of four letters in the words that carry meaning, spaces included."""
    line = f" {' '.join(_words(text))} "
    return [line[at : at + RUN] for at in range(len(line) - RUN + 1)]


def _words(text: str) -> list[str]:
    return [word for word in without_noise(spelt(text)).split() if word not in STOP]
