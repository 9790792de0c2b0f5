"""Embeddings and inverted lists kept on disk by content: a start computes only what changed."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import zipfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dialog.search.background import Background
from dialog.search.embedding import DIMENSION, Embedder, Vectors
from dialog.search.entries import Entry
from dialog.search.lexicon import Lexicon
from dialog.sheets import Sheet

logger = logging.getLogger("allomairie.dialog")

Progress = Callable[[int, int], None]  #: entries done, entries in all
FILE = "embeddings-e5-small-int8.npz"
WORDS = "words.npz"
WORDS_FORMAT = "2"  #: raised when the pieces of a text or their weights change
_BATCH = 16
_UNUSABLE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile)


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
    # texts of about one length together: the shorter ones are padded
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
    except _UNUSABLE as error:
        logger.warning("%s is not usable (%s): computing the index again", path, error)
        return {}
    return {str(key): row for key, row in zip(keys, rows, strict=True)}


def lexicon(
    sheets: Sequence[Sheet], found: Sequence[Entry], background: Background, folder: Path
) -> Lexicon:
    """The inverted lists of these entries, built when `folder` holds those of others."""
    digest = hashlib.sha256(WORDS_FORMAT.encode())
    for entry in found:
        digest.update(f"{entry.sheet} {entry.kind:d} {entry.text}\n".encode())
    for sheet_id, lines in background.bank.items():
        digest.update(f"{sheet_id} {lines}\n".encode())
    key = np.frombuffer(digest.digest(), np.uint8)
    try:
        with np.load(folder / WORDS, allow_pickle=False) as stored:
            if np.array_equal(stored["key"], key):
                return Lexicon.restored({name: stored[name] for name in stored.files})
    except FileNotFoundError:
        pass
    except _UNUSABLE as error:
        logger.warning("%s is not usable (%s): computing it again", folder / WORDS, error)
    built = Lexicon.build(sheets, found, background)
    _save(folder / WORDS, {"key": key, **built.arrays()})
    return built


def _write(folder: Path, known: dict[str, Vectors]) -> None:
    rows = np.stack(list(known.values())).astype(np.float16)
    _save(folder / FILE, {"keys": np.array(list(known)), "vectors": rows})


def _save(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write beside and rename: an interruption leaves the old file."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as stream:
            np.savez(stream, allow_pickle=False, **arrays)
        temporary.replace(path)
    except OSError as error:
        logger.warning("the index cannot be kept in %s: %s", path.parent, error)
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
