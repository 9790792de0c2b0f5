"""The index: what is kept, what is computed again, and how words are prepared."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from dialog.search import Index
from dialog.search.cache import FILE
from dialog.search.fit import examples, fit
from dialog.search.normalise import fold, quiet, terms, without_noise

DAY = date(2026, 11, 24)


def test_folding_takes_away_what_whisper_adds() -> None:
    assert fold("L'État civil, s'il vous plaît !") == "l etat civil s il vous plait"
    assert fold("Un cœur « bœuf » à 8h30.") == "un coeur boeuf a 8 h 30"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Bonjour, euh, je voudrais savoir combien coûte la cantine ?", "combien coute la cantine"),
        ("Allô, excusez-moi de vous déranger, ma carte est périmée.", "ma carte est perimee"),
        ("Bonjour.", "bonjour"),
    ],
)
def test_politeness_and_fillers_go(said: str, kept: str) -> None:
    assert without_noise(said) == kept


def test_the_embedding_reads_accents_but_no_fillers() -> None:
    assert quiet("Bonjour, je voudrais savoir : où est l'École ?") == "où est l'école"


def test_stems_join_forms_and_drop_small_words() -> None:
    assert terms("les inscriptions") == terms("une inscription")
    assert terms("et pour le la les") == []


def test_only_what_changed_is_computed_again(sheets, tmp_path: Path) -> None:
    done: list[tuple[int, int]] = []
    Index.build(sheets[:2], tmp_path, progress=lambda *counts: done.append(counts))
    assert done[-1][0] == done[-1][1] > 5
    done.clear()
    Index.build(sheets[:2], tmp_path, progress=lambda *counts: done.append(counts))
    assert done == []
    Index.build(sheets[:3], tmp_path, progress=lambda *counts: done.append(counts))
    assert 0 < done[-1][1] < 20


@pytest.mark.parametrize("content", [b"", b"not an archive", b"PK\x03\x04 truncated"])
def test_a_damaged_file_is_computed_again(sheets, tmp_path: Path, content: bytes) -> None:
    Index.build(sheets[:1], tmp_path)
    (tmp_path / FILE).write_bytes(content)
    index = Index.build(sheets[:1], tmp_path)
    assert index.rank(index.query("carte d'identité"), DAY).hits
    with np.load(tmp_path / FILE) as stored:
        assert len(stored["keys"]) > 0
    assert [path.name for path in tmp_path.iterdir()] == [FILE], "no temporary file is left"


def test_a_folder_that_cannot_be_written_costs_only_time(sheets, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    index = Index.build(sheets[:1], blocked / "index")
    assert index.rank(index.query("carte d'identité"), DAY).hits


def test_shares_are_probabilities(index: Index) -> None:
    ranking = index.rank(index.query("combien coûte un passeport"), DAY)
    assert 0 < sum(hit.probability for hit in ranking.hits) + ranking.none <= 1.0001
    assert [h.probability for h in ranking.hits] == sorted(
        (h.probability for h in ranking.hits), reverse=True
    )
    assert ranking.hits[0].sheet.id == "passeport"


def test_context_moves_the_ranking(index: Index) -> None:
    query = index.query("c'est combien")
    moved = index.rank(query, DAY, context={"mariage": 50.0})
    assert moved.hits[0].sheet.id == "mariage"
    assert index.rank(query, DAY, context={"unknown": 50.0}).hits


def test_the_fit_raises_the_likelihood_of_the_right_sheets(index: Index) -> None:
    x, right, weight = examples(index)
    beta = fit(x, right, weight, steps=8)

    def mean_share(weights) -> float:
        logits = x @ weights
        share = np.exp(logits - logits.max(axis=1, keepdims=True))
        share /= share.sum(axis=1, keepdims=True)
        return float(np.log(share[np.arange(len(x)), right]) @ weight)

    assert mean_share(beta) > mean_share(np.zeros_like(beta))
