"""All that the rules look at, read once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from dialog.lint.finding import Finding, Severity
from dialog.lint.french import in_french
from dialog.lint.page import Page, lines_of
from dialog.sheets import SheetError, parse_sheet
from dialog.town import Town

CONFIG = "allomairie.toml"


@dataclass(frozen=True)
class Folder:
    """A town's sheets and configuration on one day."""

    town: Town
    today: date
    pages: tuple[Page, ...]
    unread: tuple[Finding, ...] = ()  #: sheets that cannot be read at all
    sigles: frozenset[str] = frozenset()  #: written forms that the voice knows how to say
    say: Callable[[str], str] = str  #: a text as it will be spoken, in words
    config_lines: tuple[str, ...] = field(default=())

    @classmethod
    def read(
        cls,
        root: Path,
        town: Town,
        today: date,
        *,
        sigles: frozenset[str] = frozenset(),
        say: Callable[[str], str] = str,
    ) -> Folder:
        """Read every sheet of a town; one that is wrong becomes a finding, the others are read."""
        pages: list[Page] = []
        unread: list[Finding] = []
        for path in sorted((root / "sheets").glob("*.md")):
            file = f"sheets/{path.name}"
            try:
                lines = lines_of(path)
                pages.append(Page(file, lines, parse_sheet("\n".join(lines), path)))
            except SheetError as error:
                message = in_french(str(error).partition(f"line {error.line}: ")[2])
                unread.append(Finding(Severity.ERROR, "illisible", file, error.line, message))
            except (OSError, UnicodeDecodeError):
                message = "Ce fichier n'est pas un texte en UTF-8 : enregistrez-le ainsi."
                unread.append(Finding(Severity.ERROR, "illisible", file, 1, message))
        config = root / CONFIG
        return cls(
            town,
            today,
            tuple(pages),
            tuple(unread),
            sigles,
            say,
            lines_of(config) if config.exists() else (),
        )

    def config_line(self, start: str, after: str = "") -> int:
        """The first line of the configuration that starts so, behind the first one with `after`."""
        seen = not after
        for number, line in enumerate(self.config_lines, start=1):
            seen = seen or after in line
            if seen and line.strip().startswith(start):
                return number
        return 0

    def in_config(
        self, severity: Severity, rule: str, message: str, start: str = "", after: str = ""
    ) -> Finding:
        """A finding about the configuration."""
        line = self.config_line(start, after) if start else 0
        return Finding(severity, rule, CONFIG, line, message)

    def spoken(self) -> Iterator[Page]:
        """The pages that may be spoken today, or later."""
        for page in self.pages:
            until = page.sheet.valid_until
            if until is None or until >= self.today:
                yield page
