"""What the benchmark commands share: where the benchmarks are, and where their voices are kept."""

from __future__ import annotations

import signal
import sys
import tempfile
from pathlib import Path
from types import FrameType

from deploy.cli.output import fail

CACHE = Path(tempfile.gettempdir()) / "allomairie-bench"


def find_benchmarks() -> None:
    """Make `bench` importable; it comes with a checkout only."""
    root = Path(__file__).resolve().parents[2]
    if not (root / "bench").is_dir():
        fail("the benchmarks come with a checkout of the sources, not with the installed package")
    if str(root) not in sys.path:
        sys.path.append(str(root))


def end_servers_too() -> None:
    """On SIGTERM, leave as Ctrl-C does: servers and telephones that were started are ended."""
    signal.signal(signal.SIGTERM, _leave)


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)
