"""Does the pace of our audio hold? `python -m tests.interop.pacing --minutes 10` measures a call.

    party ── noise ──► talker: kept samples        talker ── other noise ──► party: packets

Drift is the slope of RTP time against the clock; lost, doubled or invented samples show as a
difference between the places of the first and the last second in what was heard.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from tests.conftest import free_port
from tests.interop.exchange import talker
from tests.interop.party import FRAME, HZ, Party, Samples, drift, where
from voice.audio import resample, to_int16, wav_read, wav_write

PIECE = HZ // 4


@dataclass(frozen=True)
class Pacing:
    """What a call of known length did to its samples."""

    seconds: float
    drift_ppm: float  #: our RTP against the clock of the one who hears it
    stalls: int  #: jumps of more than 10 ms: the machine was busy
    stamps_off: int  #: packets whose time stamp is not their number times 160
    packets_lost: int
    out_shift: int  #: samples gained between the first and the last second; to the caller
    in_shift: int  #: the same from the caller
    largest_gap_ms: float  #: between two of our packets


def noise(seconds: float, seed: int) -> Samples:
    """Noise that is found again at one place only, a tenth of full scale."""
    values = np.random.default_rng(seed).standard_normal(round(seconds * HZ)) * 3000
    return np.clip(values, -32000, 32000).astype(np.int16)


def shift(said: Samples, heard: Samples) -> int:
    """How far the end is from where the beginning puts it, samples."""
    return _offset(said, heard, range(HZ // 2, 3 * HZ, PIECE)) - _offset(
        said, heard, range(len(said) - 3 * HZ, len(said) - HZ // 2, PIECE)
    )


def _offset(said: Samples, heard: Samples, starts: range) -> int:
    """How much earlier than said the best kept of some pieces is heard."""
    found = [(*where(said[at : at + PIECE], heard), at) for at in starts]
    place, fits, at = max(found, key=lambda one: one[1])
    assert fits > 0.9, f"nothing of it is there (best fit {fits:.2f})"
    return at - place


def measure(seconds: float, folder: Path) -> Pacing:
    """One call over loopback, both sides speaking all the time."""
    ours, theirs = noise(seconds, 1), noise(seconds, 2)
    wav_write(folder / "say.wav", ours, HZ)
    port = free_port()
    files = {"say": str(folder / "say.wav"), "keep": str(folder / "kept.wav")}
    with (
        talker("", "127.0.0.1", port, **files) as server,
        Party(("127.0.0.1", port), theirs) as party,
    ):
        server.wait("said", wait_s=seconds + 60)
        assert party.until(lambda: party.said_all, seconds + 60)
        time.sleep(0.5)
        party.bye()
        server.wait("closed")
    kept, rate_hz = wav_read(folder / "kept.wav")
    came = party.came
    first = came[0]
    numbers = {(number - first[1]) % 0x10000 for _, number, _, _ in came}
    wrong = [
        one
        for one in came
        if (one[2] - first[2]) % 2**32 // FRAME % 0x10000 != (one[1] - first[1]) % 0x10000
    ]
    ppm, stalls = drift(came)
    return Pacing(
        seconds=round(came[-1][0] - first[0], 1),
        drift_ppm=round(ppm, 1),
        stalls=stalls,
        stamps_off=len(wrong),
        packets_lost=(came[-1][1] - first[1]) % 0x10000 + 1 - len(numbers),
        out_shift=shift(ours, party.heard()),
        in_shift=shift(theirs, to_int16(resample(kept, rate_hz, HZ))),
        largest_gap_ms=round(1000 * float(np.max(np.diff([at for at, *_ in came]))), 1),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the pace of one call over loopback.")
    parser.add_argument("--minutes", type=float, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(asdict(measure(60 * options.minutes, Path(folder)))))


if __name__ == "__main__":
    main()
