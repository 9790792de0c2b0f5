"""What this process uses, from /proc, for `allomairie status`."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path

_STAT = Path("/proc/self/stat")
_FILES = Path("/proc/self/fd")
_UPTIME = Path("/proc/uptime")


@dataclass(frozen=True)
class Usage:
    """Of this process, now. Zeros where the system has no /proc."""

    resident_bytes: int = 0
    cpu_s: float = 0.0
    files: int = 0
    threads: int = 0

    @classmethod
    def now(cls) -> Usage:
        """Look."""
        cpu_s = sum(os.times()[:2])
        threads = threading.active_count()
        try:
            fields = _STAT.read_text(encoding="ascii", errors="replace").rpartition(") ")[2].split()
            resident = int(fields[21]) * os.sysconf("SC_PAGE_SIZE")
            return cls(resident, cpu_s, len(list(_FILES.iterdir())), int(fields[17]))
        except (OSError, ValueError, IndexError):
            return cls(cpu_s=cpu_s, threads=threads)


def started_at() -> float:
    """When this process began, in seconds since 1970; now, where the system does not tell."""
    now = time.time()
    try:
        fields = _STAT.read_text(encoding="ascii", errors="replace").rpartition(") ")[2].split()
        age = float(_UPTIME.read_text().split()[0]) - int(fields[19]) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        return now
    return now - max(0.0, age)
