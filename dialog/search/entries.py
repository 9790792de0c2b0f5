"""What is searched: each title, summary, question and paragraph of a sheet is one entry."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from dialog.search.normalise import lower, quiet
from dialog.sheets import Sheet

LONGEST_SUMMARY = 600  #: characters: the engine's time grows with them, the meaning does not


class Kind(IntEnum):
    """Where an entry comes from."""

    TITLE = 0
    QUESTION = 1
    PARAGRAPH = 2
    SUMMARY = 3


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
    """All entries of these sheets, sheet by sheet.

    The paragraphs of national sheets are left out: 40,000 of them would take an hour to embed, and
    the bank of phrasings finds the sheet better than they do.
    """
    found: list[Entry] = []
    for number, sheet in enumerate(sheets):
        found.append(Entry(number, Kind.TITLE, lower(sheet.title)))
        found.append(Entry(number, Kind.SUMMARY, summary(sheet)))
        found += [Entry(number, Kind.QUESTION, quiet(question)) for question in sheet.questions]
        if sheet.national:
            continue
        for section in sheet.sections:
            prefix = f"{sheet.title} {section.heading}".strip()
            found += [
                Entry(number, Kind.PARAGRAPH, lower(f"{prefix} : {paragraph}"))
                for paragraph in section.paragraphs
            ]
    return found


def summary(sheet: Sheet) -> str:
    """The title and the direct answer, as the embedding reads them."""
    answer = " ".join(sheet.sections[0].paragraphs) if sheet.sections else ""
    return lower(f"{sheet.title} : {answer}")[:LONGEST_SUMMARY]
