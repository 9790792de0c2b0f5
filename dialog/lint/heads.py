"""The head of a sheet: who answers for it, until when, and which questions it answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from dialog.lint.finding import Finding, Severity
from dialog.lint.folder import Folder
from dialog.lint.page import Page
from dialog.sheets import VALIDATED

FEWEST_QUESTIONS = 3


def check(folder: Folder) -> Iterator[Finding]:
    """Files that cannot be read, double ids, unknown services, missing dates and questions."""
    yield from folder.unread
    services = {service.id for service in folder.town.services}
    ids = Counter(page.sheet.id for page in folder.pages)
    for page in folder.pages:
        sheet = page.sheet
        if ids[sheet.id] > 1:
            message = f"L'identifiant « {sheet.id} » est aussi celui d'une autre fiche."
            yield page.finding(Severity.ERROR, "identifiant", page.key("id"), message)
        if sheet.service not in services:
            message = (
                f"Le service « {sheet.service} » n'existe pas dans allomairie.toml : "
                "les appelants de cette fiche seraient passés à l'accueil."
            )
            yield page.finding(Severity.ERROR, "service", page.key("service"), message)
        yield from _validity(page)
        if len(sheet.questions) < FEWEST_QUESTIONS:
            message = (
                "Moins de trois questions : écrivez-en plusieurs, comme les habitants les posent."
            )
            yield page.finding(Severity.ADVICE, "questions", page.key("questions"), message)


def _validity(page: Page) -> Iterator[Finding]:
    sheet = page.sheet
    if sheet.valid_until is None:
        message = "Pas de date de fin (valid_until) : personne ne saura quand relire cette fiche."
        yield page.finding(Severity.WARNING, "sans-date", page.key("valid_until"), message)
    if sheet.status != VALIDATED:
        message = f"Cette fiche est « {sheet.status} » : elle n'est pas dite aux appelants."
        yield page.finding(Severity.ADVICE, "statut", page.key("status"), message)
