"""The models and the disk they are on."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from deploy.doctor.finding import Finding, warned
from deploy.parts import Town
from models import ModelError

DISK_NEEDED_BYTES = 2 * 1024**3


def weight_findings(town: Town, *, hashes: bool) -> Iterator[Finding]:
    """Whether the weights of the profile are here, and room for more.

    Args:
        hashes: compare every file with its checksum, too.
    """
    yield room("disk", town.store.root)
    yield room("disk of the town", town.folder.root)
    used = []
    for need in town.profile.needs:
        name = f"model: {need.purpose}" + (f" {need.language}" if need.language != "*" else "")
        try:
            model = town.store.resolve(need.purpose, need.language, town.profile)
        except ModelError as error:
            yield Finding(name, False, str(error))
            continue
        used.append(model.id)
        yield Finding(name, True, model.id)
    if hashes:
        yield from _hashes(town, used)


def room(check: str, path: Path) -> Finding:
    """Whether the disk has room for models, speech and records."""
    usage = shutil.disk_usage(existing(path))
    free = f"{usage.free / 1024**3:.0f} GiB free at {path} (2 GiB are needed)"
    if usage.free < DISK_NEEDED_BYTES:
        return Finding(check, False, f"{free}: make room, or move the folder")
    if usage.free < usage.total * 0.05:
        return warned(check, f"{free}, but that is under 5 % of the disk")
    return Finding(check, True, free)


def existing(path: Path) -> Path:
    """The folder itself, or the nearest one above that exists."""
    return next(folder for folder in (path, *path.absolute().parents) if folder.is_dir())


def _hashes(town: Town, used: list[str]) -> Iterator[Finding]:
    wrong = {name: error for name, error in town.store.verify(used).items() if error is not None}
    for name, error in wrong.items():
        yield Finding(f"checksum: {name}", False, str(error))
    if not wrong:
        yield Finding("checksums", True, f"{len(used)} models are as published")
