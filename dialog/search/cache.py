"""Embeddings kept on disk by content, so that a start computes only what changed."""

from __future__ import annotations

import contextlib
import logging
import os
import zipfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from dialog.search.embedding import DIMENSION, Embedder, Vectors
from dialog.search.entries import Entry

logger = logging.getLogger("allomairie.dialog")

Progress = Callable[[int, int], None]  #: entries done, entries in all
FILE = "embeddings-e5-small-q4.npz"
_BATCH = 16


def vectors(
    entries: Sequence[Entry], folder: Path, embedder: Embedder, progress: Progress | None = None
) -> Vectors:
    """The embeddings of these entries, shape (len(entries), 384), computed where unknown.

    What is computed is kept in `folder`, written to a temporary file first: an interrupted start
    leaves the old file. A folder that cannot be written costs only the next start its time.
    """
    known = _read(folder / FILE)
    missing = {entry.key: entry for entry in entries if entry.key not in known}
    if missing:
        known.update(_compute(list(missing.values()), embedder, progress))
        _write(folder, {entry.key: known[entry.key] for entry in entries})
    if not entries:
        return np.zeros((0, DIMENSION), np.float32)
    return np.stack([known[entry.key] for entry in entries]).astype(np.float32)


def _compute(
    entries: Sequence[Entry], embedder: Embedder, progress: Progress | None
) -> dict[str, Vectors]:
    # texts of about one length together: the engine has no padding, but progress is smoother
    ordered = sorted(entries, key=lambda entry: (entry.is_query, len(entry.text)))
    batches = [ordered[at : at + _BATCH] for at in range(0, len(ordered), _BATCH)]

    def embed(batch: Sequence[Entry]) -> list[tuple[str, Vectors]]:
        found: list[tuple[str, Vectors]] = []
        for kind in (True, False):
            part = [entry for entry in batch if entry.is_query is kind]
            rows = embedder.embed([entry.text for entry in part], is_query=kind)
            found += [(entry.key, row) for entry, row in zip(part, rows, strict=True)]
        return found

    done: dict[str, Vectors] = {}
    with ThreadPoolExecutor(max_workers=len(os.sched_getaffinity(0))) as pool:
        for found in pool.map(embed, batches):
            done.update(found)
            if progress is not None:
                progress(len(done), len(entries))
    return done


def _read(path: Path) -> dict[str, Vectors]:
    try:
        with np.load(path, allow_pickle=False) as stored:
            keys, rows = stored["keys"], stored["vectors"]
        if rows.shape != (len(keys), DIMENSION):
            raise ValueError(f"shape {rows.shape}")
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        logger.warning("%s is not usable (%s): computing the index again", path, error)
        return {}
    return {str(key): row for key, row in zip(keys, rows, strict=True)}


def _write(folder: Path, known: dict[str, Vectors]) -> None:
    temporary = folder / f".{FILE}.{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as stream:
            np.savez(
                stream,
                keys=np.array(list(known)),
                vectors=np.stack(list(known.values())).astype(np.float16),
            )
        temporary.replace(folder / FILE)
    except OSError as error:
        logger.warning("the index cannot be kept in %s: %s", folder, error)
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
