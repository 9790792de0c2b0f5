"""No invented number: what a reply counts must stand in a sheet, the configuration, or be heard."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from importlib.resources import files

from dialog.decision import Decision
from dialog.search.normalise import fold
from dialog.sheets import Sheet
from dialog.state import State
from dialog.town import Town
from dialog.values.cardinals import with_digits

_PHONE = re.compile(r"\b0\d(?:[ .]\d{2}){4}\b|\b0 800(?: \d{2}){3}\b")
_REFERENCE = re.compile(r"\b\d{3} \d{3}\b")
_DATE = re.compile(
    r"\b(?:(?:lun|mar|mercre|jeu|vendre|same)di|dimanche|le|au|du) (?:\d{1,2}|1er)\b(?! ?[h€\d])"
    r"|\b\d{1,2} (?:janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre"
    r"|novembre|décembre)\b(?: \d{4})?"
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_SHIPPED = ("data/phrases.toml", "data/emergencies.toml", "data/written.toml")


class Numbers:
    """Knows every number that a town may speak of."""

    def __init__(self, town: Town, sheets: Sequence[Sheet]) -> None:
        self._sheets = {sheet.id: _text(sheet) for sheet in sheets}
        shipped = [files("dialog").joinpath(name).read_text(encoding="utf-8") for name in _SHIPPED]
        fixed = " ".join([town.model_dump_json(), *shipped])
        self._fixed = set(_numbers(fixed))
        self._phones = set(map(_digits, _PHONE.findall(fixed)))

    def unfounded(
        self, decision: Decision, before: State, caller_words: Sequence[str]
    ) -> Iterator[str]:
        """Numbers of a reply that stand nowhere, each as a sentence."""
        reply = decision.reply
        about = {reply.sheet or "", before.sheet, decision.state.sheet, *decision.state.choices}
        told = " ".join(self._sheets.get(sheet, "") for sheet in about)
        known = [*_values(before), *_values(decision.state)]
        for ticket in decision.tickets:
            known += [*ticket.fields.values(), ticket.reference]
        if decision.resume is not None:
            known += [decision.resume.code, decision.resume.reference, str(decision.resume.hours)]
        heard = " ".join([*caller_words, *known])
        phones = self._phones | set(map(_digits, _PHONE.findall(told)))
        text = reply.say
        for phone in _PHONE.findall(text):
            if _digits(phone) not in phones and _digits(phone) not in _all_digits(heard):
                yield f"the number {phone} stands nowhere"
        text = _REFERENCE.sub(" ", _DATE.sub(" ", _PHONE.sub(" ", text)))
        allowed = self._fixed | set(_numbers(told)) | set(_heard(heard))
        for number in _numbers(text):
            if number not in allowed:
                yield f"« {number} » stands nowhere"


def clock_words(at: datetime) -> str:
    """What the clock adds to the numbers that may be said."""
    return f"{at.hour}h{at.minute:02d} {at.year} {at.year + 1}"


def _text(sheet: Sheet) -> str:
    parts = [sheet.title]
    for section in sheet.sections:
        parts += [section.heading, *section.conditions, *section.paragraphs]
    return " ".join(parts)


def _values(state: State) -> list[str]:
    task = state.task
    if task is None:
        return [state.caller, *state.history]
    return [state.caller, task.typed, *task.values.values(), *task.proposed.values()]


def _numbers(text: str) -> list[str]:
    return [_plain(found) for found in _NUMBER.findall(text)]


def _plain(number: str) -> str:
    whole, _, part = number.replace(".", ",").partition(",")
    return (whole.lstrip("0") or "0") + (f",{part}" if part else "")


def _heard(text: str) -> Iterable[str]:
    """Numbers of what was said, in digits or words; any part of a digit string."""
    yield from _numbers(text)
    tokens = fold(text).split()
    yield from _numbers(" ".join(with_digits(tokens)))
    digits = _all_digits(text)
    for size in (1, 2, 3):
        yield from (_plain(digits[at : at + size]) for at in range(len(digits) - size + 1))


def _all_digits(text: str) -> str:
    return _digits(text) + " " + _digits(" ".join(with_digits(fold(text).split())))


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())
