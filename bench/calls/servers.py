"""The server that is called: ours on a temporary copy of a town, the baseline, or one that runs.

Each is a process of its own with ports of its own. What was rendered and indexed before is copied
with the town: that is how a server is after its first quiet hour; `cold` leaves the speech out.
"""

from __future__ import annotations

import ctypes
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import httpx

ROOT = Path(__file__).resolve().parents[2]
READY_S = 600.0  #: the first start on a machine indexes the sheets
STOP_S = 20.0
PR_SET_PDEATHSIG = 1  # linux/prctl.h


class ServerFailedError(Exception):
    """The server that should be measured is not there; one sentence."""


@dataclass(frozen=True)
class Called:
    """A server that answers calls."""

    name: str  #: "ours", "baseline"
    uri: str
    pid: int | None  #: None where it is not a process of this machine that we started
    database: str = ""  #: SQLAlchemy URL of its records, '' when it has none
    transcript: Path | None = None  #: JSON lines of what the baseline heard and said


@contextmanager
def ours(town: Path, lines: int, *, cold: bool = False, at: str = "") -> Iterator[Called]:
    """`allomairie serve` on a copy of the town.

    Raises:
        ServerFailedError: it does not become ready; with the end of its log.
    """
    with tempfile.TemporaryDirectory(prefix="allomairie-bench-") as folder:
        copy = Path(folder) / "town"
        _copy(town, copy, cold=cold)
        sip, http = free_port(), free_port()
        first = random.randrange(20_000, 30_000, 2)
        settings = {
            "SIP__PORT": sip,
            "SIP__ADDRESS": "127.0.0.1",
            "SIP__MAX_CALLS": lines,
            "SIP__RTP_FIRST_PORT": first,
            "SIP__RTP_LAST_PORT": first + 8 * max(lines, 20),
            "HTTP__PORT": http,
            "HTTP__HOST": "127.0.0.1",
            "SHUTDOWN__DRAIN_S": 2,
            "VOICE__PREPARE": "false",  # the same work in every run
        }
        environment = {f"ALLOMAIRIE_{key}": str(value) for key, value in settings.items()}
        command = [sys.executable, "-m", "deploy", "serve", "--town", str(copy)]
        command += ["--at", at] if at else []
        log = Path(folder) / "server.log"
        with _process(command, {**os.environ, **environment}, log) as process:
            _wait(process, log, lambda: _ready(f"http://127.0.0.1:{http}/readyz"))
            _keep_index(copy, town)
            database = f"sqlite:///{copy / 'data' / 'records.db'}"
            yield Called("ours", f"sip:mairie@127.0.0.1:{sip}", process.pid, database)


@contextmanager
def baseline(lines: int) -> Iterator[Called]:
    """`python -m bench.baseline`: plain pipecat with its stock services.

    Raises:
        ServerFailedError: it does not become ready; with the end of its log.
    """
    with tempfile.TemporaryDirectory(prefix="allomairie-baseline-") as folder:
        sip, transcript = free_port(), Path(folder) / "transcript.jsonl"
        command = [sys.executable, "-m", "bench.baseline", "--port", str(sip)]
        command += ["--calls", str(lines), "--transcript", str(transcript)]
        log = Path(folder) / "baseline.log"
        with _process(command, dict(os.environ), log) as process:
            _wait(process, log, lambda: "Ready." in log.read_text(errors="replace"))
            uri = f"sip:mairie@127.0.0.1:{sip}"
            yield Called("baseline", uri, process.pid, transcript=transcript)


def free_port() -> int:
    """A port of the loopback that is free for UDP and TCP, with the next one."""
    for _ in range(50):
        with socket.socket() as tcp, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            tcp.bind(("127.0.0.1", 0))
            port = int(tcp.getsockname()[1])
            try:
                udp.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise ServerFailedError("no free port is left on 127.0.0.1")


def _keep_index(copy: Path, town: Path) -> None:
    """What was indexed for the copy spares the town's next start the same minute."""
    if not (town / "data" / "index").exists():
        shutil.copytree(copy / "data" / "index", town / "data" / "index")


def _copy(town: Path, copy: Path, *, cold: bool) -> None:
    def left_out(folder: str, names: list[str]) -> set[str]:
        if Path(folder) != town / "data":
            return set()
        return {name for name in names if name != "index" and (cold or name != "speech")}

    shutil.copytree(town, copy, ignore=left_out)


@contextmanager
def _process(
    command: list[str], environment: dict[str, str], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as stream:
        process = _started(command, environment, stream)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _started(
    command: list[str], environment: dict[str, str], stream: IO[bytes]
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=stream,
        stderr=subprocess.STDOUT,
        preexec_fn=die_with_parent,
    )


def die_with_parent() -> None:
    """In a child, before it runs: SIGTERM when whoever started it is killed (prctl(2))."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _wait(process: subprocess.Popen[bytes], log: Path, ready: object) -> None:
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline and process.poll() is None:
        if callable(ready) and ready():
            return
        time.sleep(0.3)
    last = log.read_text(errors="replace").strip()[-1500:]
    raise ServerFailedError(f"the server to be measured is not ready; its last words:\n{last}")


def _ready(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).status_code == 200
    except httpx.HTTPError:
        return False
