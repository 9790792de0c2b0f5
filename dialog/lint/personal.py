"""Never a social security number, an IBAN or a bank card: not asked for, not spoken (R13)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dialog.lint.finding import Finding, Severity
from dialog.lint.folder import Folder

_TOLD = (
    r"(?:donne[zr]|dites|dire|dicte[zr]|communique[zr]|indique[zr]|tape[zr]|épele[zr]|énonce[zr]"
    r"|transmette[zr]|transmettre|préparez|munissez-vous de)"
)
_WHAT = (
    r"(?:numéros? (?:de )?(?:sécurité sociale|sécu|carte (?:bancaire|bleue|vitale)|CB|compte)"
    r"|NIR|IBAN|coordonnées bancaires|cryptogramme|code (?:de|secret de) (?:votre |la )?carte)"
)
_ASKED = re.compile(rf"(?i)\b{_TOLD}\b[^.!?]*\b{_WHAT}\b")
_NEVER = re.compile(r"(?i)\b(?:ne|jamais|n')\b[^.!?]{0,40}$")
_RUN = re.compile(r"(?<!\d)\d(?:[ .-]?\d){12,18}(?!\d)")
_NIR = re.compile(r"(?<!\d)[12](?:[ .]?\d){4}[ .]?(?:\d\d|2[AB])(?:[ .]?\d){8}(?!\d)")
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?(?!\w)")


def check(folder: Folder) -> Iterator[Finding]:
    """Sentences that ask for such a number, and numbers that are one."""
    for page in folder.pages:
        for passage in page.passages:
            text = passage.text
            for match in _ASKED.finditer(text):
                if not _NEVER.search(text[: match.start()]):
                    message = (
                        "Une fiche ne doit jamais demander un numéro de sécurité sociale, "
                        f"un IBAN ou une carte bancaire : « {match[0]} »."
                    )
                    yield page.finding(Severity.ERROR, "donnee-interdite", passage.line, message)
            if kind := _held(text):
                message = f"La fiche contient ce qui ressemble à {kind} : retirez-le."
                yield page.finding(Severity.ERROR, "donnee-interdite", passage.line, message)


def _held(text: str) -> str:
    for match in _NIR.finditer(text):
        if _is_nir(match[0]):
            return "un numéro de sécurité sociale"
    for match in _IBAN.finditer(text):
        if _is_iban(match[0].replace(" ", "")):
            return "un IBAN"
    for match in _RUN.finditer(text):
        if _is_card(re.sub(r"\D", "", match[0])):
            return "un numéro de carte bancaire"
    return ""


def _is_nir(written: str) -> bool:
    run = re.sub(r"[ .]", "", written).replace("2A", "19").replace("2B", "18")
    return run.isdigit() and len(run) == 15 and int(run[13:]) == 97 - int(run[:13]) % 97


def _is_iban(run: str) -> bool:
    if not 15 <= len(run) <= 34:
        return False
    turned = run[4:] + run[:4]
    return int("".join(str(int(c, 36)) for c in turned)) % 97 == 1


def _is_card(run: str) -> bool:
    if not 13 <= len(run) <= 19 or run.startswith("0"):
        return False
    doubled = [int(d) * (1 + n % 2) for n, d in enumerate(reversed(run))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0
