"""What can be listened to: few words, few facts, short sentences (requirements P09, P10)."""

from __future__ import annotations

from collections.abc import Iterator

from dialog.answers import MOST_FACTS, MOST_WORDS
from dialog.lint.finding import Finding, Severity
from dialog.lint.folder import Folder
from dialog.lint.page import Page, Passage

B1_WORDS = 25  #: of a sentence that everybody follows at first hearing


def check(folder: Folder) -> Iterator[Finding]:
    """Answers too long for one breath, and sentences too long for a listener."""
    for page in folder.pages:
        for passage in page.passages:
            yield from _answer(page, passage)
            yield from _sentences(page, passage)


def _answer(page: Page, passage: Passage) -> Iterator[Finding]:
    if not passage.first:
        return
    words, facts = len(passage.text.split()), len(passage.sentences)
    direct = not passage.heading
    where = "La réponse directe" if direct else f"La partie « {passage.heading} »"
    severity = Severity.ERROR if direct else Severity.WARNING
    if words > MOST_WORDS:
        message = f"{where} a {words} mots ; {MOST_WORDS} au plus sont dits d'un coup. Coupez-la."
        yield page.finding(severity, "trop-long", passage.line, message)
    # one fact more is said with the others rather than kept back alone
    elif facts > MOST_FACTS + 1:
        message = (
            f"{where} donne {facts} informations à la suite ; on en retient {MOST_FACTS}. "
            "Faites-en deux paragraphes."
        )
        yield page.finding(Severity.WARNING, "trop-de-faits", passage.line, message)


def _sentences(page: Page, passage: Passage) -> Iterator[Finding]:
    for sentence in passage.sentences:
        words = len(sentence.split())
        if words > MOST_WORDS:
            message = f"Une phrase de {words} mots est dite d'un seul coup : « {_start(sentence)} »"
            yield page.finding(Severity.ERROR, "phrase", passage.line, message)
        elif words > B1_WORDS:
            message = (
                f"Phrase de {words} mots, difficile à suivre à l'oreille : « {_start(sentence)} »"
            )
            yield page.finding(Severity.ADVICE, "phrase", passage.line, message)


def _start(sentence: str) -> str:
    return " ".join(sentence.split()[:8]) + "…"
