"""What tests of the whole program share: one real server, and people's voices."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import numpy as np
import pytest
from hypothesis import settings
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
TOWN = ROOT / "examples" / "saint-aubin"
# CI must judge the change, not its luck: there the same examples are drawn every time.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("dev", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "dev")
READY_S = 420  #: the first start on a machine indexes the sheets


def free_port() -> int:
    """A port that is free for UDP and TCP, with the next one (TLS) free too."""
    for _ in range(50):
        with socket.socket() as tcp, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            tcp.bind(("127.0.0.1", 0))
            port: int = tcp.getsockname()[1]
            try:
                udp.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no free port")


@dataclass
class RunningServer:
    """`allomairie serve`, as a user starts it."""

    sip_port: int
    http_port: int
    database: Path
    log: Path
    process: subprocess.Popen[bytes]

    @property
    def uri(self) -> str:
        return f"sip:mairie@127.0.0.1:{self.sip_port}"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http_port}"

    @property
    def environment(self) -> dict[str, str]:
        """What another command needs to look at the same town."""
        return {
            **os.environ,
            "ALLOMAIRIE_FOLDER": str(TOWN),
            "ALLOMAIRIE_RECORDS__URL": f"sqlite:///{self.database}",
        }

    def stop(self, timeout_s: float = 30) -> int:
        """SIGTERM, as a service manager sends it; returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=timeout_s)


def start_server(folder: Path, *options: str, town: Path = TOWN, **settings: str) -> RunningServer:
    """Start the program on free ports and wait until /readyz says ready."""
    sip_port, http_port = free_port(), free_port()
    database, log = folder / "records.db", folder / "server.log"
    first = 20000 + (os.getpid() * 200 + sip_port) % 20000
    environment = {
        **os.environ,
        "ALLOMAIRIE_SIP__PORT": str(sip_port),
        "ALLOMAIRIE_SIP__RTP_FIRST_PORT": str(first),
        "ALLOMAIRIE_SIP__RTP_LAST_PORT": str(first + 400),
        "ALLOMAIRIE_HTTP__PORT": str(http_port),
        "ALLOMAIRIE_RECORDS__URL": f"sqlite:///{database}",
        "ALLOMAIRIE_SHUTDOWN__DRAIN_S": "5",
        "ALLOMAIRIE_VOICE__PREPARE": "false",  # the cores belong to the tests
        **settings,
    }
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy", "serve", "--town", str(town), *options],
            cwd=ROOT,
            env=environment,
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
    server = RunningServer(sip_port, http_port, database, log, process)
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{server.url}/readyz", timeout=2).status_code == 200:
                return server
        except httpx.HTTPError:
            pass
        time.sleep(0.3)
    process.kill()
    raise AssertionError(f"the server is not ready:\n{log.read_text()[-3000:]}")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One server for all tests that only call it; its desks are open, whatever the time is."""
    running = start_server(tmp_path_factory.mktemp("server"), "--at", "2026-11-24T10:30")
    yield running
    if running.process.poll() is None:
        running.stop()


@pytest.fixture(scope="session")
def say(tmp_path_factory: pytest.TempPathFactory):
    """Speak a sentence at 8 kHz, as `allomairie say` does: `say(text) -> samples`."""
    from deploy.parts import Town

    town = Town.open(TOWN)
    speaker = town.open_speaker({"fr": town.open_voice("fr")})

    def spoken(text: str) -> NDArray[np.int16]:
        clauses = speaker.clauses(text, "fr")
        return np.concatenate([speaker.say(c, lang="fr", rate_hz=8000) for c in clauses])

    yield spoken
    speaker.close()


@pytest.fixture(scope="session")
def transcribe():
    """The words in 8 kHz audio: `transcribe(samples) -> text`."""
    from deploy.parts import Town
    from voice.audio import to_float
    from voice.narrowband import as_on_a_call

    engine, _ = Town.open(TOWN).open_whisper()

    def words(samples: NDArray[np.int16]) -> str:
        return engine.transcribe(as_on_a_call(to_float(samples), 8000)).text

    return words
