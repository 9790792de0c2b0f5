"""Reads single members out of a package's archive, without unpacking, installing or importing it.

Only streams come out of here: no name inside an archive ever becomes a path on the disk.
"""

from __future__ import annotations

import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from models.errors import NoSource, Truncated

DAMAGED = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError)


@contextmanager
def open_member(archive: Path, member: str) -> Iterator[IO[bytes]]:
    """Open one regular file inside a wheel (zip) or an npm package (tar.gz).

    Raises:
        NoSource: the archive has no such file.
        Truncated: the archive is damaged.
    """
    try:
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as bundle, bundle.open(member) as stream:
                yield stream
        else:
            with tarfile.open(archive) as bundle_tar:
                yield _regular(bundle_tar, member)
    except KeyError:
        raise NoSource(f"The package {archive.name} does not hold {member}.") from None
    except DAMAGED:
        raise Truncated(
            f"The package {archive.name} came damaged; run `allomairie models pull` again."
        ) from None


def _regular(bundle: tarfile.TarFile, member: str) -> IO[bytes]:
    info = bundle.getmember(member)
    stream = bundle.extractfile(info) if info.isreg() else None
    if stream is None:
        raise KeyError(member)
    return stream
