"""The sections of a sheet while it is read: a heading, and for whom it holds."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dialog.national.kinds import is_condition, kind, kind_of_case
from dialog.national.prose import key, sentences
from dialog.sheets import Section

SAME = 0.85  #: this share of its words in one sentence makes another one its repetition
NEAR = 4  #: paragraphs in which a repetition would be heard as one


@dataclass(frozen=True)
class Place:
    """Where in a sheet one is: "Pièces à fournir" of "Demande en France", "Pas de passeport"."""

    heading: str = ""
    conditions: tuple[str, ...] = ()
    kind: str = ""
    title: str = ""  #: the innermost title, which opens a list or a very short answer

    def chapter(self, title: str, declared: str) -> Place:
        """A chapter of the sheet or of a situation."""
        found = "pieces" if declared == "pieces" else kind(title)
        return replace(self, heading=title, title=title, kind=found)

    def part(self, title: str, declared: str) -> Place:
        """A part of a chapter: a condition, or a heading that needs the chapter's."""
        if is_condition(title):
            return replace(self, conditions=(*self.conditions, title))
        found = "pieces" if declared == "pieces" else kind(title) or self.kind
        if is_condition(self.heading):
            conditions = (*self.conditions, self.heading)
            return replace(self, heading=title, conditions=conditions, title=title, kind=found)
        joint = " " if self.heading.endswith("?") else " : "
        heading = f"{self.heading}{joint}{title}" if self.heading else title
        return replace(self, heading=heading, title=title, kind=found)

    def case(self, title: str, mode: str = "") -> Place:
        """A case or situation."""
        if not title:
            return self
        found = kind_of_case(mode, title, self.kind) if self.heading else self.kind
        return replace(self, conditions=(*self.conditions, title), kind=found)


class Outline:
    """Paragraphs in reading order, gathered under their places."""

    def __init__(self) -> None:
        self._paragraphs: dict[tuple[str, tuple[str, ...]], list[str]] = {}
        self._kinds: dict[tuple[str, tuple[str, ...]], str] = {}

    def add(self, place: Place, *paragraphs: str) -> None:
        """Put paragraphs at a place, each once."""
        where = (place.heading, place.conditions)
        for paragraph in paragraphs:
            here = self._paragraphs.setdefault(where, [])
            self._kinds.setdefault(where, place.kind)
            if paragraph and paragraph not in here:
                here.append(paragraph)

    def text_at(self, place: Place) -> str:
        """What a place says so far."""
        return " ".join(self._paragraphs.get((place.heading, place.conditions), ()))

    def says(self, sentence: str) -> bool:
        """Whether one sentence of the direct answer holds these words already, or nearly all."""
        wanted = set(key(sentence).split())
        for paragraph in self._paragraphs.get(("", ()), ())[:NEAR]:
            for other in sentences(paragraph):
                if len(wanted & set(key(other).split())) >= SAME * len(wanted):
                    return True
        return False

    def sections(self) -> tuple[Section, ...]:
        """All that have text, the direct answer first."""
        found = [
            Section(heading, tuple(paragraphs), self._kinds[heading, conditions], conditions)
            for (heading, conditions), paragraphs in self._paragraphs.items()
            if paragraphs
        ]
        return tuple(sorted(found, key=lambda s: (s.heading, s.conditions) != ("", ())))
