"""The few packages that only the baseline needs, in a folder of their own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WANTED = Path(__file__).with_name("requirements.txt")
FOLDER = ROOT / "build" / "baseline"
_DONE = FOLDER / ".requirements.txt"


class PackagesMissingError(Exception):
    """They cannot be had; one sentence."""


def installed() -> Path:
    """The folder with the packages, filled when it is not yet.

    Raises:
        PackagesMissingError: the package registry cannot be reached.
    """
    if _DONE.exists() and _DONE.read_text() == WANTED.read_text():
        return FOLDER
    command = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-deps"]
    command += ["--quiet", "--upgrade", "--target", str(FOLDER), "-r", str(WANTED)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or ["pip failed"]
        raise PackagesMissingError(f"the baseline's packages cannot be installed: {last[0]}")
    _DONE.write_text(WANTED.read_text())
    return FOLDER
