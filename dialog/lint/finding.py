"""What a rule found: how bad, where, and a sentence for the supervisor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dialog.lint.folder import Folder


class Severity(StrEnum):
    """An error must be mended, a warning should be, advice makes it better."""

    ERROR = "error"
    WARNING = "warning"
    ADVICE = "advice"


@dataclass(frozen=True)
class Finding:
    """One thing to mend."""

    severity: Severity
    rule: str  #: a short name, the same for all findings of its kind
    file: str  #: relative to the town's folder
    line: int  #: from 1; 0 when the file as a whole is meant
    message: str  #: in French, one or two sentences
    sheet: str = ""  #: id, where it is about one


Rule = Callable[["Folder"], Iterator[Finding]]
