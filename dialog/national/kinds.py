"""What a chapter answers, told by its title; and which titles are conditions.

The table was made from the 21,000 chapter titles of the edition of 2020, most frequent first.
"""

from __future__ import annotations

import re

from dialog.national.prose import plain_name

#: In this order: "Où et comment faire la demande ?" is a place, "Qui peut faire…" a who.
_KINDS = tuple(
    (kind, re.compile(rf"\b(?:{pattern})\b"))
    for kind, pattern in (
        (
            "pieces",
            r"pieces|documents? a (?:fournir|joindre|presenter)"
            r"|documents? (?:necessaires?|demandes?)|quels documents|justificatifs?"
            r"|papiers a fournir|dossier a fournir",
        ),
        (
            "price",
            r"couts?|prix|tarifs?|montants?|combien (?!de temps)|frais|paiement|gratuite|redevance"
            r"|droits? de timbre|timbre fiscal|facturation|taux|remboursement|honoraires",
        ),
        (
            "delay",
            r"delais?|durees?|(?<!criteres de )validite|quand|calendrier|dates?|echeances?|preavis"
            r"|combien de temps|^periodes?|quelle periode|age",
        ),
        ("online", r"en ligne|par internet|teleservice|services? en ligne"),
        (
            "contact",
            r"par (?:telephone|messagerie|courriel|mail|sms|chat)|contacter|contacts?|telephone"
            r"|(?:^|a )qui s adresser",
        ),
        ("place", r"^ou|^lieu|ou s adresser|sur place|ou faire|lieux?"),
        (
            "who",
            r"qui|concernee?s?|beneficiaires?|conditions?|visee?s?|eligibles?|candidats?"
            r"|obligation d inscription|ouverture du droit",
        ),
        (
            "after",
            r"recours|contestation|contester|litiges?|refus|decision|reponse|remise|retrait"
            r"|recuperation|reception|delivrance|instruction|suivi|traitement|resultats?"
            r"|changement de (?:situation|domicile|nom)|apres|suites?|reclamation|convocation",
        ),
        (
            "how",
            r"demarches?|comment|procedures?|demandes?|declarations?|inscriptions?|formalites?"
            r"|depot|etapes?|renouvellement|faire la|par courrier|saisine|saisir|deroulement"
            r"|porter plainte|signalement|mise en (?:place|oeuvre)|s inscrire|constitution",
        ),
    )
)
_CONDITION = re.compile(
    r"(?:si|vous|en cas d[e']?|en cas|cas|pour (?:un|une|les|le|la|l|votre|des)|avant|apres"
    r"|a partir d[eu]?|jusqu a|moins d|plus d|entre|a l etranger|en france|en europe|dans un"
    r"|autres? (?:cas|situations?|pays)|fonctionnaires?|contractuels?|salaries?|etudiants?"
    r"|majeurs?|mineurs?|francais|europeens?|etrangers?|locataires?|proprietaires?|bail signe"
    r"|particuliers?|professionnels?|agents?|enfants? (?:majeur|mineur))\b"
)
_NO_CONDITION = re.compile(
    r"en cas de litige|pour (?:toute information|en savoir)|avant de|entretien"
)
_MODES = {"enLigne": "online", "surPlace": "place"}


def kind(*titles: str) -> str:
    """What the innermost title that tells it answers, empty when none does."""
    for title in reversed(titles):
        name = plain_name(title)
        for found, pattern in _KINDS:
            if pattern.search(name):
                return found
    return ""


def kind_of_case(mode: str, title: str, chapter: str) -> str:
    """What a case answers: one that is a way of doing it ("En ligne") more than its chapter."""
    if chapter not in ("how", "place", "who", ""):
        return chapter
    if mode in _MODES:
        return _MODES[mode]
    return {"en ligne": "online", "sur place": "place"}.get(plain_name(title), chapter)


def is_condition(title: str) -> bool:
    """Whether a title says for whom or when, rather than what it is about."""
    name = plain_name(title)
    return _CONDITION.match(name) is not None and not _NO_CONDITION.match(name)
