"""The store: one folder per model, each with a manifest of what was verified.

~/.cache/allomairie/models/        or $ALLOMAIRIE_MODELS
    whisper-base/model.bin …       a model's files, all or none
    whisper-base/manifest.json     their sizes and SHA-256, where they came from
    .partial/                      downloads on their way; kept, so that a pull goes on
    .lock                          held by the process that pulls
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path

from models.catalogue import Catalogue, Model, ModelFile, Source, load_catalogue
from models.errors import Busy, ModelCorrupt, ModelError, ModelMissing, from_os_error
from models.profiles import Profile

MANIFEST = "manifest.json"
_REMEDY = "run `allomairie models pull`"


class State(StrEnum):
    MISSING = "missing"
    PRESENT = "present"
    CORRUPT = "corrupt"


def default_root() -> Path:
    """$ALLOMAIRIE_MODELS, else a folder of the user's cache (XDG base directories)."""
    chosen = os.environ.get("ALLOMAIRIE_MODELS")
    if chosen:
        return Path(chosen).expanduser()
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "allomairie" / "models"


def sha256_of(path: Path) -> str:
    """Hexadecimal SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class Store:
    """The verified models of one folder. Cheap to make, safe to share between threads."""

    def __init__(self, root: Path | None = None, catalogue: Catalogue | None = None) -> None:
        self.root = root if root is not None else default_root()
        self.catalogue = catalogue if catalogue is not None else load_catalogue()

    @property
    def partial(self) -> Path:
        return self.root / ".partial"

    def folder(self, model_id: str) -> Path:
        """Where the model's files are, or will be."""
        return self.root / self.catalogue[model_id].id

    def path(self, model_id: str) -> Path:
        """The folder of a model that is there and has the sizes that were verified.

        Raises:
            ModelMissing, ModelCorrupt: with the command that cures it.
        """
        problem = self._problem(self.catalogue[model_id])
        if problem is not None:
            raise problem
        return self.folder(model_id)

    def file(self, model_id: str) -> Path:
        """The file that the engine opens (the folder itself for faster-whisper); as `path`."""
        return self.path(model_id) / self.catalogue[model_id].entry

    def state(self, model_id: str) -> State:
        """Quick look: manifest and sizes, no hashing."""
        match self._problem(self.catalogue[model_id]):
            case None:
                return State.PRESENT
            case ModelMissing():
                return State.MISSING
            case _:
                return State.CORRUPT

    def resolve(self, purpose: str, language: str, profile: Profile) -> Model:
        """The best model of the profile for this need that is in the store.

        Raises:
            ModelMissing: none of the alternatives is there.
        """
        alternatives = profile.alternatives(purpose, language)
        for model_id in alternatives:
            if self.state(model_id) is State.PRESENT:
                return self.catalogue[model_id]
        wanted = " or ".join(alternatives) or f"any {purpose} model for {language!r}"
        raise ModelMissing(f"The model store lacks {wanted}; {_REMEDY}.")

    def verify(self, ids: Iterable[str] | None = None) -> dict[str, ModelError | None]:
        """Hash every file of the models given, else of all that are there, against the catalogue.

        Files without a manifest that prove right (copied by hand) are taken in.
        """
        wanted = list(ids) if ids is not None else [i for i in self.catalogue if self._began(i)]
        return {model_id: self._verified(self.catalogue[model_id]) for model_id in wanted}

    def adopt(self, model: Model) -> bool:
        """Write the manifest of a folder whose files are exactly those of one of the sources."""
        folder = self.folder(model.id)
        for source in model.sources:
            if all(_is_exactly(folder / file.path, file) for file in source.files):
                write_manifest(folder, model, source)
                return True
        return False

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the store for writing.

        Raises:
            Busy: another process holds it.
        """
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            stream = (self.root / ".lock").open("w")
        except OSError as error:
            raise from_os_error(error, self.root) from error
        with stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Busy(
                    f"Another `allomairie models pull` is writing to {self.root}; "
                    "let it finish, then try again."
                ) from None
            yield

    def _began(self, model_id: str) -> bool:
        return self.folder(model_id).is_dir()

    def _verified(self, model: Model) -> ModelError | None:
        problem = self._problem(model)
        if problem is None:
            entries = _read_manifest(self.folder(model.id), model)
            problem = _first_difference(self.folder(model.id), model, entries or {})
            if problem is not None:
                with suppress(OSError):  # without manifest it is no longer used, and pulled anew
                    (self.folder(model.id) / MANIFEST).unlink()
        elif self._began(model.id) and self.adopt(model):
            return None
        return problem

    def _problem(self, model: Model) -> ModelError | None:
        folder = self.folder(model.id)
        if not folder.is_dir():
            return ModelMissing(f"The model {model.id} is not in {self.root}; {_REMEDY}.")
        entries = _read_manifest(folder, model)
        if entries is None:
            return _corrupt(model, MANIFEST)
        for path, (size, _) in entries.items():
            file = folder / path
            if not file.is_file() or file.stat().st_size != size:
                return _corrupt(model, path)
        return None


def write_manifest(folder: Path, model: Model, source: Source) -> None:
    """Record what was verified; last of all files, so that its presence says "complete"."""
    content = {
        "model": model.id,
        "source": str(source),
        "files": [{"path": f.path, "size": f.size, "sha256": f.sha256} for f in source.files],
    }
    temporary = folder / (MANIFEST + ".new")
    temporary.write_text(json.dumps(content, indent=1), encoding="utf-8")
    temporary.replace(folder / MANIFEST)


def _read_manifest(folder: Path, model: Model) -> dict[str, tuple[int, str]] | None:
    """Sizes and hashes by path; None unless they are those of one of the catalogue's sources."""
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        entries = {f["path"]: (int(f["size"]), str(f["sha256"])) for f in content["files"]}
    except (OSError, ValueError, KeyError, TypeError):
        return None
    known = [{f.path: (f.size, f.sha256) for f in source.files} for source in model.sources]
    return entries if entries in known else None


def _first_difference(
    folder: Path, model: Model, entries: dict[str, tuple[int, str]]
) -> ModelError | None:
    for path, (_, sha256) in entries.items():
        if sha256_of(folder / path) != sha256:
            return _corrupt(model, path)
    return None


def _is_exactly(path: Path, file: ModelFile) -> bool:
    return path.is_file() and path.stat().st_size == file.size and sha256_of(path) == file.sha256


def _corrupt(model: Model, path: str) -> ModelCorrupt:
    return ModelCorrupt(
        f"The model {model.id} is damaged on disk: {path} is not what was verified; {_REMEDY}."
    )
