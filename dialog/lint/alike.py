"""Two sheets that answer the same question: the caller has to choose, or hears the wrong one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from rapidfuzz import fuzz, process

from dialog.lint.finding import Finding, Severity
from dialog.lint.folder import Folder
from dialog.lint.page import Page
from dialog.search.normalise import fold

NEARLY = 94  #: of 100, how alike the letters of two questions are
SHORTEST = 12  #: letters; shorter questions are alike by chance


def check(folder: Folder) -> Iterator[Finding]:
    """Questions that stand in two sheets, word for word or nearly."""
    asked = [
        (page, question, fold(question))
        for page in folder.spoken()
        for question in page.sheet.questions
    ]
    same: dict[str, list[tuple[Page, str]]] = defaultdict(list)
    for page, question, plain in asked:
        same[plain].append((page, question))
    for places in same.values():
        for page, question in places[1:]:
            other = places[0][0]
            if page.sheet.id != other.sheet.id:
                message = (
                    f"La question « {question} » est aussi dans la fiche « {other.sheet.id} »."
                )
                yield page.finding(
                    Severity.ERROR, "question-double", page.question(question), message
                )
    yield from _nearly([one for one in asked if len(one[2]) >= SHORTEST])


def _nearly(asked: list[tuple[Page, str, str]]) -> Iterator[Finding]:
    plain = [text for _, _, text in asked]
    for number, (page, question, text) in enumerate(asked):
        others = plain[number + 1 :]
        for _, score, place in process.extract(
            text, others, scorer=fuzz.ratio, score_cutoff=NEARLY, limit=None
        ):
            other, their, words = asked[number + 1 + int(place)]
            if score < 100 and other.sheet.id != page.sheet.id and words != text:
                message = (
                    f"La question « {their} » est presque celle de la fiche « {page.sheet.id} » : "
                    f"« {question} »."
                )
                yield other.finding(
                    Severity.WARNING, "question-proche", other.question(their), message
                )
