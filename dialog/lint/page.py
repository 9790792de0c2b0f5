"""A sheet's file with the line of each thing in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from dialog.answers import sentences
from dialog.lint.finding import Finding, Severity
from dialog.sheets import Sheet


@dataclass(frozen=True)
class Passage:
    """A paragraph, where it stands."""

    line: int  #: of its first word
    heading: str  #: empty: the direct answer
    text: str
    first: bool  #: the first paragraph of its heading

    @property
    def sentences(self) -> list[str]:
        """Its sentences and the items of its lists, as they are spoken."""
        return sentences(self.text)


@dataclass(frozen=True)
class Page:
    """A sheet and the lines of its file."""

    file: str  #: relative to the town's folder
    lines: tuple[str, ...]
    sheet: Sheet

    def key(self, name: str) -> int:
        """The line of a key of the head; the head's first line when it is absent."""
        for number, line in enumerate(self.lines[: self._body], start=1):
            if line.startswith(f"{name}:"):
                return number
        return 1

    def question(self, text: str) -> int:
        """The line of a question."""
        for number, line in enumerate(self.lines[: self._body], start=1):
            if re.match(r"\s*- ", line) and text in line:
                return number
        return self.key("questions")

    @property
    def passages(self) -> tuple[Passage, ...]:
        """Every paragraph of the body."""
        found: list[Passage] = []
        heading, first, words, start = "", True, list[str](), 0
        for number, line in enumerate((*self.lines[self._body :], ""), start=self._body + 1):
            if line.strip() and not line.startswith("#"):
                start = start or number
                words.append(line.strip())
                continue
            if words:
                found.append(Passage(start, heading, " ".join(words), first))
                words, start, first = [], 0, False
            if line.startswith("#"):
                heading, first = line.lstrip("#").strip(), True
        return tuple(found)

    def finding(self, severity: Severity, rule: str, line: int, message: str) -> Finding:
        """A finding about this sheet."""
        return Finding(severity, rule, self.file, line, message, self.sheet.id)

    @property
    def _body(self) -> int:
        """How many lines the head has, both fences included."""
        fences = [n for n, line in enumerate(self.lines, start=1) if line.rstrip() == "---"]
        return fences[1] if len(fences) > 1 else 0


def lines_of(path: Path) -> tuple[str, ...]:
    """A file's lines, as the reader of sheets counts them."""
    return tuple(path.read_text(encoding="utf-8").removeprefix("\ufeff").splitlines())
