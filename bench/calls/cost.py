"""What a server costs the machine: CPU seconds and memory of a process and its children.

Read from /proc (Linux), so that nothing has to be installed.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_TICK_S = 1 / os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Cost:
    """Of a process tree, until now."""

    cpu_s: float
    memory_bytes: int  #: resident, all processes together
    threads: int


def tree(pid: int) -> list[int]:
    """A process and everything that it started, as far as it still runs."""
    found = [pid]
    for parent in found:
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                found += [int(child) for child in task.read_text().split()]
            except OSError:
                continue
    return found


def cost(pid: int) -> Cost:
    """The cost of a process tree; a process that is gone costs nothing.

    The children that ended and were waited for count, too.
    """
    cpu_s, memory, threads = 0.0, 0, 0
    for one in tree(pid):
        try:
            # the name in parentheses may hold spaces; fields are counted behind it (proc(5))
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        cpu_s += sum(int(field) for field in fields[11:15]) * _TICK_S
        threads += int(fields[17])
        memory += int(fields[21]) * _PAGE
    return Cost(round(cpu_s, 2), memory, threads)


def machine_busy() -> tuple[float, float]:
    """Seconds that all cores of this machine worked, and that they could have, since it started."""
    fields = [int(word) for word in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    idle = fields[3] + fields[4]
    return (sum(fields) - idle) * _TICK_S, sum(fields) * _TICK_S
