"""What can go wrong with the records, each with one sentence that names the cause and the remedy.

RecordsError
├── DatabaseUnavailable   locked, full, unwritable, unreachable: the call goes on, the turn is lost
├── SchemaMismatch        the database and this version of the code do not go together
├── UnknownRecord         no call, turn or ticket has this id or reference
└── DuplicateTurn         the call already has a turn with this number

Text that a draft cannot hold is a `ValueError`, raised when the draft is made.
"""

from __future__ import annotations


class RecordsError(Exception):
    """The records refused or failed; the message is one sentence for the person on duty."""


class DatabaseUnavailable(RecordsError):
    """The database cannot be read or written at the moment."""


class SchemaMismatch(RecordsError):
    """The schema is newer or older than the code, or the database is somebody else's."""


class UnknownRecord(RecordsError):
    """No call, turn or ticket has this id or reference."""


class DuplicateTurn(RecordsError):
    """A turn of this call already has this number."""
