"""Wishes in the index: what callers want that no sheet answers, found as sheets are.

Each kind of wish of `dialog/bank/wishes/*.txt` stands in the index as a sheet that is never spoken.
"""

from __future__ import annotations

from importlib.resources import files

from dialog.search.bank import read_bank
from dialog.sheets import VALIDATED, Section, Sheet

PREFIX = "wish-"


def wish_sheets() -> list[Sheet]:
    """The kinds of wishes, as the index takes them."""
    bank = read_bank(files("dialog").joinpath("bank/wishes"))
    return [_as_sheet(wish, lines) for wish, lines in bank.items()]


def is_wish(sheet_id: str) -> bool:
    """Whether what was found is a wish and not a sheet."""
    return sheet_id.startswith(PREFIX)


def _as_sheet(wish: str, lines: tuple[str, ...]) -> Sheet:
    title = wish.removeprefix(PREFIX).replace("-", " ")
    return Sheet(
        id=wish,
        title=title,
        service="",
        status=VALIDATED,
        owner="",
        questions=lines,
        valid_from=None,
        valid_until=None,
        source="",
        lang="fr",
        sections=(Section("", (title,)),),
        version="",
    )
