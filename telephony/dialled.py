"""Which line was dialled: Request-URI, To, Diversion (RFC 5806), History-Info (RFC 7044).

An IPBX that forwards a line to the assistant rings the assistant's own number and names the line
that the caller dialled further down; the first of them that the town declares is the line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from telephony.identity import e164, user_part
from telephony.sip_message import Message

MOST_DIVERSIONS = 10  #: more are a loop or an attack
_INDEX = re.compile(r";\s*index\s*=\s*([0-9]+(?:\.[0-9]+)*)", re.IGNORECASE)


def dialled_numbers(message: Message) -> tuple[str, ...]:
    """Every number the call was sent to, the nearest first: user parts, each once."""
    found = [
        user_part(value)
        for value in (
            message.uri,
            message.value("to"),
            *message.values("diversion")[:MOST_DIVERSIONS],
            *reversed(_history(message)),
        )
    ]
    return tuple(dict.fromkeys(number for number in found if number))


def _history(message: Message) -> list[str]:
    """History-Info in the order of its indexes: the first is what was dialled first."""
    entries = message.values("history-info")[:MOST_DIVERSIONS]
    return sorted(entries, key=_index)


def _index(entry: str) -> tuple[int, ...]:
    match = _INDEX.search(entry)
    return tuple(int(part[:9]) for part in match.group(1).split(".")) if match else ()


def line_of(message: Message, lines: Iterable[str]) -> str:
    """The dialled line as the town spells it, else what stands in To, else in the Request-URI.

    Args:
        lines: the numbers of the town's lines; "02 61 91 40 00" and "+33261914000" are the same.
    """
    known = {e164(line).lower(): line for line in lines}
    numbers = dialled_numbers(message)
    for number in numbers:
        if (line := known.get(e164(number).lower())) is not None:
            return line
    return user_part(message.value("to")) or next(iter(numbers), "")
