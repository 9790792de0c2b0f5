"""A SIP peer that is not ours: Debian's sipp plays a recorded question and we read its reply."""

from __future__ import annotations

import io
import shutil
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from records import Records
from tests.conftest import RunningServer, free_port

pytestmark = [
    pytest.mark.interop,
    pytest.mark.models,
    pytest.mark.skipif(shutil.which("sipp") is None, reason="Debian's sip-tester is not installed"),
]
HERE = Path(__file__).parent
RATE_HZ = 8000
GREETING_S = 17
REPLY_S = 21
CODECS = {"PCMA": (8, "ALAW"), "PCMU": (0, "ULAW")}


class RtpSink:
    """Records the payload of the RTP (RFC 3550) that arrives on one port, in sequence order."""

    def __init__(self) -> None:
        self.packets: dict[int, bytes] = {}
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0.2)
        self._running = True
        self._thread = threading.Thread(target=self._receive, daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return self._socket.getsockname()[1]

    def _receive(self) -> None:
        cycles = last = 0
        while self._running:
            try:
                packet = self._socket.recv(2048)
            except TimeoutError:
                continue
            except OSError:
                return
            _, kind, sequence = struct.unpack("!BBH", packet[:4])
            if kind & 0x7F in {0, 8}:
                cycles += 65536 if sequence < last - 30000 else 0
                last = sequence
                self.packets[cycles + sequence] = packet[12:]

    def audio(self, subtype: str) -> NDArray[np.int16]:
        """What was heard, 8 kHz."""
        payload = b"".join(self.packets[number] for number in sorted(self.packets))
        samples, _ = soundfile.read(
            io.BytesIO(payload),
            format="RAW",
            subtype=subtype,
            channels=1,
            samplerate=RATE_HZ,
            dtype="int16",
        )
        return samples

    def close(self) -> None:
        self._running = False
        self._thread.join()
        self._socket.close()


@pytest.fixture
def sink() -> Iterator[RtpSink]:
    recorder = RtpSink()
    yield recorder
    recorder.close()


def run_sipp(
    server: RunningServer,
    folder: Path,
    scenario: str,
    *,
    tcp: bool = False,
    timeout_s: int,
    **values: object,
) -> subprocess.CompletedProcess[str]:
    """Play a scenario once, its @NAME@ placeholders filled (sipp wants a literal file name)."""
    text = (HERE / scenario).read_text(encoding="utf-8")
    for name, value in values.items():
        text = text.replace(f"@{name.upper()}@", str(value))
    filled = folder / scenario
    filled.write_text(text, encoding="utf-8")
    command = ["sipp", f"127.0.0.1:{server.sip_port}", "-sf", str(filled), "-s", "mairie"]
    command += ["-i", "127.0.0.1", "-p", str(free_port()), "-mi", "127.0.0.1"]
    command += ["-mp", str(free_port()), "-m", "1", "-timeout", f"{timeout_s}s", "-timeout_error"]
    command += ["-t", "t1" if tcp else "u1", "-nostdin", "-trace_err"]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=timeout_s + 20, check=False
    )


@pytest.mark.parametrize(("codec", "tcp"), [("PCMA", False), ("PCMU", True)])
def test_a_recorded_question_is_answered_from_the_right_sheet(
    server, say, transcribe, sink, tmp_path, codec, tcp
) -> None:
    """1. sipp calls and plays silence, then a question. 2. The reply, as RTP, says the price and
    the number of the sheet. 3. The turn is in the database with its sheet. 4. No message but those
    of the scenario was sent: the strict scenario ends well."""
    kind, subtype = CODECS[codec]
    question = say("Bonjour, j'ai un vieux canapé à jeter, comment je fais ?")
    silence = np.zeros(GREETING_S * RATE_HZ, np.int16)
    track = np.concatenate([silence, question, np.zeros(REPLY_S * RATE_HZ, np.int16)])
    recording = tmp_path / "question.raw"
    soundfile.write(recording, track, RATE_HZ, format="RAW", subtype=subtype)

    lasts_ms = int(len(track) / RATE_HZ * 1000)
    result = run_sipp(
        server,
        tmp_path,
        "question.xml",
        tcp=tcp,
        timeout_s=lasts_ms // 1000 + 15,
        sink=sink.port,
        file=recording,
        payload=kind,
        lasts_ms=lasts_ms,
    )

    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-2000:]
    heard = sink.audio(subtype)
    reply = heard[(GREETING_S * RATE_HZ) + len(question) :]
    words = transcribe(reply).lower()
    assert "rendez-vous" in words or "encombrant" in words, words
    assert "gratuit" in words, words
    records = Records.open(f"sqlite:///{server.database}", hash_key=bytes(16), migrate=False)
    turns = [
        turn
        for call in records.recent_calls(5)
        if call.caller_number == "+33639980001"
        for turn in records.call(call.id).turns
    ]
    records.close()
    assert "encombrants" in [turn.sheet_id for turn in turns]


def test_unknown_codecs_get_488_and_the_server_goes_on(server, tmp_path) -> None:
    result = run_sipp(server, tmp_path, "only_g729.xml", timeout_s=10)
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-2000:]
    assert server.process.poll() is None


def test_a_caller_without_audio_is_hung_up_and_recorded(server, sink, tmp_path) -> None:
    """1. sipp answers nothing and sends no RTP. 2. After sip.rtp_timeout_s the server says BYE.
    3. The record says why."""
    result = run_sipp(server, tmp_path, "no_audio.xml", timeout_s=70, sink=sink.port)
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-2000:]
    records = Records.open(f"sqlite:///{server.database}", hash_key=bytes(16), migrate=False)
    deadline = time.monotonic() + 15  # the pipeline is taken down before the record is closed
    while (call := records.recent_calls(1)[0]).ended_at is None and time.monotonic() < deadline:
        time.sleep(0.2)
    records.close()
    assert call.end_reason == "no audio for 20 s"
