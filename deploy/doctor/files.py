"""Files that other users of the machine must not read, and how `doctor --fix` mends them."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

from deploy.parts import Town

OTHERS = stat.S_IRWXO
#: what callers said, keys and tokens; speech and index are the town's public words
PRIVATE = ("records.db*", "hash.key", "control.json", "keys", "keys/*", "recordings", "reports")


def open_to_others(town: Town) -> list[Path]:
    """Private files and folders that somebody else may read or write."""
    return [path for path in _private(town) if _mode(path) & OTHERS]


def close_to_others(town: Town) -> list[str]:
    """Take the rights of others away where they have some; one sentence for each file."""
    said = []
    for path in open_to_others(town):
        try:
            path.chmod(_mode(path) & ~OTHERS)
        except OSError as error:
            said.append(f"{path} cannot be changed ({error.strerror}): be its owner or root")
        else:
            said.append(f"{path}: closed to other users")
    return said


def _private(town: Town) -> Iterator[Path]:
    data = town.folder.data
    for pattern in PRIVATE:
        yield from sorted(data.glob(pattern))
    accounts = [one.password_file for one in town.settings.sip.accounts]
    sections = (town.settings.sms, town.settings.email, town.settings.webrtc, town.settings.alerts)
    secrets = [getattr(section, "secret_file", None) for section in sections]
    keys = [town.settings.sip.tls.key_file]
    for path in (*accounts, *secrets, *keys):
        if path is not None and path.exists():
            yield path


def _mode(path: Path) -> int:
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return 0  # gone meanwhile
