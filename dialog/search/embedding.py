"""Meaning as vectors: multilingual-e5-small in 8 bits, on CTranslate2."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.e5_small import e5_small

Vectors = NDArray[np.float32]
DIMENSION = 384
_FIRST, _LAST = 0, 2  #: <s> and </s>
_LONGEST = 510  #: pieces of a text besides these two; the model has 512 positions
_MOST_THREADS = 4


class Embedder:
    """One shared engine; threads may call it at once, each text on one core."""

    def __init__(self, store: Path | None = None) -> None:
        """
        Args:
            store: folder of the model store; default: the user's.

        Raises:
            ModelError: the weights are not there; the message names the cure.
        """
        import ctranslate2  # takes a moment to load: only who searches pays
        from tokenizers import Tokenizer

        folder = e5_small(store)
        self._tokenizer: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
        norm = json.loads((folder / "norm.json").read_text(encoding="utf-8"))
        self._norm = {int(character): text for character, text in norm.items()}
        cores = min(_MOST_THREADS, len(os.sched_getaffinity(0)))
        # two threads for one short text wait for each other: one core a text, several texts at once
        self._encoder: Any = ctranslate2.Encoder(
            str(folder), device="cpu", compute_type="int8", inter_threads=cores, intra_threads=1
        )

    def embed(self, texts: Sequence[str], *, is_query: bool) -> Vectors:
        """Unit vectors, shape (len(texts), 384); blocks, and releases the GIL.

        A text longer than the model's 512 positions is cut.
        """
        if not texts:
            return np.zeros((0, DIMENSION), np.float32)
        prefix = "query: " if is_query else "passage: "
        pieces = [self._pieces(f"{prefix}{text}") for text in texts]
        states = np.asarray(self._encoder.forward_batch(pieces).last_hidden_state)
        means = [row[: len(one)].mean(axis=0) for row, one in zip(states, pieces, strict=True)]
        rows = np.stack(means).astype(np.float32)
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)

    def _pieces(self, text: str) -> list[int]:
        words = " ".join(text.translate(self._norm).split())
        return [_FIRST, *self._tokenizer.encode(words).ids[:_LONGEST], _LAST]
