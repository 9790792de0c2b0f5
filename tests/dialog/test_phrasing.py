"""A model's own words reach the caller only when the sheet holds every fact in them."""

from __future__ import annotations

import pytest

from dialog.desk import Desk
from dialog.search import Index
from dialog.town import Town
from tests.dialog.conftest import OPEN, Caller


class Says:
    """Stands for a model far away: says one thing."""

    def __init__(self, words: str) -> None:
        self.words = words

    def phrase(self, question: str, sentences: str) -> str:
        assert question
        assert sentences
        return self.words


@pytest.mark.parametrize(
    ("words", "spoken"),
    [
        ("Pour un adulte, comptez 86 €, en timbre fiscal.", True),
        ("Pour un adulte, comptez 68 €, en timbre fiscal.", False),
        ("Le passeport est gratuit.", False),
        ("Oui, 86 €.", False),
        ("", False),
        ("Le passeport coûte 86 €. " * 20, False),
    ],
)
def test_only_what_the_sheet_holds_is_phrased(
    town: Town, sheets, index: Index, words: str, spoken: bool
) -> None:
    desk = Desk(town, sheets, index, clock=lambda: OPEN, phraser=Says(words))
    reply = Caller(desk).says("combien coûte un passeport ?")
    own = "Le passeport coûte 86 € pour un adulte, en timbre fiscal."
    assert reply.say == (words if spoken else own)
    assert reply.sentences == (own,)
