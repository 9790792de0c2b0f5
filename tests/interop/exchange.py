"""One call over a bad network, both ends speaking at once, and what each of them heard.

near: tests.interop.talker, our media path     far: Debian's baresip, a WAV for a microphone
"""

from __future__ import annotations

import contextlib
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.interop.lab import MODULES, Facts, Program
from tests.interop.link import FAR, NEAR, Weather
from voice.audio import resample, to_int16, wav_read, wav_write

HZ = 8000
SIP_PORT = 5060
Samples = NDArray[np.int16]
PAUSE_S = 1.6  #: between sentences
SPEECH = 10 ** (-42 / 20) * 32768  #: RMS of 20 ms from which it is speech


@contextlib.contextmanager
def link(weather: Weather) -> Iterator[tuple[Program, Facts]]:
    """A link that is up; its program, and the names of its namespaces."""
    program = Program("link", asdict(weather))
    try:
        yield program, program.wait("ready")
    finally:
        program.stop()


@contextlib.contextmanager
def talker(
    namespace: str = "", address: str = NEAR, port: int = SIP_PORT, **settings: object
) -> Iterator[Program]:
    """Our end, ready to be called."""
    timeout_s = settings.pop("rtp_timeout_s", 20)
    sip = {"address": address, "port": port, "rtp_timeout_s": timeout_s}
    program = Program("talker", {"sip": sip, **settings}, namespace=namespace)
    try:
        program.wait("ready")
        yield program
    finally:
        program.stop()


class Telephone:
    """Debian's baresip with a WAV for a microphone; it keeps what it decodes.

    Args:
        folder: its own, without blanks in its name; everything that it writes goes there.
        modules: more of its modules, after the codecs and before the recorder.
    """

    def __init__(
        self,
        folder: Path,
        say: Path,
        *,
        namespace: str = "",
        address: str = FAR,
        modules: tuple[str, ...] = (),
        **config: str,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        lines = [
            f"sip_listen {address}:5070",
            f"net_interface {address}",
            f"audio_source aufile,{say}",
            f"ausrc_srate {HZ}",
            f"auplay_srate {HZ}",
            f"module_path {MODULES}",
            *(f"module {one}" for one in ("g711.so", *modules, "aufile.so", "sndfile.so")),
            "module_tmp account.so",
            "module_app menu.so",
            f"snd_path {folder}",
            *(f"{key} {value}" for key, value in config.items()),
        ]
        (folder / "config").write_text("\n".join(lines) + "\n", encoding="utf-8")
        account = f"<sip:appelant@{address}>;regint=0;audio_codecs=pcma\n"
        (folder / "accounts").write_text(account, encoding="utf-8")
        (folder / "contacts").write_text("", encoding="utf-8")
        self._within = ["ip", "netns", "exec", namespace] if namespace else []
        self.process: subprocess.Popen[str] | None = None

    def dial(self, uri: str, seconds: int) -> None:
        """Call, and hang up after so many seconds."""
        command = ["baresip", "-4", "-f", str(self._folder), "-t", str(seconds)]
        self.process = subprocess.Popen(
            [*self._within, *command, "-e", f"/dial {uri}"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def kill(self) -> None:
        """End it as a power cut does: no BYE."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def wait(self, wait_s: float) -> str:
        """Until it hung up; what it printed."""
        assert self.process is not None
        return self.process.communicate(timeout=wait_s)[0]

    def heard(self) -> Samples:
        """What it decoded, 8 kHz; nothing when no call stood."""
        dumps = sorted(self._folder.glob("dump-*dec.wav"))
        if not dumps:
            return np.zeros(0, np.int16)
        samples, rate_hz = wav_read(dumps[-1])
        return to_int16(resample(samples, rate_hz, HZ))


@dataclass(frozen=True)
class Exchange:
    """What became of the sentences."""

    by_server: Samples  #: 16 kHz, as the call's ears get it
    by_caller: Samples  #: 8 kHz, as his telephone decodes it
    closed: Facts  #: the call's figures


def exchange(
    folder: Path,
    weather: Weather,
    caller_says: Samples,
    server_says: Samples,
    modules: tuple[str, ...] = (),
) -> Exchange:
    """Both speak at once over one call; samples of 8 kHz."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {name: folder / f"{name}.wav" for name in ("caller", "server", "kept")}
    wav_write(files["caller"], caller_says, HZ)
    wav_write(files["server"], server_says, HZ)
    seconds = int(max(len(caller_says), len(server_says)) / HZ) + 6
    with link(weather) as (_, names):
        keep = {"say": str(files["server"]), "keep": str(files["kept"])}
        with talker(names["near"], **keep) as server:
            telephone = Telephone(
                folder / "phone", files["caller"], namespace=names["far"], modules=modules
            )
            telephone.dial(f"sip:mairie@{NEAR}:{SIP_PORT}", seconds)
            server.wait("answered")
            server.wait("said", wait_s=seconds + 10)
            telephone.wait(seconds + 20)
            closed = server.wait("closed", wait_s=40)
    heard, _ = wav_read(files["kept"])
    return Exchange(to_int16(heard), telephone.heard(), closed)


def joined(sentences: list[Samples]) -> Samples:
    """The sentences with pauses between them, before and after."""
    pause = np.zeros(int(PAUSE_S * HZ), np.int16)
    return np.concatenate([pause, *(part for one in sentences for part in (one, pause))])


def parted(samples: Samples, rate_hz: int, least_s: float = 0.9) -> list[Samples]:
    """The sentences that silence parts, each with 0.3 s around it."""
    frame = rate_hz // 50
    frames = samples[: len(samples) // frame * frame].reshape(-1, frame).astype(np.float64)
    loud = np.flatnonzero(np.sqrt(np.mean(frames**2, axis=1)) > SPEECH)
    if not len(loud):
        return []
    cuts = np.flatnonzero(np.diff(loud) > least_s * 50)
    starts, ends = [loud[0], *loud[cuts + 1]], [*loud[cuts], loud[-1]]
    return [
        samples[max(0, start - 15) * frame : (end + 16) * frame]
        for start, end in zip(starts, ends, strict=True)
    ]
