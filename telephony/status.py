"""Whether the trunks and accounts work: told by those who try, read by /readyz and the log."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

logger = logging.getLogger("allomairie.telephony")


@dataclass(frozen=True)
class Connection:
    """What is known of one trunk or account, at the moment it was asked."""

    name: str
    kind: str  #: "trunk" or "account"
    up: bool | None  #: None: not known yet
    detail: str = ""  #: why it is down
    since: float = 0.0  #: time.time() of the last change


Listener = Callable[[Connection], None]


class Status:
    """The state of every connection that is watched.

    Args:
        on_change: told of each change, once; a first "up" is a change too.
    """

    def __init__(self, on_change: Listener | None = None) -> None:
        self._on_change = on_change
        self._known: dict[str, Connection] = {}

    def watch(self, name: str, kind: str) -> None:
        """From now on this connection is waited for."""
        self._known[name] = Connection(name, kind, None)

    def report(self, name: str, *, up: bool, detail: str = "") -> None:
        """What an attempt found; only a change is an event."""
        old = self._known[name]
        if old.up is up:
            return
        new = Connection(name, old.kind, up, "" if up else detail, time.time())
        self._known[name] = new
        level = logging.INFO if up else logging.ERROR
        logger.log(level, "%s %s is %s%s", old.kind, name, *_words(new))
        if self._on_change is not None:
            self._on_change(new)

    @property
    def all(self) -> tuple[Connection, ...]:
        """Every connection, as it is now."""
        return tuple(self._known.values())

    @property
    def trouble(self) -> str:
        """One sentence on what is down; '' when nothing is."""
        return "; ".join(
            f"{one.kind} {one.name} is down: {one.detail or 'no answer'}"
            for one in self._known.values()
            if one.up is False
        )


def _words(one: Connection) -> tuple[str, str]:
    return ("up", "") if one.up else ("down", f": {one.detail}" if one.detail else "")
