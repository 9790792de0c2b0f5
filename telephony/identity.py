"""Who calls: the identity that a trusted peer asserts (RFC 3325), then From; privacy respected.

Numbers become E.164 at this door, so that records, hashes and call-backs know one spelling.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from telephony.sip_message import Message

MOST_CHARACTERS = 64  #: of a user part that is kept; longer ones are nobody's number
_USER = re.compile(r"(?:sips?:([^@;>?\s\"]+)[^@>\s]*@|tel:([^;>?\s\"]+))", re.IGNORECASE)
_HOST = re.compile(r"sips?:(?:[^@>\s]*@)?([^;>:?\s]+)", re.IGNORECASE)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_ANONYMOUS = {"anonymous", "unknown", "restricted", "unavailable", "private", "withheld", ""}
_HIDING = {"id", "header", "user", "full"}
_NUMBER = re.compile(r"\+?[0-9()./\s-]+")
# National numbers of the overseas departments have country codes of their own (ITU E.164; Arcep).
_OVERSEAS = {
    "262": "262",
    "263": "262",
    "269": "262",
    "639": "262",
    "692": "262",
    "693": "262",
    "590": "590",
    "690": "590",
    "691": "590",
    "594": "594",
    "694": "594",
    "596": "596",
    "696": "596",
    "697": "596",
}
_FICTION = "63998"  #: 06 39 98 xx xx belongs to no territory: Arcep keeps it for films and tests


def user_part(value: str) -> str:
    """The user part of a SIP or tel URI, or of a header value that holds one; '' without any."""
    match = _USER.search(_QUOTED.sub("", value))
    user = unquote(match.group(1) or match.group(2)) if match else ""
    clean = "".join(c for c in user.partition(";")[0] if c.isprintable())
    return clean if len(clean) <= MOST_CHARACTERS else ""


def e164(number: str, country: str = "33") -> str:
    """The number as the whole world dials it; extensions and names stay as they are.

    Args:
        country: the country code of national numbers, which begin with 0.
    """
    if not _NUMBER.fullmatch(number):
        return number
    digits = re.sub(r"[^0-9+]", "", number.replace("(0)", "") if "+" in number else number)
    if digits.startswith("00") and len(digits) >= 10:
        digits = "+" + digits[2:]
    if digits.startswith("+"):
        known = 7 <= len(digits) - 1 <= 15 and digits[1] != "0"  # no country code begins with 0
        return digits if known else number
    if country == "33" and len(digits) == 10 and digits[0] == "0" and digits[1] != "0":
        return _french(digits[1:])
    if digits.startswith(country) and len(digits) == len(country) + 9:
        return "+" + digits
    return digits


def _french(national: str) -> str:
    overseas = _OVERSEAS.get(national[:3])
    if overseas is None or national.startswith(_FICTION):
        return "+33" + national
    return f"+{overseas}{national}"


def is_private(message: Message) -> bool:
    """Whether the caller asked not to be named (RFC 3323, RFC 3325)."""
    asked = {
        word.strip().lower() for value in message.values("privacy") for word in value.split(";")
    }
    return bool(asked & _HIDING) or _is_anonymous(message.value("from"))


def _is_anonymous(value: str) -> bool:
    host = _HOST.search(_QUOTED.sub("", value))
    hidden = host is not None and host.group(1).lower() == "anonymous.invalid"
    return hidden or user_part(value).lower() in _ANONYMOUS


def caller_of(message: Message, *, trusted: bool) -> str:
    """The calling number, E.164 where it is one; '' when the caller is or wants to be unknown.

    Args:
        trusted: whether the peer's P-Asserted-Identity is believed.
    """
    if is_private(message):
        return ""
    asserted = message.values("p-asserted-identity") if trusted else ()
    for values in (asserted, (message.value("from"),)):
        known = [e164(user_part(value)) for value in values if not _is_anonymous(value)]
        if known:  # of a name and a number for the same person, the number can be called back
            return next((one for one in known if _NUMBER.fullmatch(one)), known[0])
    return ""
