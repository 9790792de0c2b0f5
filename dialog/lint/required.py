"""Sheets that every town needs: the technical duty post and the water company (E09, section 5)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dialog.emergencies import Emergencies
from dialog.lint.finding import Finding, Severity
from dialog.lint.folder import Folder
from dialog.lint.page import Page
from dialog.search.normalise import fold
from dialog.sheets import VALIDATED

_PHONE = re.compile(r"\b0[1-79](?:[ .]?\d\d){4}\b|\b0 ?80\d(?: ?\d{2,3}){2,3}\b")


@dataclass(frozen=True)
class Need:
    """A subject that callers bring when nobody is at the town hall."""

    subject: str  #: after "sur"
    words: re.Pattern[str]  #: in the title or the questions, without accents
    severity: Severity = Severity.WARNING
    phone: bool = False  #: whether the sheet must hold a telephone number


_NEEDS = (
    Need(
        "l'astreinte technique, quand la mairie est fermée",
        re.compile(r"\bastreinte\b|urgence technique|mairie est fermee"),
        Severity.ERROR,
        phone=True,
    ),
    Need(
        "les fuites et les coupures d'eau, avec le numéro du service de l'eau",
        re.compile(
            r"\b(?:fuite|coupure|coupee|service des eaux|plus d) ?(?:d )?eau\b|eau .*coupee"
        ),
        Severity.ERROR,
        phone=True,
    ),
    Need("un danger sur la route", re.compile(r"danger|route|cable|chaussee|nid de poule")),
    Need("un animal perdu ou dangereux", re.compile(r"chien|animal|animaux|chat\b")),
    Need("un décès, le week-end aussi", re.compile(r"deces|decede|mort\b")),
    Need("l'éclairage public en panne", re.compile(r"eclairage|lampadaire|lumiere")),
)


def check(folder: Folder) -> Iterator[Finding]:
    """Subjects that no validated sheet has, and emergency numbers that were not checked lately."""
    for need in _NEEDS:
        pages = [page for page in folder.spoken() if _is_about(page, need)]
        if not pages:
            message = f"Il manque une fiche validée sur {need.subject}."
            yield Finding(need.severity, "fiche-obligatoire", "sheets", 0, message)
        elif need.phone and not any(_PHONE.search(page.sheet.text) for page in pages):
            message = f"La fiche sur {need.subject} ne donne pas de numéro de téléphone."
            yield pages[0].finding(need.severity, "fiche-obligatoire", 1, message)
    emergencies = Emergencies.load()
    if emergencies.outdated(folder.today):
        checked = emergencies.checked_on.strftime("%d/%m/%Y")
        message = (
            f"Les numéros d'urgence ont été vérifiés le {checked}, il y a trop longtemps : "
            "vérifiez-les, ou mettez le programme à jour."
        )
        yield Finding(Severity.ERROR, "urgences", "emergencies.toml", 0, message)


def _is_about(page: Page, need: Need) -> bool:
    if page.sheet.status != VALIDATED:
        return False
    texts = (page.sheet.title, *page.sheet.questions)
    return any(need.words.search(fold(text)) for text in texts)
