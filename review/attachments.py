"""Files of calls that join a person's export: the small interface that recordings plug into."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a call, such as its recording."""

    name: str  #: in the zip, such as "enregistrements/482913.ogg"
    content: bytes


#: the files of these calls, by id
Attachments = Callable[[Sequence[str]], Iterable[Attachment]]


def no_attachments(calls: Sequence[str]) -> Iterable[Attachment]:
    """Calls without files."""
    return ()
