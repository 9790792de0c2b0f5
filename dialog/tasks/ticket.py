"""What a task leaves: the values a service needs, and by when it should answer."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class TicketDraft:
    """A ticket as decided; the records write it before the reply that says it ends."""

    kind: str  #: "message", "report" or "appointment"
    fields: dict[str, str] = field(default_factory=dict)
    service: str = ""  #: id of the service that has to act
    due: date | None = None  #: last working day for its answer
    reference: str = ""  #: six digits, said in two groups
    complete: bool = True  #: False: the caller left before the end
    goes_on: bool = False  #: takes the place of the incomplete ticket with its reference


def draw_reference() -> str:
    """Six random digits, the first not 0: a caller who notes a number drops leading zeros."""
    return str(100_000 + secrets.randbelow(900_000))


def grouped(reference: str) -> str:
    """ "482 913": the two groups that the voice reads."""
    return f"{reference[:3]} {reference[3:]}"
