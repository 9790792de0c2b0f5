"""A SIP message as it stood on the wire (RFC 3261), read only as far as a town hall needs."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LONG = {
    "v": "via",
    "f": "from",
    "t": "to",
    "i": "call-id",
    "m": "contact",
    "c": "content-type",
    "l": "content-length",
    "s": "subject",
    "k": "supported",
    "r": "refer-to",
    "b": "referred-by",
    "x": "session-expires",
}
_FOLD = re.compile(r"\r?\n[ \t]+")
_LINE = re.compile(r"\r?\n")


@dataclass(frozen=True)
class Message:
    """A request or a response."""

    start: str  #: the first line
    headers: tuple[tuple[str, str], ...]  #: lower-case long names, in order, repeated ones too
    body: str = ""

    @classmethod
    def parse(cls, text: str) -> Message:
        """Read a message; what is no header line is passed over.

        Raises:
            ValueError: the first line is neither a request's nor a response's.
        """
        head, _, body = text.replace("\r\n", "\n").partition("\n\n")
        start, *lines = _LINE.split(_FOLD.sub(" ", head))
        words = start.split(" ", 2)
        if len(words) != 3 or "SIP/2.0" not in (words[0], words[2]):
            raise ValueError(f"{start[:60]!r} is no first line of a SIP message")
        headers = []
        for line in lines:
            name, colon, value = line.partition(":")
            if colon:
                lower = name.strip().lower()
                headers.append((_LONG.get(lower, lower), value.strip()))
        return cls(start, tuple(headers), body)

    @property
    def method(self) -> str:
        """The request's method, '' of a response."""
        return "" if self.start.startswith("SIP/2.0 ") else self.start.partition(" ")[0]

    @property
    def uri(self) -> str:
        """The Request-URI, '' of a response."""
        return self.start.split(" ")[1] if self.method else ""

    @property
    def status(self) -> int:
        """The response's code, 0 of a request."""
        code = self.start.split(" ")[1]
        return int(code) if not self.method and code.isdecimal() else 0

    def value(self, name: str) -> str:
        """The first header of this name, '' when there is none."""
        return next((value for key, value in self.headers if key == name.lower()), "")

    def values(self, name: str) -> tuple[str, ...]:
        """Every value of a header, whether on one line or several."""
        lines = (value for key, value in self.headers if key == name.lower())
        return tuple(part for line in lines for part in split_values(line))


def split_values(line: str) -> list[str]:
    """Cut a header at its commas, but not at those in quotes or angle brackets."""
    parts, start, quoted, bracketed, escaped = [], 0, False, False, False
    for at, char in enumerate(line):
        if escaped:
            escaped = False
        elif char == "\\" and quoted:
            escaped = True
        elif char == '"' and not bracketed:
            quoted = not quoted
        elif char in "<>" and not quoted:
            bracketed = char == "<"
        elif char == "," and not quoted and not bracketed:
            parts.append(line[start:at].strip())
            start = at + 1
    return [part for part in [*parts, line[start:].strip()] if part]
