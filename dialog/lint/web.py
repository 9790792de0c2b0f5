"""Links: a caller can write down a site, never a page's address."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dialog.lint.finding import Finding, Severity
from dialog.lint.folder import Folder

_LONG = re.compile(r"(?i)(?:https?://|www\.|(?<![\w@.])[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}/)\S*")
_SCHEME = re.compile(r"(?i)^(?:https?://)?(?:www\.)?")


def check(folder: Folder) -> Iterator[Finding]:
    """Addresses that are longer than a site's name."""
    for page in folder.pages:
        for passage in page.passages:
            for match in _LONG.finditer(passage.text):
                link = match[0].rstrip(".,;:)»")
                site = _SCHEME.sub("", link)
                if "/" in site.rstrip("/"):
                    message = (
                        f"L'adresse « {link} » est trop longue à noter : seul le site est dit. "
                        "Nommez le site et la page à y chercher."
                    )
                    yield page.finding(Severity.WARNING, "lien", passage.line, message)
                elif site != link:
                    message = f"Écrivez le site sans « http » ni « www » : {site.rstrip('/')}."
                    yield page.finding(Severity.ADVICE, "lien", passage.line, message)
