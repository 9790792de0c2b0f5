"""The index: what is kept, what is computed again, and how words are prepared."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from dialog.search import Index
from dialog.search.cache import FILE, WORDS
from dialog.search.fit import examples, fit
from dialog.search.leaning import Leant
from dialog.search.leaning import confidence as leaning_confidence
from dialog.search.lexicon import Lexicon
from dialog.search.normalise import fold, quiet, terms, without_noise
from dialog.search.ranking import SIGNALS, Weights, evidence
from dialog.search.windows import WIDTH, windows

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
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {FILE, WORDS}, "no temporary file is left"


def test_a_folder_that_cannot_be_written_costs_only_time(sheets, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    index = Index.build(sheets[:1], blocked / "index")
    assert index.rank(index.query("carte d'identité"), DAY).hits


def test_the_best_sheet_comes_with_a_confidence(index: Index) -> None:
    ranking = index.rank(index.query("combien coûte un passeport"), DAY)
    assert ranking.hits[0].sheet.id == "passeport"
    assert 0 < sum(hit.probability for hit in ranking.hits[1:]) <= 1 - ranking.confidence + 1e-6
    far = index.rank(index.query("la recette du gratin dauphinois"), DAY)
    assert far.confidence < ranking.confidence
    assert far.score < ranking.score


def test_context_moves_the_ranking(index: Index) -> None:
    query = index.query("c'est combien")
    moved = index.rank(query, DAY, context={"mariage": 50.0})
    assert moved.hits[0].sheet.id == "mariage"
    assert index.rank(query, DAY, context={"unknown": 50.0}).hits


def test_the_sheet_last_spoken_completes_a_follow_up(index: Index, sheets) -> None:
    last = next(sheet for sheet in sheets if sheet.id == "passeport")
    query = index.query("et pour mon fils")
    assert index.rank(query, DAY, last=last).hits[0].sheet.id == "passeport-enfant"


def test_alternatives_of_the_recogniser_help(index: Index) -> None:
    misheard = "je voudrais un passe fort"
    alone = index.rank(index.query(misheard), DAY)
    helped = index.rank(index.query(misheard, ["je voudrais un passeport"]), DAY)
    assert helped.hits[0].sheet.id.startswith("passeport")
    assert helped.score > alone.score


def test_inverted_lists_are_kept_and_made_again_when_a_sheet_changes(
    sheets, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Index.build(sheets[:2], tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(Lexicon, "build", lambda *_: pytest.fail("built again"))
        Index.build(sheets[:2], tmp_path)
    changed = [replace(sheets[0], questions=("où est ma carte grise",)), sheets[1]]
    index = Index.build(changed, tmp_path)
    assert "gris" in index.words.stems.numbers


def test_the_fit_raises_the_likelihood_of_the_right_sheets(index: Index, sheets) -> None:
    questions = [(sheet.questions[0], [sheet.id]) for sheet in sheets]
    given = examples(index, questions)

    def mean_share(weights) -> float:
        logits = given.scores(weights)
        share = np.exp(logits - logits.max(axis=1, keepdims=True))
        share /= share.sum(axis=1, keepdims=True)
        return float(np.log((share * given.right).sum(axis=1)).sum())

    assert mean_share(fit(given)) > mean_share(np.zeros(given.signals.shape[2]))


def test_confidence_grows_with_the_distance_to_the_second() -> None:
    weights = Weights.load()
    signals = np.full(len(SIGNALS), 0.5, np.float32)
    signals[SIGNALS.index("meaning")] = 0.1  # a sheet that is not near by itself
    close, clear = [12.0, 11.9, 11.0], [12.0, 9.0, 8.5]
    assert weights.confidence(close, signals) + 0.2 < weights.confidence(clear, signals)
    assert weights.confidence([20.0], signals) > weights.confidence([weights.floor], signals)
    assert len(evidence([3.0], signals, weights.floor)) == len(weights.evidence)


def test_a_follow_up_that_leads_by_both_is_surer_than_by_the_title_alone() -> None:
    scores = {
        "both": ([9.0, 4.0, 3.0], [12.0, 6.0, 5.0]),
        "title": ([3.0, 4.0, 9.0], [12.0, 6.0, 5.0]),
    }
    sure = {}
    for name, (alone, together) in scores.items():
        joint = [a + t for a, t in zip(alone, together, strict=True)]
        order = sorted(range(3), key=lambda n: -joint[n])
        leant = Leant(
            np.array(alone, np.float32),
            np.array(together, np.float32),
            last=0,
            wishes=np.zeros(3, bool),
            words=4,
        )
        best = [joint[n] for n in order]
        sure[name] = leaning_confidence(leant.facts(order, best, np.ones(3, bool)))
    assert 0 < sure["title"] < sure["both"] < 1


def test_a_long_turn_is_searched_in_overlapping_pieces_that_reach_its_end() -> None:
    words = [f"mot{n}" for n in range(31)]
    pieces = windows(" ".join(words))
    assert all(len(piece.split()) <= WIDTH for piece in pieces)
    assert [word for word in words if not any(word in piece.split() for piece in pieces)] == []
    assert pieces[-1].split()[-1] == words[-1]
    assert windows("une question courte") == []


def test_nobody_spoke_of_a_child_so_the_sheet_for_adults_is_meant(index: Index) -> None:
    for asked, sheet in (("un passeport", "passeport"), ("pour ma fille", "passeport-enfant")):
        found = index.rank(index.query(f"c'est combien le passeport, {asked}"), DAY)
        assert found.hits[0].sheet.id == sheet
