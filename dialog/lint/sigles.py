"""Sigles that the voice does not know: are they letters, a word, or to be said in full?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dialog.lint.finding import Finding, Severity
from dialog.lint.folder import Folder
from dialog.lint.numbers import FILE_NUMBER

_SIGLE = re.compile(r"(?<![\w@./-])[A-Z](?:[A-Z]|\.(?=[A-Z]\.)){1,11}(?![\w@])")
_ROMAN = re.compile(r"[IVX]+")
SHOUTED = 6  #: letters; a longer word in capitals is a word


def check(folder: Folder) -> Iterator[Finding]:
    """Each unknown sigle once a sheet."""
    for page in folder.pages:
        seen: set[str] = set()
        for passage in page.passages:
            for sigle in _found(passage.text):
                if sigle in seen or sigle in folder.sigles:
                    continue
                seen.add(sigle)
                message = (
                    f"Le sigle « {sigle} » est inconnu : dites dans pronunciation.toml s'il "
                    "s'épelle (letters), se lit ([words]) ou se dit en entier ([expand])."
                )
                yield page.finding(Severity.WARNING, "sigle", passage.line, message)


def _found(text: str) -> Iterator[str]:
    for match in _SIGLE.finditer(FILE_NUMBER.sub(" ", text)):
        sigle = match[0].replace(".", "")
        if not _ROMAN.fullmatch(sigle) and len(sigle) <= SHOUTED:
            yield sigle
