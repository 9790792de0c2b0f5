"""Telephone numbers, said as the French say them: in pairs, with a pause after each."""

from __future__ import annotations

import re

from voice.speakable.numbers import cardinal, digits

_PAIRS = re.compile(
    r"[+0](?<![\d,].)"
    r"(?:(?:(?<=\+)|0)33 ?(?:\(0\) ?)?[.-]?|(?<=0))"
    r"(?P<first>[1-9])(?P<rest>(?:[ .\-/]?\d{2}){4})(?!\d)"
)
_TOLL_FREE = re.compile(
    r"[+0](?<![\d,].)(?:(?<=0)[ .]?(?P<head>8[0-29]\d)|(?:(?<=\+)|0)33 ?(?P<intl>8[0-29]\d))"
    r"(?:[ .]?(?P<pairs>\d{2}[ .]?\d{2}[ .]?\d{2})|[ .](?P<triples>\d{3}[ .]\d{3}))(?!\d)"
)
_STREET = r"(?:rue|route|avenue|boulevard|chemin|allée|impasse|place)"
_QUANTITY = rf"(?! ?(?:€|%|euros|m²|m2|km|kg|habitants|{_STREET})|\d|[.,]\d)"
_CALL = re.compile(r"(?i)\b(?:le|au|numéro|composez|appelez|faites|joindre|contactez) $")
_KNOWN = frozenset(
    {"3114", "3117", "3018", "3919", "3620", "3624", "3928", "3230", "3939", "3646", "3949"}
    | {"3960", "3966", "3977", "116117", "116111", "116000", "116006"}
)
_SHORT = re.compile(rf"(?:3\d|10)\d\d(?<![\d,.]\d{{4}}){_QUANTITY}")
_SIX = re.compile(rf"11[68](?<![\d,.]\d{{3}})( ?)\d{{3}}(?! \d{{3}}){_QUANTITY}")
_FOREIGN = re.compile(r"\+(?P<number>\d{1,3}(?:[ .-]?\d{1,4}){2,7})(?!\d)")


def say_phones(text: str, *, slow: bool = False) -> str:
    """Telephone numbers in words: pairs, groups of the toll-free ones, halves of the short ones.

    Args:
        text: written French.
        slow: a longer pause (a semicolon) instead of a comma between the groups.
    """
    pause = "; " if slow else ", "
    if not re.search(r"\d{2}", text):
        return text
    text = _TOLL_FREE.sub(lambda m: pause.join(_toll_free(m)), text)
    text = _PAIRS.sub(lambda m: pause.join(_pairs(f"0{m['first']}{m['rest']}")), text)
    text = _SIX.sub(lambda m: _short(m, pause), text)
    text = _SHORT.sub(lambda m: _short(m, " "), text)
    return _FOREIGN.sub(lambda m: "plus " + pause.join(_foreign(m["number"])), text)


def spoken_group(run: str) -> str:
    """A group of digits of a number: "07" -> "zéro sept", "00" -> "zéro zéro"."""
    zeros = len(run) - len(run.lstrip("0"))
    bare = run[zeros:]
    return " ".join(["zéro"] * zeros + ([cardinal(int(bare))] if bare else []))


def _pairs(number: str) -> list[str]:
    run = re.sub(r"\D", "", number)
    return [spoken_group(run[i : i + 2]) for i in range(0, len(run), 2)]


def _toll_free(match: re.Match[str]) -> list[str]:
    head = f"zéro {cardinal(int(match['head'] or match['intl']))}"
    if match["triples"]:
        return [head, *(spoken_group(t) for t in re.split(r"[ .]", match["triples"]))]
    return [head, *_pairs(match["pairs"])]


def _short(match: re.Match[str], joint: str) -> str:
    """A short number by halves, if it is a known one or the words before it announce a call."""
    number = match[0].replace(" ", "")
    half = len(number) // 2
    announced = _CALL.search(match.string[: match.start()])
    if not (announced or number in _KNOWN or " " in match[0]):
        return match[0]
    return joint.join((spoken_group(number[:half]), spoken_group(number[half:])))


def _foreign(number: str) -> list[str]:
    groups = re.split(r"[ .-]", number)
    return [spoken_group(g) if len(g) < 4 else digits(g) for g in groups]
