"""Callers' words made comparable: case, accents, punctuation, fillers, politeness.

Whisper writes capitals and punctuation; both cost the embedding a third of its right answers.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from functools import lru_cache

import snowballstemmer
from num2words import num2words

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "’": "'", "«": " ", "»": " "})
_WORD = re.compile(r"\d+(?:[.,]\d+)?|[^\W\d_]+")
_ACCENT = re.compile(r"[\u0300-\u036f]")
_DIGIT = re.compile(r"\d")


def fold(text: str) -> str:
    """Lower case without accents or punctuation, one space between words.

    "L'État civil, s'il vous plaît !" becomes "l etat civil s il vous plait".
    """
    lowered = text.lower().translate(_LIGATURES)
    letters = _ACCENT.sub("", unicodedata.normalize("NFKD", lowered))
    if not letters.isascii():  # other marks than those of Latin letters are rare, and slow to find
        letters = "".join(c for c in letters if not unicodedata.combining(c))
    return " ".join(_WORD.findall(letters))


def lower(text: str) -> str:
    """Lower case without punctuation, accents kept: what the embedding reads."""
    lowered = text.lower().replace("’", "'").replace("«", " ").replace("»", " ")
    return " ".join(re.sub(r"[^\w\s'%€-]|(?<!\w)-|-(?!\w)", " ", lowered).split())


_NUMBER = re.compile(r"(?<![\w.,])(\d{1,4})(?: ?h(?:eures?)? ?(\d{2})?(?![\w]))?(?![\d.,]\d)")


def spelt(text: str) -> str:
    """Small numbers in words: Whisper writes "16 ans", the phrasings say "seize ans"."""
    if _DIGIT.search(text) is None:
        return text
    return _NUMBER.sub(_in_words, text)


def _in_words(match: re.Match[str]) -> str:
    hours = re.search(r"\d ?h", match[0])
    words = num2words(int(match[1]), lang="fr")
    minutes = num2words(int(match[2]), lang="fr") if match[2] else ""
    return f"{words} heures {minutes}".strip() if hours else words


_POLITE = (
    r"bonjour|bonsoir|allo|alo|salut|coucou|re bonjour|rebonjour|madame|monsieur|mademoiselle|"
    r"messieurs dames|s il (?:vous|te) plait|svp|merci(?: beaucoup| bien| d avance)?|pardon|"
    r"excusez moi(?: de vous deranger)?|desolee?(?: de vous deranger)?|je m excuse|"
    r"je vous (?:appelle|telephone|contacte) (?:parce que|pour savoir(?: si)?|pour|car|"
    r"au sujet de)|"
    r"c est (?:encore )?(?:pour savoir|pour une question|au sujet de|a propos de|juste pour)|"
    r"j (?:aurais|ai|avais) (?:une|juste une) (?:petite )?question|"
    r"(?:est ce que )?(?:vous (?:pouvez|pourriez|sauriez)|pouvez vous|pourriez vous|tu peux) "
    r"(?:me (?:dire|renseigner|expliquer|donner)|m (?:aider|expliquer|indiquer))"
    r"(?: un peu)?(?: si)?|"
    r"je (?:voudrais|voulais|veux|souhaite|souhaiterais|aimerais|desire|cherche a)"
    r" (?:bien |juste )?(?:savoir|connaitre|vous demander|demander|avoir des renseignements sur|"
    r"un renseignement(?: sur)?|des informations sur)(?: si| comment faire pour)?|"
    r"je vous explique|je me permets de vous appeler|je me demandais(?: si)?|"
    r"dites(?: moi)?|dis(?: moi)?|ecoutez|figurez vous(?: que)?|vous savez|tu vois|vous voyez"
)
_FILLER = (
    r"euh+|heu+|hum+|mmh?|ben|bah|bon|ah|oh|eh|hein|voila|alors|donc|enfin|quoi|genre|"
    r"en fait|du coup|en gros|disons|tout simplement|comment dire|comment dirais je|"
    r"si vous voulez|a vrai dire|je sais pas(?: trop)?|je ne sais pas(?: trop)?|la la|tenez"
)
_NOISE = re.compile(rf"\b(?:{_POLITE}|{_FILLER})\b")


def without_noise(text: str) -> str:
    """Folded words without politeness and fillers; all the words when nothing else is there."""
    folded = fold(text)
    rest = " ".join(_NOISE.sub(" ", folded).split())
    return rest or folded


def quiet(text: str) -> str:
    """Lower-case words with accents, without politeness and fillers, for the embedding."""
    words = lower(spelt(text)).replace("-", " ").split()
    folded, owner = list[str](), list[int]()
    for number, word in enumerate(words):
        for part in fold(word).split():
            folded.append(part)
            owner.append(number)
    line = " ".join(folded)
    dropped = _covered(line, folded, owner)
    kept = [word for number, word in enumerate(words) if number not in dropped]
    return " ".join(kept or words)


def _covered(line: str, folded: list[str], owner: list[int]) -> set[int]:
    """Numbers of the written words that fall entirely inside noise."""
    covered = {match.span() for match in _NOISE.finditer(line)}
    inside: dict[int, bool] = {}
    position = 0
    for part, number in zip(folded, owner, strict=True):
        here = any(a <= position and position + len(part) <= b for a, b in covered)
        inside[number] = inside.get(number, True) and here
        position += len(part) + 1
    return {number for number, within in inside.items() if within}


_STOP_WORDS = """
a ai aie ait alors apres as au aucun aujourd aura aurais aurait aussi autre autres aux avais
avait avant avec avez avoir avons ayant bien c ca car ce ceci cela celle celui ces cet cette
ceux chaque chez chose ci comme comment d dans de deja depuis des deux dire dois doit donc dont
du e elle elles en encore entre es est et etaient etais etait etant ete etes etre eu eux faire
fais fait faites faut fois font hein hui il ils j je jusqu jusque juste l la le les leur leurs
lui m ma mais me meme memes mes moi mon n ne ni non nos notre nous on ont ou oui par parce pas
peu peut peux plus pour pourquoi pouvez puis q qu quand que quel quelle quelles quelqu quelque
quels qui quoi s sa sans savoir se sera serait ses si soit sommes son sont sous souvent suis sur
t ta te tes toi ton toujours tous tout toute toutes tres trop tu un une va vais vas vers veut
veux voici voila voir vont vos votre voudrais voulais vous vraiment y
"""
STOP = frozenset(_STOP_WORDS.split())
_STEMMER = snowballstemmer.stemmer("french")
_STEMMING = threading.Lock()  # the stemmer holds the word it works on; all calls share it


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The French stem of one folded word."""
    with _STEMMING:
        return str(_STEMMER.stemWord(word))


def terms(text: str) -> list[str]:
    """Stems of the words that carry meaning, for search by words."""
    return [stem(word) for word in fold(text).split() if word not in STOP and len(word) > 1]
