"""Where a call may be transferred to: the desks of the town's directory, and nothing else.

    written in allomairie.toml ─► listed? ─► allowed number? ─► Target ─► SIP URI at the IPBX

Toll fraud is a call that the town pays for (requirements C03): a target is refused unless it is
written in the directory, and even there paid, short and foreign numbers are refused. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

LONGEST = 64  #: characters of an extension as written

_SEPARATORS = re.compile(r"[ .\-()/]")
_EXTENSION = re.compile(r"[*#]?\d{1,6}|[A-Za-z][\w.-]{0,30}")
_NATIONAL = re.compile(r"0[1-79]\d{8}")
_FRENCH = re.compile(r"(?:\+|00)33(?:\(?0\)?)?([1-79]\d{8})")
_URI = re.compile(
    r"sips?:(?P<user>[\w.+*#-]{1,40})@(?P<host>[A-Za-z0-9.-]{1,60}|\[[0-9A-Fa-f:]{2,40}\])"
    r"(?P<port>:\d{1,5})?(?P<rest>;transport=(?:udp|tcp|tls))?",
    re.IGNORECASE,
)
_URGENT = re.compile(r"15|17|18|112|114")  #: never the number of a desk
_SHORT = re.compile(r"11[0-9]{4}|11[5689]|19[16]|1\d{3}|3\d{3}")
_RANGE = re.compile(r"(\d{2,6})(?:-(\d{2,6}))?")


class TargetRefused(ValueError):
    """The bot does not call this; one sentence says why."""


@dataclass(frozen=True)
class Target:
    """A desk that may be called."""

    user: str  #: what is dialled, without separators; ten digits for an outside number
    uri: str = ""  #: the whole address, where the directory has one; else it is at the IPBX
    outside: bool = False  #: the leg leaves the town's telephone network

    def at(self, host: str, prefix: str = "") -> str:
        """The SIP URI to call.

        Args:
            host: host[:port] of the IPBX.
            prefix: dialled before outside numbers, as on a desk telephone.
        """
        return self.uri or f"sip:{prefix if self.outside else ''}{self.user}@{host}"


@dataclass(frozen=True)
class Rules:
    """What the town's directory and its IPBX allow."""

    listed: frozenset[str] = frozenset()  #: extensions as they are written in the directory
    internal: tuple[tuple[str, str], ...] = ()  #: the IPBX's own numbers that look like short ones

    @classmethod
    def of(cls, listed: Iterable[str], internal: Iterable[str] = ()) -> Rules:
        """Rules from what the configuration says.

        Raises:
            ValueError: a range that is none.
        """
        return cls(frozenset(one for one in listed if one), tuple(map(_range, internal)))

    def is_internal(self, number: str) -> bool:
        """Whether the IPBX has declared this number as one of its own."""
        return any(
            len(first) == len(number) and first <= number <= last for first, last in self.internal
        )


def target(written: str, rules: Rules) -> Target:
    """The desk behind an extension.

    Raises:
        TargetRefused: it is not in the directory, or it is a number that the bot never calls.
    """
    if written not in rules.listed:
        raise TargetRefused("this number is not in the town's directory")
    return checked(written, rules)


def checked(written: str, rules: Rules) -> Target:
    """The same without the directory, to check the directory itself.

    Raises:
        TargetRefused: one sentence.
    """
    if len(written) > LONGEST:
        raise TargetRefused(f"an extension has at most {LONGEST} characters")
    if written.lower().startswith(("sip:", "sips:")):
        return _from_uri(written, rules)
    if not written.isascii() or not written.isprintable():
        raise TargetRefused(f"{written!r} is no extension, number or sip: address")
    number = _SEPARATORS.sub("", written) if written[:1] in "+0123456789" else written
    user, outside = _number(number, rules)
    return Target(user, outside=outside)


def _from_uri(written: str, rules: Rules) -> Target:
    match = _URI.fullmatch(written)
    if match is None:
        raise TargetRefused(f"{written!r} is not a plain address such as sip:100@192.168.1.10")
    user = match["user"]
    outside = False
    if user.lstrip("+").isdigit():
        _, outside = _number(user, rules)
    return Target(user, written, outside)


def _number(number: str, rules: Rules) -> tuple[str, bool]:
    """What is dialled, and whether it leaves the IPBX."""
    if french := _FRENCH.fullmatch(number):
        return f"0{french[1]}", True
    if number.startswith(("+", "00")):
        raise TargetRefused(f"{number} is a foreign number; the bot does not call abroad")
    if _NATIONAL.fullmatch(number):
        return number, True
    if number.startswith("08"):
        raise TargetRefused(f"{number} may be a paid number (08); the bot does not call those")
    if _URGENT.fullmatch(number):
        raise TargetRefused(f"{number} is an emergency number; the bot tells it, never calls it")
    if _SHORT.fullmatch(number) and not rules.is_internal(number):
        raise TargetRefused(
            f"{number} may be a paid short number; if it is an extension of your IPBX, put its "
            f'range in transfer.internal, e.g. ["{number}"]'
        )
    if not _EXTENSION.fullmatch(number):
        raise TargetRefused(f"{number!r} is no extension, French number or sip: address")
    return number, False


def _range(text: str) -> tuple[str, str]:
    match = _RANGE.fullmatch(text.strip())
    first, last = (match[1], match[2] or match[1]) if match else ("", "")
    if not first or len(first) != len(last) or first > last:
        raise ValueError(f"{text!r} is not a number or a range such as '1000-1999'")
    return first, last
