"""What is searched: each title, question and paragraph of a sheet is one entry."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from dialog.search.normalise import lower
from dialog.sheets import Sheet


class Kind(IntEnum):
    """Where an entry comes from."""

    TITLE = 0
    QUESTION = 1
    PARAGRAPH = 2


@dataclass(frozen=True)
class Entry:
    """One text that stands for its sheet."""

    sheet: int  #: number of the sheet in the list that was indexed
    kind: Kind
    text: str  #: as the embedding reads it

    @property
    def is_query(self) -> bool:
        """Questions are embedded like callers' words, the rest like documents."""
        return self.kind is Kind.QUESTION

    @property
    def key(self) -> str:
        """Name of the entry's embedding on disk: the same text is never computed twice."""
        return hashlib.sha256(f"{int(self.is_query)}{self.text}".encode()).hexdigest()[:24]


def entries(sheets: Iterable[Sheet]) -> list[Entry]:
    """All entries of these sheets, sheet by sheet."""
    found: list[Entry] = []
    for number, sheet in enumerate(sheets):
        found.append(Entry(number, Kind.TITLE, lower(sheet.title)))
        found += [Entry(number, Kind.QUESTION, lower(question)) for question in sheet.questions]
        for section in sheet.sections:
            prefix = f"{sheet.title} {section.heading}".strip()
            found += [
                Entry(number, Kind.PARAGRAPH, lower(f"{prefix} : {paragraph}"))
                for paragraph in section.paragraphs
            ]
    return found
