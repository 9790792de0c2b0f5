"""Errors of national sheets.

NationalError               one sentence; what was there before is untouched
├── ArchiveError            the source is not an archive, a folder or holds no sheet
├── FileError               `national.jsonl` cannot be read or written
└── UnknownTheme            no sheet has a theme of this name
Refused                     one document that is no sheet; the import goes on without it
"""

from __future__ import annotations

from collections.abc import Iterable


class NationalError(ValueError):
    """What is wrong, in one sentence."""


class ArchiveError(NationalError):
    """The source cannot be read as sheets of service-public.fr."""


class FileError(NationalError):
    """The town's file of national sheets cannot be read or written."""


class UnknownTheme(NationalError):
    """A theme was asked for that no sheet has."""

    def __init__(self, wanted: str, known: Iterable[str]) -> None:
        names = ", ".join(f"«\xa0{name}\xa0»" for name in known)
        super().__init__(f"no sheet has the theme {wanted!r}; the themes are {names or 'none'}")


class Refused(ValueError):
    """Why a document does not become a sheet, in a few words that many documents share."""
