"""What Whisper writes when nobody said it: subtitle credits on silence, loops on noise.

Nothing here may cost a caller's own words: a credit is recognised by the whole of its sentence,
and numbers are never taken for a loop, because people dictate "deux deux deux".
"""

from __future__ import annotations

import re
import unicodedata

#: Whole sentences of the subtitle files that Whisper was trained on (folded to plain letters).
_CREDITS = re.compile(
    r"""(?x)
    sous[\s-]?titr(?:es?|age|ages)                      # "Sous-titrage Société Radio-Canada"
        (?:\s(?:realise|fait|cree|traduit|propose|ecrit)\w*)?
        (?:\s(?:par|pour|para|de|du)\s.* | \s?(?:societe|st|mfp|fr|vost\w*|radio|amara)\b.*)?
    | .*\bamara\s?\.?\s?org\b.*
    | .*\bsoustitreur\s?\.?\s?com\b.*
    | .*\bst'?\s?501\b.*
    | (?:et\s)?merci\s(?:a\stous\s)?d'?avoir\s(?:regarde|visionne|ecoute|suivi)
        (?:\s(?:cette|la|ma|notre|ces|mes|nos|cet|ce|le|l')\s?
            (?:videos?|emissions?|episodes?|podcasts?|film|chaine|direct))?
        (?:\sjusqu'au\sbout)?
    | (?:.*\s)?abonnez[\s-]vous(?:\sa\s(?:la|ma|notre)\schaine\b.*)?
    | n'?oubliez\spas\sde\svous\sabonner\b.*
    | (?:.*\s)?a\sbientot\spour\s(?:une\s|de\s)?(?:nouvelle|prochaine)s?\s(?:videos?|aventures?)\b.*
    | (?:thanks?|thank\syou)(?:\sso\smuch)?\sfor\swatching\b.*
    | (?:copyright|©)(?:\s\S+){0,4}
    | (?:musique|generique)\s(?:de\s(?:fin|debut)|douce|d'ambiance)
    """
)
_SOUNDS = re.compile(r"[\[(*♪♫][^\])*♪♫]*(?:[\])*♪♫]|$)")  # "[Musique]", "(rires)", "♪"
_SENTENCE = re.compile(r"\S.*?(?:[.!?…]+(?=\s|$)|$)")  # a point inside "amara.org" ends nothing
_STUTTER = re.compile(r"([^\W\d_]{1,4}?)\1{7,}")  # "hahahahahahahaha": a loop inside one word

_ECHO = 3  #: words of the hints
_BEEPS = 4  #: times that a tone of one word is written
_SAID_AGAIN = re.compile(
    r"(?:oui|ouais|si|non|nan|no|yes|allo|bonjour|merci|bien|bon|vite|feu|fire|gaz|secours|aide|help"
    r"|police|ambulance|attend(?:ez|s)|stop|ecoutez|pardon|pitie|personne|agent|quoi|hein|voila)"
)

_LONGEST_UNIT = 8  #: words
_LONGEST_DICTATION = 24  #: numbers in a row that a caller may dictate
_NUMBER = re.compile(
    r"""(?x)
    \d+ | zéro | une? | deux | trois | quatre | cinq | six | sept | huit | neuf | dix | onze | douze
    | treize | quatorze | quinze | seize | vingts? | trente | quarante | cinquante | soixante
    | septante | huitante | nonante | cents? | et | virgule | double | triple
    """
)


def without_credits(text: str) -> str:
    """The text without subtitle credits, bracketed sounds and tones; '' when nothing is left."""
    spoken = " ".join(_SOUNDS.sub(" ", text).split())
    kept = [s for s in _SENTENCE.findall(spoken) if not _CREDITS.fullmatch(_plain(s))]
    result = " ".join(kept)
    if _is_beeping(result):
        return ""
    return result if re.search(r"\w", result) else ""


def is_echo(text: str, hints: str) -> bool:
    """Whether nothing was written but a stretch of the hints, as happens on unclear speech.

    Three words of them in their order, or more: a caller says one or two of them, never the list.
    """
    words, given = _plain_words(text), _plain_words(hints)
    if len(words) < _ECHO:
        return False
    stretches = (given[at : at + len(words)] for at in range(len(given) - len(words) + 1))
    return any(stretch == words for stretch in stretches)


def _plain_words(text: str) -> list[str]:
    return re.findall(r"\w+", _plain(text))


def _is_beeping(text: str) -> bool:
    """Whether this is a busy tone written down: one word over and over that nobody says so."""
    words = [_plain(word) for word in re.findall(r"[\w']+", text)]
    return len(words) >= _BEEPS and len(set(words)) == 1 and not _said_over_and_over(words[0])


def _said_over_and_over(word: str) -> bool:
    return bool(_SAID_AGAIN.fullmatch(word)) or _is_number([word])


def is_loop(text: str) -> bool:
    """Whether the decoder fell into a loop: one to eight words said three times running.

    A caller may say a word twice ("oui oui") or three times ("non non non"); single words count
    only from five repetitions on. Numbers count only when no one could be dictating that many.
    """
    words = re.findall(r"[\w']+", text.lower())
    if _STUTTER.search(text.lower()):
        return True
    return any(
        _said_again(words, start, size) >= _allowed(words[start : start + size])
        for size in range(1, _LONGEST_UNIT + 1)
        for start in range(len(words) - 2 * size + 1)
    )


def without_loop(text: str) -> str:
    """The text with each loop said once, for when even the last decoding looped."""
    words = _STUTTER.sub(r"\1\1", text).split()
    for size in range(1, _LONGEST_UNIT + 1):
        out: list[str] = []
        for word in words:
            out.append(word)
            # a single word may be said twice, several words once
            kept = 2 if size == 1 else 1
            tail = out[-size * (kept + 1) :]
            if len(tail) == size * (kept + 1) and _is_repeated(tail, size):
                del out[-size:]
        words = out
    return " ".join(words)


def _is_repeated(words: list[str], size: int) -> bool:
    plain = [_plain(word) for word in words]
    unit = plain[:size]
    return plain == unit * (len(plain) // size) and not _is_number(words[:size])


def _said_again(words: list[str], start: int, size: int) -> int:
    """How many times running the unit at `start` is said."""
    unit, times = words[start : start + size], 1
    while words[start + times * size : start + (times + 1) * size] == unit:
        times += 1
    return times


def _allowed(unit: list[str]) -> int:
    """From how many repetitions on a unit is a loop."""
    if _is_number(unit):
        return _LONGEST_DICTATION // len(unit) + 1
    return 5 if len(unit) == 1 else 3


def _is_number(words: list[str]) -> bool:
    bare = [part for word in words for part in re.findall(r"\w+", word.lower())]
    return all(_NUMBER.fullmatch(part) for part in bare)


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFD", text.lower().replace("’", "'"))
    bare = "".join(c for c in folded if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^\w\s'.©-]", " ", bare).split()).strip(" .-'")
