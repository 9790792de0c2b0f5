"""What a desk's telephone shows of a call from the bot (requirements T06, T07). Pure.

    From: "Bot : état civil" <sip:0261914000@bot>      the town's own number, on every leg
    Diversion: <sip:0612345678@bot>                    the caller, on legs inside the town only
    X-Allomairie-Call: 7F3K-2Q                         its reference in the records, inside too

A caller's 06 or 07 shown on a leg to the outside would be a spoofed number, which operators block.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

LONGEST = 40  #: characters of a display name
REFERENCE = "X-Allomairie-Call"

_ARTICLE = re.compile(r"^(?:l['’]|le\s+|la\s+|les\s+)", re.IGNORECASE)
_OFFICE = re.compile(
    r"^(?:service|bureau|pôle)\s+(?:de\s+la\s+|de\s+l['’]|des\s+|du\s+|de\s+|d['’])?"
)
_NUMBER = re.compile(r"\+?\d{2,15}")
_SAFE_REFERENCE = re.compile(r"[\w-]{1,40}")


@dataclass(frozen=True)
class Presented:
    """How the bot's call to a desk looks."""

    name: str  #: display name
    user: str  #: user part of From
    headers: dict[str, str] = field(default_factory=dict)


def label(service: str) -> str:
    """A service as a display shows it: "le service état civil" is "état civil"."""
    plain = _OFFICE.sub("", _ARTICLE.sub("", service.strip()))
    return "".join(c for c in plain if c.isprintable() and c not in '"\\<>;@').strip()


def presented(
    service: str, town_number: str, *, outside: bool, caller: str, reference: str, host: str
) -> Presented:
    """What is shown to the desk.

    Args:
        service: its name as spoken.
        town_number: the town's own, as written.
        outside: whether the leg leaves the town's telephone network.
        caller: the calling number; empty when anonymous.
        reference: of the call in the records.
        host: host[:port] of the bot.
    """
    name = f"Bot : {label(service)}" if label(service) else "Bot"
    headers: dict[str, str] = {}
    if not outside and _SAFE_REFERENCE.fullmatch(reference):
        headers[REFERENCE] = reference
    if not outside and _NUMBER.fullmatch(caller):
        headers["Diversion"] = f"<sip:{caller}@{host}>;reason=deflection"
    return Presented(name[:LONGEST].rstrip(), _digits(town_number) or "mairie", headers)


def _digits(number: str) -> str:
    return "".join(c for c in number if c.isdigit() or c == "+")
