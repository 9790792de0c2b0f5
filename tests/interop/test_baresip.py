"""Debian's baresip, an ordinary softphone, calls and asks."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.conftest import free_port

pytestmark = [
    pytest.mark.interop,
    pytest.mark.models,
    pytest.mark.skipif(
        shutil.which("baresip") is None, reason="Debian's baresip-core is not installed"
    ),
]
MODULES = "/usr/lib/baresip/modules"
RATE_HZ = 8000
GREETING_S = 17


def configure(folder: Path, question: Path, sip_port: int) -> None:
    """A telephone whose microphone is a file and whose loudspeaker is another (sndfile)."""
    (folder / "config").write_text(
        f"""
sip_listen 127.0.0.1:{sip_port}
net_interface 127.0.0.1
audio_source aufile,{question}
ausrc_srate 8000
auplay_srate 8000
module_path {MODULES}
module g711.so
module aufile.so
module sndfile.so
module_tmp account.so
module_app menu.so
snd_path {folder}
""",
        encoding="utf-8",
    )
    (folder / "accounts").write_text(
        "<sip:voisin@127.0.0.1>;regint=0;audio_codecs=PCMA/8000/1\n", encoding="utf-8"
    )
    (folder / "contacts").write_text("", encoding="utf-8")


def test_a_softphone_asks_and_hears_the_answer(server, say, transcribe, tmp_path) -> None:
    speech = say("Bonjour, la déchetterie est ouverte le samedi ?")
    track = np.concatenate(
        [np.zeros(GREETING_S * RATE_HZ, np.int16), speech, np.zeros(22 * RATE_HZ, np.int16)]
    )
    question = tmp_path / "question.wav"
    soundfile.write(question, track, RATE_HZ, subtype="PCM_16")
    configure(tmp_path, question, free_port())
    lasts_s = len(track) // RATE_HZ
    subprocess.run(
        ["baresip", "-4", "-f", str(tmp_path), "-t", str(lasts_s), "-e", f"/dial {server.uri}"],
        capture_output=True,
        timeout=lasts_s + 20,
        check=False,
    )
    dumps = sorted(tmp_path.glob("dump-*dec.wav"))
    assert dumps, f"baresip recorded nothing: {list(tmp_path.iterdir())}"
    heard, rate_hz = soundfile.read(dumps[0], dtype="int16")
    assert rate_hz == RATE_HZ
    reply = transcribe(heard[GREETING_S * RATE_HZ :]).lower()
    assert "samedi" in reply, reply
