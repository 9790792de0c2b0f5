"""Real peers on loopback: the SIP side of the server, sipp, Debian's baresip, Kamailio."""

from __future__ import annotations

import contextlib
import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

from tests.conftest import ROOT, free_port

MODULES = "/usr/lib/baresip/modules"
WAIT_S = 60.0  #: generous: it only bounds a test that fails
Facts = dict[str, Any]


class Program:
    """A module of this package in its own process, and what it told.

    Args:
        settings: its one argument, as JSON.
        namespace: the network namespace that it runs in; '' is ours.
    """

    def __init__(self, module: str, settings: Facts, *, namespace: str = "") -> None:
        self.log: list[Facts] = []
        self.noise: list[str] = []
        self._told: queue.Queue[Facts] = queue.Queue()
        within = ["ip", "netns", "exec", namespace] if namespace else []
        self.process = subprocess.Popen(
            [*within, sys.executable, "-m", f"tests.interop.{module}", json.dumps(settings)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            try:
                facts = json.loads(line)
            except ValueError:
                self.noise.append(line.rstrip())
                continue
            self.log.append(facts)
            self._told.put(facts)

    def wait(self, event: str, wait_s: float = WAIT_S, **facts: object) -> Facts:
        """The next fact of this kind; those before it are passed over."""
        deadline = time.monotonic() + wait_s
        while (left := deadline - time.monotonic()) > 0:
            ended = self.process.poll() is not None
            with contextlib.suppress(queue.Empty):
                told = self._told.get(timeout=min(left, 1))
                if told["event"] == event and facts.items() <= told.items():
                    return told
                continue
            if ended:
                break
        raise AssertionError(f"no {event} {facts}: {self.log} {self.noise}")

    def told(self, event: str) -> list[Facts]:
        """Every fact of this kind so far."""
        return [facts for facts in self.log if facts["event"] == event]

    def tell(self, line: str) -> None:
        """Write a line to its standard input."""
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Carrier(Program):
    """`tests.interop.carrier` on a free port."""

    def __init__(self, **settings: object) -> None:
        self.port = free_port()
        first = 30000 + self.port % 20000 // 2 * 2
        wanted = {
            "address": "127.0.0.1",
            "port": self.port,
            "rtp_first_port": first,
            "rtp_last_port": first + 200,
            **settings,
        }
        super().__init__("carrier", wanted)


@contextlib.contextmanager
def carrier(**settings: object) -> Iterator[Carrier]:
    """A carrier that is ready; stopped at the end."""
    one = Carrier(**settings)
    try:
        one.wait("ready")
        yield one
    finally:
        one.stop()


def sipp(
    folder: Path,
    scenario: str,
    port: int,
    *options: str,
    transport: str = "u1",
    address: str = "127.0.0.1",
    timeout_s: int = 40,
) -> subprocess.CompletedProcess[str]:
    """Play a scenario once; it ends well only if nothing but its messages came."""
    path = folder / "scenario.xml"
    path.write_text(scenario, encoding="utf-8")
    command = ["sipp", f"127.0.0.1:{port}", "-sf", str(path), "-s", "mairie", "-i", address]
    command += ["-p", str(free_port()), "-mi", address, "-mp", str(free_port()), "-m", "1"]
    command += ["-timeout", f"{timeout_s}s", "-timeout_error", "-t", transport, "-nostdin"]
    return subprocess.run(
        [*command, "-trace_err", *options],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=timeout_s + 20,
        check=False,
    )


def assert_played(folder: Path, done: subprocess.CompletedProcess[str]) -> None:
    """The scenario went as written; else show what sipp saw."""
    errors = "".join(path.read_text() for path in folder.glob("*_errors.log"))
    assert done.returncode == 0, (errors or done.stdout)[-3000:]


@dataclass(frozen=True)
class Phoned:
    """What a softphone printed, and what it heard: how loud, and its strongest tone."""

    printed: str
    loudness: float
    hertz: float = 0.0


def softphone(
    folder: Path,
    uri: str,
    account: str,
    *,
    seconds: int = 5,
    rate_hz: int = 8000,
    channels: int = 1,
    modules: tuple[str, ...] = (),
    **config: str,
) -> Phoned:
    """Debian's baresip dials, plays a tone, and hangs up after `seconds`."""
    time_s = np.arange(rate_hz * seconds) / rate_hz
    tone = (8000 * np.sin(2 * np.pi * 440 * time_s)).astype(np.int16)
    tones = np.repeat(tone[:, np.newaxis], channels, axis=1)
    soundfile.write(folder / "tone.wav", tones, rate_hz, subtype="PCM_16")
    lines = [
        f"sip_listen 127.0.0.1:{free_port()}",
        "net_interface 127.0.0.1",
        f"audio_source aufile,{folder / 'tone.wav'}",
        f"ausrc_srate {rate_hz}",
        f"auplay_srate {rate_hz}",
        f"ausrc_channels {channels}",
        f"auplay_channels {channels}",
        f"module_path {MODULES}",
        *(f"module {name}" for name in ("g711.so", "g722.so", "aufile.so", "sndfile.so", *modules)),
        "module_tmp account.so",
        "module_app menu.so",
        f"snd_path {folder}",
        *(f"{key} {value}" for key, value in config.items()),
    ]
    (folder / "config").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "accounts").write_text(f"{account}\n", encoding="utf-8")
    (folder / "contacts").write_text("", encoding="utf-8")
    done = subprocess.run(
        ["baresip", "-4", "-f", str(folder), "-t", str(seconds), "-e", f"/dial {uri}"],
        capture_output=True,
        text=True,
        timeout=seconds + 30,
        check=False,
    )
    heard = [soundfile.read(path, always_2d=True)[0] for path in folder.glob("dump-*dec.wav")]
    loud = max((one for one in heard if len(one)), key=lambda one: np.abs(one).max(), default=None)
    if loud is None:
        return Phoned(done.stdout + done.stderr, 0.0)
    hertz = strongest_hz(loud[:, 0], rate_hz)
    return Phoned(done.stdout + done.stderr, float(np.abs(loud).max()), hertz)


def strongest_hz(samples: NDArray[np.float64], rate_hz: int) -> float:
    """The tone that stands out of a sound."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum) * rate_hz / len(samples))
