"""Whose data is meant: read from a form or the API, checked, and told without telling who it is."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from records import Whose
from review.gate import Refusal

LONGEST_SLOT = timedelta(days=31)
CONFIRMATION = "EFFACER"
_CASE = re.compile(r"[\w /.-]{0,40}")
_MOST_DIGITS = 8  #: of a case's own number: nine are a telephone number
_NO_MOMENT = "Un moment s'écrit comme 2026-11-24T09:30 : jour, T, heure."


class Asked(BaseModel):
    """Exactly one of: a number, a reference, a call, a slot with its beginning and its end."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: str = Field("", max_length=40, description="A telephone number, in any writing.")
    reference: str = Field("", max_length=20, description="Six digits: of a ticket, or of a call.")
    call: str = Field("", max_length=64, description="The id of a call.")
    since: str = Field("", max_length=25, description="The town's time: 2026-11-24T09:30.")
    until: str = Field("", max_length=25, description="Not included; 31 days later at most.")


class Erasing(Asked):
    """What is to be erased, confirmed."""

    seen: str = Field("", max_length=80, description="`seen` of what was found and shown.")
    confirm: str = Field("", max_length=20, description=f"The word {CONFIRMATION}.")
    case: str = Field("", max_length=40, description="The request's number in your own register.")


def asked_in(form: Any, kind: type[Asked] = Asked) -> Any:
    """The same from a page's form.

    Raises:
        Refusal: a value is too long.
    """
    known = {name: value.strip() for name, value in form.items() if name in kind.model_fields}
    try:
        return kind.model_validate(known)
    except ValueError:
        raise Refusal(422, "Une valeur du formulaire est trop longue.") from None


def whose(asked: Asked, zone: ZoneInfo) -> Whose:
    """What the records look for.

    Raises:
        Refusal: it names nobody, or more than one; in French.
    """
    slot = bool(asked.since or asked.until)
    if sum((bool(asked.number), bool(asked.reference), bool(asked.call), slot)) != 1:
        raise Refusal(422, "Donnez un numéro, ou une référence, ou un créneau : un seul des trois.")
    if slot:
        return _slot(asked, zone)
    if asked.reference:
        digits = "".join(c for c in asked.reference if not c.isspace())
        if not (len(digits) == 6 and digits.isascii() and digits.isdigit()):
            raise Refusal(422, "Une référence a six chiffres, par exemple 482913.")
        return Whose(reference=digits)
    if asked.number and sum(c.isdigit() for c in asked.number) < 4:
        raise Refusal(
            422, "Un numéro de téléphone s'écrit en chiffres, par exemple 06 12 34 56 78."
        )
    return Whose(number=asked.number, call=asked.call)


def _slot(asked: Asked, zone: ZoneInfo) -> Whose:
    first, last = _moment(asked.since, zone), _moment(asked.until, zone)
    if first is None or last is None or first >= last:
        raise Refusal(422, "Donnez le début et la fin du créneau, dans cet ordre.")
    if last - first > LONGEST_SLOT:
        raise Refusal(422, "Un créneau dure 31 jours au plus.")
    return Whose(first=first, last=last)


def _moment(text: str, zone: ZoneInfo) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Refusal(422, _NO_MOMENT) from None
    if not 2000 <= found.year <= 2200:
        raise Refusal(422, _NO_MOMENT)
    return found.replace(tzinfo=zone) if found.tzinfo is None else found


def about(wanted: Whose, zone: ZoneInfo, case: str = "") -> str:
    """How a person was looked for, as the access log keeps it: no number, no name.

    Raises:
        Refusal: the case's number could be a telephone number, or has signs that no number has.
    """
    if not _CASE.fullmatch(case) or sum(c.isdigit() for c in case) > _MOST_DIGITS:
        raise Refusal(
            422,
            "Le numéro de dossier a 40 lettres et chiffres au plus, et jamais neuf chiffres : "
            "par exemple RGPD-2026-012.",
        )
    if wanted.first is not None and wanted.last is not None:
        ends = (
            one.astimezone(zone).strftime("%Y-%m-%dT%H:%M") for one in (wanted.first, wanted.last)
        )
        how = f"slot {' to '.join(ends)}"
    else:
        how = "number" if wanted.number else "reference" if wanted.reference else "call"
    return f"by {how} #{case}" if case else f"by {how}"


def told(text: str) -> tuple[str, str]:
    """What `about` wrote, in French, and the case's number."""
    how, _, case = text.partition(" #")
    words = {
        "by number": "par numéro de téléphone",
        "by reference": "par référence",
        "by call": "par appel",
    }
    if how.startswith("by slot "):
        first, _, last = how.removeprefix("by slot ").partition(" to ")
        return f"par créneau, du {_french(first)} au {_french(last)}", case
    return words.get(how, "en ligne de commande"), case


def _french(moment: str) -> str:
    return f"{datetime.fromisoformat(moment):%d/%m/%Y à %H:%M}"
