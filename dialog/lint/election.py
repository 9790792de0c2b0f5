"""Sheets that an election period keeps silent: named, so that nobody wonders."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from rapidfuzz import fuzz

from dialog.election import SILENCED, quiet_days, silenced
from dialog.lint.finding import Finding, Severity
from dialog.lint.folder import Folder
from dialog.search.normalise import fold

LIKE = 80  #: of 100; a tag that is so near to one that counts is a slip


def check(folder: Folder) -> Iterator[Finding]:
    """What is silent today, and tags that were meant to make a sheet silent."""
    days = quiet_days(folder.town)
    now = any(first <= folder.today <= last for first, last in days)
    soon = any(folder.today < first <= folder.today + timedelta(days=30) for first, _ in days)
    for page in folder.pages:
        line = page.key("tags")
        if silenced(page.sheet) and now:
            message = "Période électorale : cette fiche n'est pas dite aux appelants."
            yield page.finding(Severity.ADVICE, "election", line, message)
        elif silenced(page.sheet) and soon:
            message = "La période électorale commence bientôt : cette fiche ne sera plus dite."
            yield page.finding(Severity.ADVICE, "election", line, message)
        for tag in page.sheet.tags:
            plain = fold(tag)
            if plain not in SILENCED and any(fuzz.ratio(plain, one) >= LIKE for one in SILENCED):
                message = f"L'étiquette « {tag} » est inconnue : « événement » ou « réalisation » ?"
                yield page.finding(Severity.WARNING, "etiquette", line, message)
