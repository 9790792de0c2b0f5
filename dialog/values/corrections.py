"""A number that was read back, and what the caller corrects in it."""

from __future__ import annotations

import re

from dialog.values.phones import PhoneReading, Refusal, digits_said, national, parse_phone
from dialog.values.words import line

_ORDINALS = (
    (r"premiere?s?|1 ?(?:er|re|ere)", 0),
    (r"deuxiemes?|seconde?|2 ?(?:e|eme|nd|nde)", 1),
    (r"troisiemes?|3 ?(?:e|eme)", 2),
    (r"quatriemes?|4 ?(?:e|eme)", 3),
    (r"avant derniere?s?", 3),
    (r"cinquiemes?|5 ?(?:e|eme)|derniere?s?", 4),
)
_PLACE = re.compile(
    r"\b(?:l|le|la|les|au|du)\b (?P<many>(?:deux|trois|quatre|2|3|4) )?(?P<which>"
    + "|".join(f"(?:{words})" for words, _ in _ORDINALS)
    + r")\b(?P<unit> chiffres?)?(?: (?:groupes?|paires?|nombres?|numeros?))?(?P<rest>.*)"
)
_ENDS = re.compile(r"\b(?:finit|finissent|termine|fini|fin|bout)\b(?P<rest>.*)")
_STARTS = re.compile(r"\b(?:commence|debute|debut|commencent)\b(?P<rest>.*)")
_NOT = re.compile(r"\b(?:et )?(?:pas|au lieu (?:de|du)|a la place (?:de|du))\b")
_BUT = re.compile(r"\b(?:mais|c est|plutot)\b")
_ENOUGH = 600  #: characters; a correction is said in the first of them
_MANY = {"deux": 2, "trois": 3, "quatre": 4, "2": 2, "3": 3, "4": 4}


def correct(old: str, said: str) -> PhoneReading:
    """The number after a correction of the one read back.

    Args:
        old: ten digits, as they were read back.
        said: "non, soixante-dix-huit" (the last pair), "ça finit par 92", "le deuxième c'est 13",
            "pas 78, 79", or the whole number again.
    """
    said = said[:_ENOUGH]
    whole = parse_phone(said)
    if whole.candidates:
        return whole
    words = line(said)
    new = _instead(old, words) or _placed(old, words) or _edge(old, words)
    if not new and whole.refusal not in (Refusal.SPECIAL, Refusal.FOREIGN):
        new = _ending(old, said)
    if new and national(new):
        return PhoneReading(candidates=(new,))
    return PhoneReading(refusal=whole.refusal or Refusal.UNKNOWN)


def _instead(old: str, words: str) -> str:
    """ "79 au lieu de 78", "pas 78, 79", "pas 78 mais 79"."""
    match = _NOT.search(words)
    if match is None:
        return ""
    wrong, right = words[match.end() :], _digits(words[: match.start()])
    but = _BUT.search(wrong)
    if not right and but and (meant := _digits(wrong[but.end() :])):
        wrong, right = wrong[: but.start()], meant
    bad = _digits(wrong)
    if not right and len(bad) % 2 == 0:  # "pas 78 79": two groups in a breath
        bad, right = bad[: len(bad) // 2], bad[len(bad) // 2 :]
    if not bad or len(bad) != len(right):
        return ""
    at = _find(old, bad)
    return old[:at] + right + old[at + len(bad) :] if at >= 0 else ""


def _find(old: str, bad: str) -> int:
    """Where the wrong digits stand: at a pair first, the last one when they stand twice."""
    places = [at for at in range(len(old)) if old.startswith(bad, at)]
    return max((at for at in places if at % 2 == 0), default=max(places, default=-1))


def _placed(old: str, words: str) -> str:
    """ "le deuxième c'est 13", "les deux derniers chiffres c'est 92"."""
    match = _PLACE.search(words)
    if match is None:
        return ""
    new = _digits(match["rest"])
    if not new:
        return ""
    if match["many"] and match["which"].startswith("dernier"):
        return old[: -len(new)] + new
    if match["many"] and match["which"].startswith("premier"):
        return new + old[len(new) :]
    number = next(n for pattern, n in _ORDINALS if re.fullmatch(pattern, match["which"]))
    if match["unit"] or len(new) == 1:
        return _digit(old, match["which"], number, new)
    return old[: 2 * number] + new + old[2 * number + len(new) :]


def _digit(old: str, which: str, number: int, new: str) -> str:
    if which.startswith("avant"):
        number = 8
    elif which.startswith("dernier"):
        number = 9
    if len(new) == 2 and new[0] == "1":  # "c'est un 4"
        new = new[1]
    return old[:number] + new + old[number + 1 :] if len(new) == 1 else ""


def _edge(old: str, words: str) -> str:
    ends, starts = _ENDS.search(words), _STARTS.search(words)
    if ends and (new := _digits(ends["rest"])):
        return old[: -len(new)] + new
    if starts and (new := _digits(starts["rest"])):
        return new + old[len(new) :]
    return ""


def _ending(old: str, said: str) -> str:
    new = _digits(said)
    return old[: -len(new)] + new if 0 < len(new) < len(old) else ""


def _digits(words: str) -> str:
    found = digits_said(words)
    return found[0] if found and found[0].isdecimal() else ""
