"""The machine: Python, processor, graphics card, memory, clock."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from deploy.doctor.finding import Finding, warned
from models import Hardware, detect_hardware

MEMORY_NEEDED_BYTES = 3 * 1024**3
ASK_S = 5.0  #: a tool of the system that does not answer by then is not asked again

#: instruction sets that the engines use, by what the kernel calls them: x86-64, then ARM
FAST = ("avx2", "asimd")
FASTER = ("avx512_vnni", "avx_vnni", "asimddp")

Ask = Callable[[list[str]], str]


def ask(command: list[str]) -> str:
    """What a tool of the system says; '' where it is missing, fails or hangs."""
    tool = shutil.which(command[0])
    if tool is None:
        return ""
    try:
        done = subprocess.run(
            [tool, *command[1:]], capture_output=True, text=True, timeout=ASK_S, check=True
        )
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return ""
    return done.stdout.strip()


def machine_findings() -> Iterator[Finding]:
    """Everything that needs no configuration."""
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("Python", sys.version_info >= (3, 11), f"{version} (3.11 or later is needed)")
    facts = detect_hardware()
    yield Finding("processor", facts.cores >= 2, f"{facts.cores} cores (2 or more are needed)")
    yield instructions(_flags())
    yield graphics(facts, ask)
    yield Finding(
        "memory",
        facts.memory_bytes >= MEMORY_NEEDED_BYTES,
        f"{facts.memory_bytes / 1024**3:.1f} GiB (3 GiB or more are needed)",
    )
    yield clock(ask)


def _flags(path: Path = Path("/proc/cpuinfo")) -> frozenset[str]:
    """What the first core can do; nothing where the kernel does not tell."""
    try:
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            name, _, value = line.partition(":")
            if name.strip() in ("flags", "Features"):
                return frozenset(value.split())
    except OSError:
        pass
    return frozenset()


def instructions(flags: frozenset[str]) -> Finding:
    """Whether the processor has what makes recognition fast."""
    if not flags:
        return warned("instructions", "the system does not tell what the processor can do")
    fast = [flag for flag in FAST if flag in flags]
    if not fast:
        return warned(
            "instructions",
            "no AVX2: recognition is several times slower; take a processor of 2015 or later, or "
            "let the virtual machine pass the host's processor through",
        )
    faster = [flag for flag in FASTER if flag in flags]
    without = f"{fast[0]}, without VNNI: 8-bit models run, more slowly"
    return Finding("instructions", True, ", ".join([*fast, *faster]) if faster else without)


def graphics(facts: Hardware, ask: Ask) -> Finding:
    """The graphics cards that the engines can use, and their driver."""
    query = ["nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader"]
    seen = ask(query).splitlines()
    if facts.gpus:
        memory = f"{facts.gpu_memory_bytes / 1024**3:.0f} GiB" if facts.gpu_memory_bytes else ""
        return Finding("graphics card", True, "; ".join([f"{facts.gpus} GPU {memory}", *seen]))
    if seen:
        return warned(
            "graphics card",
            f"{seen[0]} is there but the speech engine cannot use it: install CUDA 12 and cuDNN 9, "
            'or set models.profile = "cpu"',
        )
    return Finding("graphics card", True, "none: the cpu models are used")


def clock(ask: Ask) -> Finding:
    """Whether a time server keeps the clock right: hours, deadlines and certificates need it."""
    told = ask(["timedatectl", "show", "--property=NTPSynchronized", "--value"])
    if told not in ("yes", "no"):
        tracking = ask(["chronyc", "-c", "tracking"]).split(",")
        told = "" if len(tracking) < 14 else "no" if tracking[-1] == "Not synchronised" else "yes"
    if told == "yes":
        return Finding("clock", True, "kept right by a time server")
    remedy = "`timedatectl set-ntp true`, or chrony with the town's time server"
    if told == "no":
        return Finding("clock", False, f"not synchronised, hours may be told wrongly: {remedy}")
    return warned("clock", f"nobody tells whether it is synchronised (a container?): {remedy}")
