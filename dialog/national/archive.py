"""The documents of an edition: a ZIP as DILA publishes it, or the folder of one that was unpacked.

Nothing is ever extracted: members are read one at a time into memory, each one bounded by what it
really holds, not by what the archive says of it.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from dialog.national.errors import ArchiveError

MOST_BYTES = 16 * 2**20  #: of one document; the largest sheet of 2020 has 0.4 MiB
MOST_TOTAL_BYTES = 2 * 2**30  #: of all sheets; the edition of 2020 has 60 MiB
MOST_MEMBERS = 100_000
_SHEET = re.compile(r"F[0-9]{1,9}\.xml")


@dataclass(frozen=True)
class Document:
    """One member: its content, or what is wrong with it."""

    name: str  #: as the archive writes it
    content: bytes = b""
    problem: str = ""

    @property
    def sheet(self) -> str:
        """The id of the sheet that this should be: F1341."""
        return PurePosixPath(self.name).stem


class Edition:
    """What a source holds; opened once, read once.

    Raises:
        ArchiveError: it is neither a ZIP nor a folder with sheets, in one sentence.
    """

    def __init__(self, source: Path) -> None:
        self.source = source
        if source.is_dir():
            self._zip = None
            self._names = sorted(str(path.relative_to(source)) for path in _files(source))
        else:
            self._zip = _open(source)
            self._names = [info.filename for info in self._zip.infolist() if _is_sheet(info)]
        if not self._names:
            raise ArchiveError(
                f"{source} holds no sheet of service-public.fr (a file such as F1341.xml); "
                "give the archive vosdroits-latest.zip or its unpacked folder"
            )

    def __len__(self) -> int:
        return len(self._names)

    def documents(self) -> Iterator[Document]:
        """Each sheet's document, bad ones too, with their problem."""
        left = MOST_TOTAL_BYTES
        seen: set[str] = set()
        for name in self._names:
            document = self._document(name)
            if document.sheet in seen:
                document = Document(name, problem="stands twice in the archive")
            seen.add(document.sheet)
            left -= len(document.content)
            if left < 0:
                limit = MOST_TOTAL_BYTES // 2**30
                raise ArchiveError(f"{self.source} holds more than {limit} GiB of sheets")
            yield document

    def close(self) -> None:
        """Let go of the archive."""
        if self._zip is not None:
            self._zip.close()

    def __enter__(self) -> Edition:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _document(self, name: str) -> Document:
        if not _is_inside(name):
            return Document(name, problem="has a path that leaves the archive")
        try:
            content = self._read(name)
        except (zipfile.BadZipFile, zlib.error, EOFError):
            return Document(name, problem="is damaged in the archive")
        except (RuntimeError, NotImplementedError):
            return Document(name, problem="is encrypted or packed in an unknown way")
        except OSError as error:
            return Document(name, problem=f"cannot be read ({error.strerror or error})")
        if len(content) > MOST_BYTES:
            return Document(name, problem=f"is larger than {MOST_BYTES // 2**20} MiB")
        return Document(name, content)

    def _read(self, name: str) -> bytes:
        """At most one byte more than is allowed."""
        if self._zip is None:
            with (self.source / name).open("rb") as stream:
                return stream.read(MOST_BYTES + 1)
        with self._zip.open(name) as member:
            return member.read(MOST_BYTES + 1)


def _open(source: Path) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(source)
    except FileNotFoundError:
        raise ArchiveError(f"{source} does not exist") from None
    except (zipfile.BadZipFile, ValueError, OverflowError) as error:
        raise ArchiveError(
            f"{source} is not a ZIP archive, or was cut short ({error}); fetch it again"
        ) from error
    except OSError as error:
        raise ArchiveError(f"{source} cannot be read: {error.strerror or error}") from error
    if len(archive.infolist()) > MOST_MEMBERS:
        archive.close()
        raise ArchiveError(f"{source} has more than {MOST_MEMBERS} members")
    return archive


def _files(folder: Path) -> Iterator[Path]:
    """The sheets of a folder and its folders; a link could lead out of it, so none is followed."""
    for path in folder.rglob("F*.xml"):
        if _SHEET.fullmatch(path.name) and path.is_file() and not path.is_symlink():
            yield path


def _is_sheet(info: zipfile.ZipInfo) -> bool:
    return not info.is_dir() and _SHEET.fullmatch(PurePosixPath(info.filename).name) is not None


def _is_inside(name: str) -> bool:
    """Nothing is extracted, but who writes such a name means harm."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts
