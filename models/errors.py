"""Everything that can go wrong with model files, each one clear sentence with its remedy.

ModelError
├── UnknownModel     the catalogue has no such id
├── ModelMissing     not in the store
├── ModelCorrupt     in the store, but not what was verified
├── NoSource         no source could deliver it
├── Truncated        a file came shorter than it should be
├── HashMismatch     a file came with other content
├── NoSpace          the disk is full, or would be
└── Busy             another pull holds the store
"""

from __future__ import annotations

import errno


class ModelError(Exception):
    """A model cannot be had or used; `str()` is one sentence for the person at the keyboard."""


class UnknownModel(ModelError):
    """The catalogue has no model of this id."""


class ModelMissing(ModelError):
    """The store does not hold the model."""


class ModelCorrupt(ModelError):
    """The store holds something else than what was verified."""


class NoSource(ModelError):
    """No source of the catalogue could deliver the model."""


class Truncated(ModelError):
    """A download or an archive ended too early."""


class HashMismatch(ModelError):
    """A file's SHA-256 is not the catalogue's."""


class NoSpace(ModelError):
    """The disk of the store is full, or too small for what is to come."""


class Busy(ModelError):
    """Another process is pulling into the same store."""


_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def from_os_error(error: OSError, place: object) -> ModelError:
    """The sentence for a failed write under `place`."""
    if error.errno in _FULL:
        return NoSpace(
            f"The disk is full: {place} could not be written; "
            "free some space and run `allomairie models pull` again."
        )
    if isinstance(error, PermissionError):
        return ModelError(
            f"{place} cannot be written: permission denied; "
            "set ALLOMAIRIE_MODELS to a folder of yours."
        )
    if isinstance(error, NotADirectoryError | FileExistsError):
        return ModelError(f"{place} is not a folder; set ALLOMAIRIE_MODELS to one.")
    return ModelError(f"{place} cannot be written: {error.strerror or error}; check the disk.")
