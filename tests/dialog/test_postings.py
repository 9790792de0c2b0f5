"""Search by words: rare pieces count more, and what is stored comes back the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialog.search.background import Counts
from dialog.search.groups import NOTHING, Groups
from dialog.search.pieces import pieces, stems
from dialog.search.postings import Postings

TEXTS = [["carte", "perdue"], ["carte", "grise"], ["chien", "perdu", "chien"], []]


def test_a_text_is_closest_to_itself() -> None:
    found = Postings.by_cosine(TEXTS, Counts())
    scores = found.cosine(["carte", "grise"])
    assert scores.argmax() == 1
    assert scores[1] == pytest.approx(1.0, abs=1e-5)
    assert scores[3] == 0


def test_a_rare_piece_counts_more_than_a_common_one() -> None:
    found = Postings.by_bm25(TEXTS, Counts.of([["carte"]] * 20))
    scores = found.share(["carte", "chien"])
    assert scores[2] > scores[0]


def test_unknown_pieces_make_a_query_less_sure() -> None:
    found = Postings.by_cosine(TEXTS, Counts())
    assert found.cosine(["grise", "inconnu"])[1] < found.cosine(["grise"])[1]
    assert not found.cosine([]).any()


@given(st.lists(st.lists(st.sampled_from("abcdef"), max_size=6), min_size=1, max_size=8))
def test_what_is_stored_comes_back(bags: list[list[str]]) -> None:
    made = Postings.by_bm25([*bags, ["z"]], Counts())
    restored = Postings.restored(made.arrays("x"), "x")
    for bag in bags:
        assert np.array_equal(made.share(bag), restored.share(bag))


def test_letters_find_what_the_recogniser_misheard() -> None:
    heard, meant, other = (
        pieces(text).runs for text in ("la déchetrie", "la déchetterie", "la piscine")
    )
    assert len(set(heard) & set(meant)) > len(set(heard) & set(other))
    assert stems("euh bonjour je voudrais la déchetterie") == stems("déchetterie")


def test_the_best_and_the_best_three_of_each_sheet() -> None:
    groups = Groups(np.array([2, 0, 0, 0, 0]), 3)
    best, three = groups.best(np.array([0.5, 0.1, 0.4, 0.2, 0.3], np.float32))
    assert best.tolist() == pytest.approx([0.4, NOTHING, 0.5])
    assert three.tolist() == pytest.approx([0.3, NOTHING, 0.5])
    empty, _ = Groups(np.zeros(0, np.int64), 2).best(np.zeros(0, np.float32))
    assert empty.tolist() == [NOTHING, NOTHING]
