"""Hearing, measured: word errors and compute of our engine against faster-whisper's `transcribe`.

    python -m bench.recognition [--quick] [--json]

Compute is the CPU time of encoding and decoding on one thread: it does not change with what else
the machine does. The callers are made on the first run (a few minutes) and kept in a cache folder.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.callers import Callers, Clip, people
from bench.noises import noises
from models.store import Store
from voice.whisper_engine import WhisperEngine
from voice.word_errors import Errors, compare, total

Listener = Callable[[Clip], tuple[str, str]]  #: words and language


@dataclass(frozen=True)
class Result:
    """One engine on one set."""

    engine: str
    clips: str
    errors: Errors
    heard_nothing: int  #: clips that gave no words
    other_language: int  #: clips taken for something other than French
    count: int
    audio_s: float
    compute_s: float

    def as_dict(self) -> dict[str, float | str]:
        """For `--json`."""
        return {
            "engine": self.engine,
            "clips": self.clips,
            "count": self.count,
            "audio_s": round(self.audio_s, 1),
            "word_error_percent": round(self.errors.rate, 1),
            "inserted_words": self.errors.inserted,
            "heard_nothing": self.heard_nothing,
            "other_language": self.other_language,
            "compute_s": round(self.compute_s, 1),
        }


def measure(engine: str, listener: Listener, name: str, clips: list[Clip]) -> Result:
    """Hear every clip once."""
    started = time.process_time()
    heard = [listener(clip) for clip in clips]
    compute_s = time.process_time() - started
    return Result(
        engine=engine,
        clips=name,
        errors=total(compare(c.words, text) for c, (text, _) in zip(clips, heard, strict=True)),
        heard_nothing=sum(not text for text, _ in heard),
        other_language=sum(language != "fr" for _, language in heard),
        count=len(clips),
        audio_s=sum(len(clip.audio) for clip in clips) / 16_000,
        compute_s=compute_s,
    )


def listeners(engine: WhisperEngine) -> dict[str, Listener]:
    """Ours, and faster-whisper's own on the same weights."""

    def ours(clip: Clip) -> tuple[str, str]:
        heard = engine.transcribe(clip.audio)
        return heard.text, heard.language

    def reference(clip: Clip) -> tuple[str, str]:
        samples = clip.audio.astype(np.float32) / np.float32(32768.0)
        segments, _ = engine.whisper.transcribe(samples, language="fr", beam_size=5)
        return " ".join(segment.text.strip() for segment in segments), "fr"

    return {"ours": ours, "transcribe": reference}


def run(cache: Path, *, quick: bool) -> list[Result]:
    """Every set through both engines; noise only through ours."""
    callers = Callers(cache)
    sets: dict[str, list[Clip]] = {
        "clear": callers.clear(),
        "noisy": callers.noisy(),
        "people": people(),
        "answers": callers.answers(),
        "noise": noises(),
    }
    engine = WhisperEngine(Store().file("whisper-base"), threads=1)
    results = []
    for name, clips in sets.items():
        chosen = clips[::4] if quick else clips
        for label, listener in listeners(engine).items():
            if chosen and not (name == "noise" and label == "transcribe"):
                print(f"{label}: {len(chosen)} × {name}", file=sys.stderr)
                results.append(measure(label, listener, name, chosen))
    return results


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="every fourth clip only")
    parser.add_argument("--json", action="store_true")
    parser.add_argument(
        "--cache", type=Path, default=Path(tempfile.gettempdir()) / "allomairie-bench"
    )
    options = parser.parse_args()
    results = run(options.cache, quick=options.quick)
    if options.json:
        print(json.dumps([result.as_dict() for result in results], indent=1))
        return
    for result in results:
        print(
            f"{result.clips:8} {result.engine:10} word error {result.errors.rate:5.1f} %  "
            f"inserted {result.errors.inserted:3}  nothing {result.heard_nothing:3}/{result.count} "
            f"other language {result.other_language:2}  compute {result.compute_s:6.1f} s"
        )


if __name__ == "__main__":
    main()
