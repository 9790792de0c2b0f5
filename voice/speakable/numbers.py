"""Numbers in French words, with the gender of what they count."""

from __future__ import annotations

import functools
import re

from num2words import num2words

#: An integer as written: "1 250" or "1250"; never the tail of a longer run of digits.
#: It starts with a plain \d, not a look-behind, so that `re` skips the text without digits fast.
INTEGER = r"\d(?<!\d\d)(?:\d{0,2}(?: \d{3})+(?!\d)|\d*)"
#: A number as written: an integer and, maybe, decimals.
NUMBER = INTEGER + r"(?:[,.]\d+)?"

_FEMININE_NOUNS = """
    heure semaine minute seconde année journée demi-journée matinée soirée place personne
    photo photocopie copie pièce page fois tonne carte voiture chambre demande nuit part urne
    famille séance entrée tranche classe école salle table chaise clé plaque boîte livraison
    facture attestation adresse signature enveloppe fenêtre porte poubelle benne maison case
    concession inscription naissance ligne étape zone commune ville rue vitesse caution remise
    femme fille parcelle remorque rame roue taxe déclaration autorisation plage formule tombe
    cavurne activité sortie visite option partie moitié dizaine douzaine vingtaine centaine
    feuille réponse question procuration opération réunion collecte bouteille cartouche
"""
_FEMININE = frozenset(_FEMININE_NOUNS.split())
_ONE = re.compile(r"un$")
_LETTER_DIGIT = re.compile(r"(?<=[^\W\d_])-?(?=\d)|(?<=\d)-?(?=[^\W\d_])")
_FRACTIONS = {"1/2": "un demi", "1/3": "un tiers", "2/3": "deux tiers", "1/4": "un quart"} | {
    "3/4": "trois quarts",
}
_FRACTION = re.compile(r"\d(?<![\d/]\d)/\d(?![\d/])")
_UNDER_AGE = re.compile(r"(?<![\w)-])[-−] ?(?:de )?(?=\d{1,2} ans\b)")
_OVER_AGE = re.compile(r"(?<!\w)\+ ?(?:de )?(?=\d{1,2} ans\b)")
_AGES = re.compile(r"(\d(?<![\d/,.]\d)\d?) ?/ ?(\d{1,2})(?= ans\b)")
_STAR = re.compile(r"(?<=\d{4}) ?\*(?=\d)")
_MINUS = re.compile(r"[-−](?<![\w)][-−])(?=\d)")
_RANGE = re.compile(rf"({NUMBER})\s?[-–—]\s?({NUMBER})(?![\d/-])")
_TIMES = re.compile(rf"({NUMBER}) (?:fois|x) ?(?:/ ?| par )")
_OVER = re.compile(rf"({NUMBER})\s?/\s?({NUMBER})")
_YEAR = re.compile(r"1[1-9]\d\d(?<!\d\d{4})(?!\d|[.,]\d| \d{3}| ?€)")
_YEAR_COMES = re.compile(
    r"(?i)\b(?:janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre"
    r"|décembre|en|depuis|années?|dès|après|avant) $"
)
_COUNTED = re.compile(rf"({NUMBER})(?=( [^\W\d_][\w-]*)?)")


@functools.lru_cache(maxsize=4096)
def cardinal(n: int, *, feminine: bool = False) -> str:
    """21 -> "vingt et un", or "vingt et une" before a feminine noun."""
    words = str(num2words(n, lang="fr"))
    return _ONE.sub("une", words) if feminine else words


def ordinal(n: int, *, feminine: bool = False) -> str:
    """1 -> "premier" or "première"; 75 -> "soixante-quinzième"."""
    if n == 1:
        return "première" if feminine else "premier"
    words = cardinal(n)
    if words.endswith(("vingts", "cents", "millions")):
        words = words[:-1]
    if words.endswith("neuf"):
        words = words[:-1] + "v"
    elif words.endswith("cinq"):
        words += "u"
    return words.removesuffix("e") + "ième"


def year(n: int) -> str:
    """1945 -> "dix-neuf cent quarante-cinq"; 2026 -> "deux mille vingt-six"."""
    if not 1100 <= n <= 1999:
        return cardinal(n)
    century, rest = divmod(n, 100)
    return f"{cardinal(century)} cent {cardinal(rest)}" if rest else f"{cardinal(century)} cents"


def digits(run: str) -> str:
    """ "482" -> "quatre huit deux"."""
    return " ".join(cardinal(int(d)) for d in run if d.isdigit())


def value(written: str) -> float:
    """The value of a number as written, "1 250,5"; 1 is singular in French up to 1.99."""
    return float(written.replace(" ", "").replace(",", "."))


def spoken_number(written: str, *, feminine: bool = False) -> str:
    """A number as written, in words: "1 250,05" -> "mille deux cent cinquante virgule zéro cinq".

    Digits that are no quantity (a leading zero, more than nine of them) are said one by one.
    """
    whole, _, decimals = written.replace(" ", "").replace(",", ".").partition(".")
    if len(whole) > 9 or (len(whole) > 1 and whole[0] == "0"):
        said = digits(whole)
    else:
        said = cardinal(int(whole), feminine=feminine and not decimals)
    return f"{said} virgule {_spoken_decimals(decimals)}" if decimals else said


def _spoken_decimals(decimals: str) -> str:
    bare = decimals.lstrip("0")
    zeros = ["zéro"] * (len(decimals) - len(bare))
    if len(bare) > 3:
        return " ".join([*zeros, digits(bare)])
    return " ".join([*zeros, cardinal(int(bare))] if bare else zeros)


def say_signs(text: str) -> str:
    """Signs before and between numbers, in words: before any stage that eats numbers.

    "-18 ans" is an age ("moins de dix-huit ans"), "-5 °C" is not.
    """
    text = _AGES.sub(r"\1 à \2", _STAR.sub(" étoile ", text))
    text = _OVER_AGE.sub("plus de ", _UNDER_AGE.sub("moins de ", text))
    return _MINUS.sub("moins ", text)


def say_numbers(text: str) -> str:
    """Every number still written in digits, in words."""
    if not re.search(r"[0-9]", text):
        return text
    text = _FRACTION.sub(lambda m: _FRACTIONS.get(m[0], m[0]), text)
    text = _YEAR.sub(_spoken_year, text)
    text = _LETTER_DIGIT.sub(" ", text)
    text = _RANGE.sub(_spoken_range, text)
    text = _TIMES.sub(r"\1 fois par ", text)
    text = _OVER.sub(r"\1 sur \2", text)
    return _COUNTED.sub(_spoken_counted, text)


def _spoken_year(match: re.Match[str]) -> str:
    announced = _YEAR_COMES.search(match.string[: match.start()])
    return year(int(match[0])) if announced else match[0]


def _spoken_range(match: re.Match[str]) -> str:
    first, last = match[1], match[2]
    if len(first) == len(last) == 4 and value(last) == value(first) + 1:
        return f"{first}, {last}"  # a school year
    return f"{first} à {last}" if value(first) < value(last) else f"{first} tiret {last}"


def _spoken_counted(match: re.Match[str]) -> str:
    noun = (match[2] or "").strip().lower()
    return spoken_number(match[1], feminine=is_feminine(noun))


def is_feminine(noun: str) -> bool:
    """Whether a common noun of town-hall sheets, in either number, is feminine."""
    return noun in _FEMININE or noun.removesuffix("s") in _FEMININE
