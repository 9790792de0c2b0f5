"""The reason that is told beside another thing: "un rendez-vous pour un pacs, c'est le 06…".

Only what is surely a reason is taken; the form reads it back, and asks where nothing is found.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from dialog.rules import Rules, spoken

IsOffice = Callable[[str], bool]  #: whether words name an office of the town and nothing else

_FEWEST_LETTERS = 3
_MOST_WORDS = 25
_FEWEST_BESIDE = 4  #: words of a matter told beside the wish
_PART = re.compile(
    r"[,.;!?:]+\s+|[.!?]+$|\s+(?:et|mais|donc|alors)\s+(?=je\b|j['’]|est-ce|qu['’]|que\b|vous\b)"
)
#: "dites-lui que les livres sont prêts": what follows is the matter
_SAY_THAT = re.compile(
    r"^(?:et\s+|juste\s+)*(?:dites|dire|transmettez|prévenez|prévenir)[-\s](?:lui|leur)\s+"
    r"(?:juste\s+|bien\s+)?qu(?:e\s+|['’])",
    re.I,
)
_NUMBER = re.compile(r"(?:\+33|0)[\d .-]{8,}")
#: a part that greets, says who calls, to whom it goes, or asks to be kind
_NO_MATTER = re.compile(
    r"^(?:(?:oui|ah|oh|ben|bah|euh|alors|voilà|dites|écoutez|attendez|allô|bonjour|bonsoir|madame|monsieur|"
    r"mademoiselle|s['’]il (?:vous|te) plaît|svp|merci(?: bien| beaucoup)?|pardon|excusez-moi|"
    r"vous voyez|donc|enfin|bon|et puis rien)[\s,]*)+$"
    r"|^(?:je m['’]appelle|je suis|ici|moi c['’]est|c['’]est (?:madame|monsieur|mme|[A-ZÀ-Þ]))\b"
    r"|^(?:(?:c['’]est )?(?:pour|à|au|aux)\s+(?:le |la |les |l['’])?"
    r"(?:service|mairie|monsieur|madame))\b"
    r"|^(?:[A-ZÀ-Þ][\w'’-]+\s*){1,4}$|^j['’]habite|^au \d|^de la part"
    r"|\b(?:message|rendez-vous|rappel|agent|quelqu['’]un|joindre)\b|à l['’]appareil"
    r"|\bpersonne ne répond\b",
)
_ABOUT = (
    r"(?:au sujet|à propos|a propos|rapport)\s+(?:de\s+l['’]|de\s+la\s+|du\s+|des\s+|de\s+|d['’]|"
    r"à\s+l['’]|à\s+la\s+|à\s+|au\s+|aux\s+)|concernant\s+|par\s+rapport\s+(?:à\s+|au\s+|aux\s+)|"
    r"pour\s+(?:lui\s+|leur\s+|vous\s+)?(?:parler|discuter|causer)\s+(?:de\s+l['’]|de\s+la\s+|du\s+|"
    r"des\s+|de\s+|d['’])|parce\s+qu(?:e\s+|['’])"
)
_LEAD = re.compile(rf"(?<!\w)(?:(?P<about>{_ABOUT})|(?P<bare>pour\s+))(?P<rest>\S.*)", re.I | re.S)
#: "pour" that leads to no reason: the wish itself, a person, a day
_NO_REASON = re.compile(
    r"(?:laisser|prendre|avoir|fixer|obtenir|demander|poser|transmettre|dire|signaler|faire\s+passer|"
    r"(?:un|le|mon|ce)\s+(?:petit\s+)?(?:message|rendez|rdv|rappel)|être\s+(?:rappel|re[cç]u)|qu[e'’]|"
    r"qui|quand|quel|moi\b|nous\b|lui\b|elle\b|eux\b|l['’]instant|l['’]après|tout\b|rien\b|ça\b|cela\b|"
    r"quelqu|(?:monsieur|madame|mme|mr)\b|(?:le|la)\s+(?:maire|mairesse|semaine|mois|matin|journée)\b|"
    r"(?:(?:le|ce|cet)\s+)?(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|demain|après|soir|"
    r"midi|\d)|(?:en\s+)?savoir\b|parler\b|voir\b)",
    re.I,
)
_WISH = re.compile(r"(?:je\s+(?:voudrais|veux|souhait\w+|dois|désire)|j['’]aimerais)\b", re.I)
_AFTER_COLON = re.compile(r"\bmessage\b[^:,.]{0,60}:\s*(?P<rest>\w.{3,})$", re.I | re.S)
_RECIPIENT = re.compile(r"(?:message|messages|mot|commission)\s+$", re.I)
_MOMENT = (
    r"(?:plutôt\s+|si\s+possible\s+|de\s+préférence\s+)?(?:(?:le|ce|cet|dans|en|après|avant)\s+|l['’])?"
    r"(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|demain|après-demain|la\s+semaine\s+prochaine|"
    r"(?:fin|début)\s+de\s+semaine)\b.*"
)
#: where the reason ends, and another value begins
_END = re.compile(
    r"[.!?;]\s|[.!?;]$|,?\s+(?:et\s+)?(?:mon|le)\s+(?:numéro|nom|téléphone|portable|fixe)\b|"
    r",?\s+(?:et\s+)?je\s+(?:m['’]appelle|suis\s+(?:madame|monsieur|joignable|au|sur|l[ae]\s|l['’]))|,?\s+(?:ici|c['’]est)\s+(?:madame|"
    r"monsieur|mme)\b|,?\s+(?:au\s+nom|de\s+la\s+part)\s+d|,?\s+(?:et\s+)?(?:vous\s+pouvez|pouvez-vous|pourriez|rappelez|"
    r"je\s+voudrais|je\s+veux|j['’]aimerais|est-ce)\b|"
    r",?\s+(?:au\s+|le\s+|c['’]est\s+le\s+)?(?:0[\s.]?\d|\+33|zéro\b)|,?\s+(?:s['’]il\s+vous|svp|merci|si\s+"
    rf"possible|si\s+c['’]est)|,\s+[\w'-]+\s+[\w'-]+\s*,\s*(?=0|\+33|mon\s)|,?(?<!depuis)(?<!\bdu)(?<!\bde)\s+(?:donc\s+)?{_MOMENT}$",
    re.I,
)


def purpose(text: str, is_office: IsOffice) -> str:
    """The reason in these words, as the caller said it; empty when none is told."""
    if after := _AFTER_COLON.search(text):  # "un message pour le maire : la fontaine fuit"
        return after["rest"].strip(" .,!?")
    at = 0
    while (lead := _LEAD.search(text, at)) is not None:
        found = _END.split(lead["rest"], maxsplit=1)[0].strip(" .,!?")
        bare = lead["bare"] is not None
        if bare and "," in found and is_office(found.split(",")[0]):
            found = found.split(",", maxsplit=1)[1].strip()  # "pour la voirie, ma rue est noire"
            bare = False
        wish = not bare and _WISH.match(found) is not None
        if (
            not wish
            and not (bare and _is_none(text[: lead.start()], found, is_office))
            and _is_told(found)
        ):
            return found
        at = lead.start("rest")
    return ""


def told_beside(text: str, wish: Rules) -> str:
    """The parts of a sentence that neither ask for something, nor greet, nor say who calls."""
    parts = [part.strip() for part in _PART.split(text)]
    parts = [_SAY_THAT.sub("", part) for part in parts]
    kept = [part for part in parts if part and not wish.search(spoken(part))]
    kept = [part for part in kept if not _NO_MATTER.search(part) and not _NUMBER.search(part)]
    told = ", ".join(kept)
    return told if len(told.split()) >= _FEWEST_BESIDE else ""


def _is_none(before: str, found: str, is_office: IsOffice) -> bool:
    recipient = _RECIPIENT.search(before) is not None
    return recipient or _NO_REASON.match(found) is not None or is_office(found)


def _is_told(found: str) -> bool:
    letters = sum(character.isalpha() for character in found)
    return letters >= _FEWEST_LETTERS and len(found.split()) <= _MOST_WORDS
