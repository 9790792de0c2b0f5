"""French mobile numbers, overseas ones included: the only ones that text messages go to.

Numbers are ten national digits. Abroad, and for most gateways, each overseas territory has a
country code of its own; the prefixes are those of the French numbering plan (Arcep).
"""

from __future__ import annotations

import re

_MOBILE = re.compile(r"0[67]\d{8}")
_OVERSEAS = {
    **dict.fromkeys(("0690", "0691"), "590"),  # Guadeloupe, Saint-Martin, Saint-Barthélemy
    "0694": "594",  # Guyane
    **dict.fromkeys(("0696", "0697"), "596"),  # Martinique
    **dict.fromkeys(("0692", "0693", "0639"), "262"),  # La Réunion, Mayotte
}
_CODES = frozenset(_OVERSEAS.values())


def is_mobile(number: str) -> bool:
    """Whether ten national digits are a mobile's; 0700 is for machines."""
    return bool(_MOBILE.fullmatch(number)) and not number.startswith("0700")


def international(number: str) -> str:
    """ "0612345678" becomes "+33612345678", "0690123456" "+590690123456".

    Raises:
        ValueError: it is not a French mobile number.
    """
    if not is_mobile(number):
        raise ValueError("text messages go to French mobile numbers only (06, 07)")
    return f"+{_OVERSEAS.get(number[:4], '33')}{number[1:]}"


def national_mobile(number: str) -> str:
    """The ten digits of a French mobile in any usual writing; empty when it is none."""
    digits = re.sub(r"[\s.\-()/]", "", number)
    digits = re.sub(r"^00", "+", digits)
    if digits.startswith("+"):
        code = next((c for c in ("33", *_CODES) if digits.startswith(f"+{c}")), "")
        rest = digits[1 + len(code) :].removeprefix("0")
        found = f"0{rest}" if code else ""
        own = is_mobile(found) and _OVERSEAS.get(found[:4], "33") == code
        return found if own or (code == "33" and is_mobile(found)) else ""
    return digits if is_mobile(digits) else ""
