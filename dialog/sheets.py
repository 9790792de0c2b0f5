"""Sheets: the validated information that the town speaks, one Markdown file each.

A file has a YAML head between two `---` lines, then paragraphs. The first ones, without a heading,
are the direct answer; each `## Heading` opens a section that answers one kind of question.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dialog.sheet_head import Head, SheetError, read_head

__all__ = [
    "DRAFT",
    "VALIDATED",
    "Link",
    "Section",
    "Sheet",
    "SheetError",
    "load_sheets",
    "parse_sheet",
    "spoken_on",
]

VALIDATED = "validée"  #: the only status that is ever spoken
DRAFT = "brouillon"  #: of a national sheet that the town has not validated


@dataclass(frozen=True)
class Link:
    """A page, an online service or a form; shown or sent, never spoken."""

    title: str
    url: str


@dataclass(frozen=True)
class Section:
    """A part of a sheet; the direct answer has the empty heading."""

    heading: str
    paragraphs: tuple[str, ...]
    kind: str = ""  #: what it answers, as `dialog.national.kinds` names it; empty when unknown
    conditions: tuple[str, ...] = ()  #: for whom it holds: "Demande en France", "Pour un mineur"


@dataclass(frozen=True)
class Sheet:
    """One piece of validated information, as its file says it.

    The last fields are those of sheets from service-public.fr; the town's own leave them empty.
    """

    id: str
    title: str
    service: str
    status: str
    owner: str
    questions: tuple[str, ...]
    valid_from: date | None
    valid_until: date | None
    source: str
    lang: str
    sections: tuple[Section, ...]
    version: str  #: hash of the file's content, written with each turn that speaks it
    tags: tuple[str, ...] = ()  #: "événement", "réalisation": silent in an election period
    twins: tuple[str, ...] = ()  #: national sheets on the same, whose place it takes
    quiet: tuple[tuple[date, date], ...] = ()  #: days on which it stays silent, first and last
    theme: str = ""  #: "Papiers - Citoyenneté"
    dossier: str = ""  #: "Carte d'identité"
    audience: str = ""  #: "Particuliers"
    updated: date | None = None  #: when its editor last changed it
    url: str = ""  #: its page
    links: tuple[Link, ...] = ()
    see: tuple[str, ...] = ()  #: ids of sheets that it refers to
    keywords: tuple[str, ...] = ()  #: words to find it by that are not in its text

    def speakable(self, day: date) -> bool:
        """Whether the sheet is validated, valid on this day, and not silent for an election."""
        return (
            self.status == VALIDATED
            and (self.valid_from is None or self.valid_from <= day)
            and (self.valid_until is None or day <= self.valid_until)
            and not any(first <= day <= last for first, last in self.quiet)
        )

    def section(self, heading: str) -> int | None:
        """Where the section with this heading is, or None."""
        for number, section in enumerate(self.sections):
            if section.heading == heading:
                return number
        return None

    @property
    def national(self) -> bool:
        """Whether the sheet is one of service-public.fr: no service of the town owns it."""
        return bool(self.theme)

    @property
    def text(self) -> str:
        """All paragraphs, for what looks for a fact in the sheet."""
        return "\n".join(p for section in self.sections for p in section.paragraphs)


def spoken_on(sheets: Iterable[Sheet], day: date) -> list[Sheet]:
    """The sheets that may be spoken on this day."""
    return [sheet for sheet in sheets if sheet.speakable(day)]


def load_sheets(folder: Path) -> list[Sheet]:
    """Read every `*.md` of a folder, in the order of their names; [] when there is no folder.

    Raises:
        SheetError: the first file that is wrong, with its name and line.
    """
    found: dict[str, tuple[Path, Sheet]] = {}
    for path in sorted(folder.glob("*.md")):
        try:
            sheet = parse_sheet(path.read_text(encoding="utf-8"), path)
        except (OSError, UnicodeDecodeError) as error:
            raise SheetError(path, 1, f"cannot be read as UTF-8 text ({error})") from error
        if sheet.id in found:
            other = found[sheet.id][0].name
            raise SheetError(path, 2, f"has the id {sheet.id!r} that {other} has too")
        found[sheet.id] = (path, sheet)
    return [sheet for _, sheet in found.values()]


def parse_sheet(content: str, path: Path) -> Sheet:
    """Read one sheet; `path` is only named in errors.

    Raises:
        SheetError: a sentence with the file and the line.
    """
    lines = content.removeprefix("\ufeff").splitlines()
    head, body_starts = read_head(lines, path)
    sections = _sections(lines, body_starts, path)
    return _sheet(head, sections, hashlib.sha256(content.encode()).hexdigest()[:12])


def _sheet(head: Head, sections: tuple[Section, ...], version: str) -> Sheet:
    return Sheet(
        id=head.text("id"),
        title=head.text("title"),
        service=head.text("service"),
        status=head.text("status"),
        owner=head.text("owner"),
        questions=head.texts("questions"),
        valid_from=head.day("valid_from"),
        valid_until=head.day("valid_until"),
        source=head.text("source"),
        lang=head.text("lang") or "fr",
        sections=sections,
        version=version,
        tags=head.texts("tags"),
        twins=head.texts("national"),
    )


def _sections(lines: list[str], first: int, path: Path) -> tuple[Section, ...]:
    """Cut the body at its headings; `first` is the index of the body's first line."""
    sections: list[Section] = []
    heading, heading_line, paragraphs, current = "", first, list[str](), list[str]()

    def end_paragraph() -> None:
        if current:
            paragraphs.append(" ".join(current))
            current.clear()

    def end_section() -> None:
        end_paragraph()
        if not paragraphs:
            missing = f"the section {heading!r}" if heading else "the direct answer"
            raise SheetError(path, heading_line, f"{missing} has no text")
        sections.append(Section(heading, tuple(paragraphs)))
        paragraphs.clear()

    for number, line in enumerate(lines[first:], start=first + 1):
        if line.startswith("#"):
            end_section()
            heading, heading_line = line.lstrip("#").strip(), number
            if not heading:
                raise SheetError(path, number, "a heading has no words")
        elif line.strip():
            current.append(line.strip())
        else:
            end_paragraph()
    end_section()
    return tuple(sections)
