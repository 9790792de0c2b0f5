"""Lets a capable model phrase an answer; what it says is spoken only if the sheet holds it."""

from __future__ import annotations

import logging
from typing import Protocol

from dialog.answers import MOST_WORDS
from dialog.grounding import check
from dialog.sheets import Sheet

logger = logging.getLogger("allomairie.dialog")


class Phraser(Protocol):
    """A model that answers a question with the words of a sheet, in at most 55 words."""

    def phrase(self, question: str, sentences: str) -> str:
        """The answer as it would say it; blocking; empty when it has none in time."""


def phrase(question: str, sentences: str, sheet: Sheet, phraser: Phraser | None) -> str:
    """The phrased answer when it passes every check, else the sheet's own sentences."""
    if phraser is None:
        return sentences
    said = " ".join(phraser.phrase(question, sentences).split())
    if not said or len(said.split()) > MOST_WORDS:
        return sentences
    if violations := check(said, sheet):
        kinds = ", ".join(sorted({violation.kind for violation in violations}))
        logger.info("a phrased answer on %s was refused: %s", sheet.id, kinds)
        return sentences
    return said
