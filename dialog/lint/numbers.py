"""Telephone numbers: none that costs extra (requirements Q07), and each as the voice reads it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from dialog.lint.finding import Finding, Severity
from dialog.lint.folder import Folder

_GAP = r"[ .\-/\u00a0\u202f]"
#: 081, 082, 089 and 118: more than the price of a call.
_PREMIUM = re.compile(
    rf"(?<![\d,.])(?:(?:0{_GAP}?|\+33{_GAP}?|0033{_GAP}?)8{_GAP}?[129](?:{_GAP}?\d){{7}}|118{_GAP}?\d{{3}})(?!\d)"
)
#: Short numbers that cost extra: weather, chemists on duty, the speaking clock, doctors.
_PAID_SHORT = ("3201", "3236", "3237", "3250", "3615", "3617", "3624", "3670", "3672", "3699")
#: Short numbers that cost nothing, or no more than a call.
_FREE_SHORT = (
    *("3000", "3018", "3020", "3022", "3103", "3114", "3117", "3128", "3133", "3168", "3179"),
    *("3230", "3238", "3400", "3620", "3631", "3635", "3639", "3646", "3900", "3901", "3919"),
    *("3928", "3939", "3949", "3957", "3959", "3960", "3966", "3975", "3977", "3989", "3995"),
)
_SHORT = re.compile(
    r"(?i)(?:\b(?:numéro|composez|appelez|faites|joindre|contactez)(?: est)?(?: aussi)?"
    r"(?: le| au)?|\bau|\ble) (?P<n>[31]\d ?\d\d)(?![\d ]?\d| ?[€%]|h| (?:euros|habitants|rue|m))"
)
#: Anything that looks like a French number: a zero, or 33, and seven digits or more.
_CANDIDATE = re.compile(
    rf"(?<![\d,.*-])(?:\+33{_GAP}?(?:\(0\)){_GAP}?|\+33|0033|\(?0)[\d .\-/()\u00a0\u202f]{{7,}}\d"
)
#: A planning file's number is no telephone number.
FILE_NUMBER = re.compile(r"\b[A-Z]{2}[ab]? ?\d{3} ?\d{3} ?\d{2} ?[A-Z]? ?\d{4,5}\b")
GROUPS = 3  #: said with a pause between them, at least; most numbers have five


def check(folder: Folder) -> Iterator[Finding]:
    """Premium and short paid numbers, and numbers that are not read in pairs."""
    for page in folder.pages:
        for passage in page.passages:
            for severity, rule, message in _in(passage.text, folder.say):
                yield page.finding(severity, rule, passage.line, message)
    for number, line in enumerate(folder.config_lines, start=1):
        if line.lstrip().startswith("#"):
            continue
        if match := premium(line):
            message = f"Le numéro surtaxé {match} ne doit être ni dit ni appelé."
            yield Finding(Severity.ERROR, "surtaxe", "allomairie.toml", number, message)


def premium(text: str) -> str:
    """The first premium number of a text; empty when there is none."""
    match = _PREMIUM.search(text)
    return match[0] if match else ""


def _in(text: str, say: Callable[[str], str]) -> Iterator[tuple[Severity, str, str]]:
    for match in _PREMIUM.finditer(text):
        yield (
            Severity.ERROR,
            "surtaxe",
            f"Le {match[0]} est un numéro surtaxé : donnez-en un autre.",
        )
    for match in _SHORT.finditer(text):
        number = match["n"].replace(" ", "")
        if number in _PAID_SHORT:
            message = f"Le {number} est un numéro court payant : donnez-en un autre."
            yield Severity.ERROR, "surtaxe", message
        elif number not in _FREE_SHORT:
            message = f"Le {number} est-il gratuit ? Les numéros courts peuvent être payants."
            yield Severity.WARNING, "numero-court", message
    for match in _CANDIDATE.finditer(FILE_NUMBER.sub(" ", text)):
        written = match[0].strip(" .-/()")
        if not _PREMIUM.fullmatch(written) and say(written).count(", ") < GROUPS - 1:
            message = (
                f"Le numéro « {written} » sera mal lu : écrivez-le par groupes de deux, "
                "comme 02 61 91 40 10."
            )
            yield Severity.WARNING, "numero", message
