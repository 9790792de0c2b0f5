"""E-mail addresses and short web sites, said so that a caller can write them down."""

from __future__ import annotations

import re

from voice.speakable.acronyms import LETTERS, WORDS, letter_names
from voice.speakable.numbers import spoken_number

_ENDINGS = "gouv\\.fr|fr|com|org|net|eu|info|bzh|corsica|alsace|paris|re|io|be|ch|de|lu|example"
_LABELS = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*"
_EMAIL = re.compile(rf"(?i)\b([a-z0-9][\w.+-]*)@({_LABELS}\.[a-z]{{2,}})\b")
_SITE = re.compile(
    rf"(?i)(?:https?://(?:www\.)?|\bwww\.|(?<![\w.@-]))({_LABELS}\.(?:{_ENDINGS}))(?![\w@-])"
    r"(?:[/?#][\w\-./?=&#%~+:]*[\w/])?"
)
_LINK = re.compile(
    rf"(?i)(?:https?://(?:www\.)?|\bwww\.)({_LABELS}\.[a-z]{{2,}})(?:[/?#]\S*[\w/])?"
)
_TOKEN = re.compile(r"[^\W\d_]+|\d+|.")
_SIGNS = {".": "point", "-": "tiret", "_": "tiret bas", "+": "plus", "@": "arobase"}
#: Addresses have no accents; the voice needs them.
_ACCENTED = {
    **{"etat": "état", "education": "éducation", "dechets": "déchets", "ecole": "école"},
    **{"election": "élection", "elections": "élections", "mediatheque": "médiathèque"},
    **{"bibliotheque": "bibliothèque", "securite": "sécurité", "energie": "énergie"},
    **{"sante": "santé", "evenement": "évènement", "decheterie": "déchetterie"},
    **{"dechetterie": "déchetterie", "creche": "crèche", "prefecture": "préfecture"},
    **{
        "demarches": "démarches",
        "simplifiees": "simplifiées",
        "dematerialisation": "dématérialisation",
    },
}


def say_web(text: str) -> str:
    """E-mails letter for letter; of a link only the site, since nobody can write down the rest."""
    if "@" in text:
        text = _EMAIL.sub(lambda m: f"{_said(m[1])} arobase {_said(m[2])}", text)
    if "." in text:
        text = _SITE.sub(lambda m: _said(m[1]), text)
        text = _LINK.sub(lambda m: _said(m[1]), text)
    return text


def _said(address: str) -> str:
    tokens = _TOKEN.findall(address.lower())
    ending = address.rfind(".") if "." in address else len(address)
    said, position = [], 0
    for token in tokens:
        said.append(_spoken_token(token, last=position > ending >= 0))
        position += len(token)
    return " ".join(said)


def _spoken_token(token: str, *, last: bool) -> str:
    if token in _SIGNS:
        return _SIGNS[token]
    if token.isdigit():
        return spoken_number(token)
    if last and len(token) == 2:
        return " ".join(token)
    if (sigle := token.upper()) in LETTERS:
        return letter_names(sigle)
    return WORDS.get(sigle) or _ACCENTED.get(token, token)
