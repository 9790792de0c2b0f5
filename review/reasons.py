"""Why a message did not leave, in French: the records keep the program's own sentence."""

from __future__ import annotations

import re

_SAID: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), said)
    for pattern, said in (
        (r"certificate is wrong", "le certificat de l'autre côté n'est pas valable"),
        (r"did not answer in time", "pas de réponse à temps"),
        (r"cannot be (?:reached|used)", "l'autre côté ne répond pas"),
        (r"answered with status (40[13])\b", "accès refusé par l'autre côté (code {0})"),
        (r"answered with status (3\d\d)\b", "l'autre côté renvoie ailleurs (code {0})"),
        (r"answered with status (4\d\d)\b", "message refusé par l'autre côté (code {0})"),
        (r"answered with status (5\d\d)\b", "panne de l'autre côté (code {0})"),
        (r"answered with an error", "l'autre côté annonce une erreur"),
        (r"answer is too long", "réponse trop longue de l'autre côté"),
        (r"answer has no", "réponse incompréhensible de l'autre côté"),
        (r"refused the address \((\d+)\)", "adresse refusée par le serveur de courriel (code {0})"),
        (r"mail server answered (\d+)", "refus du serveur de courriel (code {0})"),
        (r"cannot be written in an e-mail", "l'adresse du service n'est pas valable"),
        (r"not sent in time", "l'envoi a attendu trop longtemps"),
        (r"was erased", "la demande a été effacée entre-temps"),
        (r"not configured any more|has no \w+ any more", "cet envoi n'est plus configuré"),
    )
)


def in_french(reason: str) -> str:
    """One sentence for supervisors; empty when nothing went wrong yet."""
    if not reason:
        return ""
    for pattern, said in _SAID:
        if found := pattern.search(reason):
            return said.format(*found.groups())
    return "autre raison, à demander au service informatique"
