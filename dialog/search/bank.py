"""What callers say for each sheet: `dialog/bank/*.txt`, and a town's own `phrasings/*.txt`.

    # F1341 Carte d'identité d'un majeur : première demande
    j'ai jamais eu de carte d'identité, comment je fais

A line `# ID title` opens a sheet, each line below is one thing that a caller says; the title is
for readers. The same sheet may stand in several files: the lines add up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from dialog.sheets import Sheet

_HEAD = re.compile(r"#\s*([A-Za-z0-9][A-Za-z0-9-]*)\b")
LONGEST = 400  #: characters of one phrasing; more is not something a caller says


class BankError(ValueError):
    """A file of phrasings that is wrong: `phrasings/x.txt, line 4: …`, in one sentence."""


Bank = Mapping[str, tuple[str, ...]]


def read_bank(folder: Traversable | Path) -> Bank:
    """All phrasings of a folder by sheet id; empty when there is no folder.

    Raises:
        BankError: the first line that is wrong.
    """
    found: dict[str, list[str]] = {}
    names = (
        sorted(
            (one for one in folder.iterdir() if one.name.endswith(".txt")), key=lambda one: one.name
        )
        if folder.is_dir()
        else []
    )
    for file in names:
        try:
            content = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise BankError(f"{file} cannot be read as UTF-8 text ({error})") from error
        _read(content, str(file), found)
    return {sheet: tuple(dict.fromkeys(lines)) for sheet, lines in found.items()}


def shipped_bank() -> Bank:
    """The phrasings that come with the program."""
    return read_bank(files("dialog").joinpath("bank"))


def with_phrasings(sheets: Iterable[Sheet], *banks: Bank) -> list[Sheet]:
    """The sheets with the banks' phrasings beside their own questions.

    A town's own sheet is also found by what callers say for the national sheets on the same.
    """
    return [
        replace(sheet, questions=tuple(dict.fromkeys((*sheet.questions, *more))))
        if (
            more := [
                line
                for bank in banks
                for sheet_id in (sheet.id, *sheet.twins)
                for line in bank.get(sheet_id, ())
            ]
        )
        else sheet
        for sheet in sheets
    ]


def _read(content: str, name: str, found: dict[str, list[str]]) -> None:
    current: list[str] | None = None
    for number, raw in enumerate(content.removeprefix("\ufeff").splitlines(), start=1):
        line = raw.strip()
        if not line:
            continue
        if line.startswith("#"):
            head = _HEAD.match(line)
            if head is None:
                raise BankError(f"{name}, line {number}: after '#' comes the id of a sheet")
            current = found.setdefault(head[1], [])
        elif current is None:
            raise BankError(
                f"{name}, line {number}: a phrasing stands before the first '# ID' line"
            )
        elif len(line) > LONGEST:
            raise BankError(f"{name}, line {number}: longer than {LONGEST} characters")
        else:
            current.append(line)
