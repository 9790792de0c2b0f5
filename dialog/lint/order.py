"""What a caller must remember comes last (requirements P10): it is what stays in the ear."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dialog.lint.finding import Finding, Severity
from dialog.lint.folder import Folder

_PHONE = re.compile(r"(?<!\d)0[1-79](?:[ .]?\d\d){4}(?!\d)")


def check(folder: Folder) -> Iterator[Finding]:
    """A direct answer that gives a telephone number and then goes on after it."""
    for page in folder.pages:
        for passage in page.passages:
            if passage.heading or not passage.first:
                continue
            numbered = [n for n, one in enumerate(passage.sentences) if _PHONE.search(one)]
            if numbered and numbered[-1] < len(passage.sentences) - 1:
                message = (
                    "Le numéro de téléphone n'est pas à la fin de la réponse : dites-le en "
                    "dernier, il se retient mieux."
                )
                yield page.finding(Severity.ADVICE, "ordre", passage.line, message)
