"""The facts about this machine that decide which models suit it."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

_CGROUP_LIMITS = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)


@dataclass(frozen=True)
class Hardware:
    """What a process of ours may use: GPUs, the memory of the largest one, RAM, cores."""

    gpus: int
    gpu_memory_bytes: int
    memory_bytes: int
    cores: int


def detect_hardware() -> Hardware:
    """Look at this machine; a GPU that the speech engine cannot use does not count."""
    gpus = _usable_gpus()
    return Hardware(
        gpus=gpus,
        gpu_memory_bytes=_largest_gpu_memory_bytes() if gpus else 0,
        memory_bytes=_memory_bytes(),
        cores=len(os.sched_getaffinity(0)),
    )


def _usable_gpus() -> int:
    try:
        import ctranslate2
    except ImportError:
        return 0
    try:
        return int(ctranslate2.get_cuda_device_count())
    except RuntimeError:  # a driver that is there but does not answer
        return 0


def _largest_gpu_memory_bytes() -> int:
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return 0
    command = [tool, "--query-gpu=memory.total", "--format=csv,noheader,nounits"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return 0
    mebibytes = [int(line) for line in answer.stdout.split() if line.isdigit()]
    return max(mebibytes, default=0) * 1024 * 1024


def _memory_bytes() -> int:
    """RAM of the machine, or the container's limit where that is lower."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    for limit in _CGROUP_LIMITS:
        try:
            memory = min(memory, int(limit.read_text().strip()))
        except (OSError, ValueError):  # no such controller, or "max"
            continue
    return memory
