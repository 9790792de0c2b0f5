"""What one check found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Finding:
    """One check: `detail` says what was found and, when it is not well, what to do."""

    check: str
    ok: bool
    detail: str
    warning: bool = False  #: calls are answered, but this should be looked at

    @property
    def level(self) -> Literal["ok", "warning", "error"]:
        """How bad it is; only an error makes `doctor` fail."""
        if not self.ok:
            return "error"
        return "warning" if self.warning else "ok"


def warned(check: str, detail: str) -> Finding:
    """Something to look at that stops no call."""
    return Finding(check, True, detail, warning=True)
