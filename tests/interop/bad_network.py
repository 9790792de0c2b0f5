"""What loss and jitter cost: word error of both ends of real calls over bad networks.

`python -m tests.interop.bad_network` prints the table of docs/telephony/media.md. Sentences are
spoken by the bot's voice and, towards the bot, by a person too (dates, from Debian's
`asterisk-core-sounds-fr-wav`). Both directions are heard by our own Whisper.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.callers import QUESTIONS, people
from deploy.parts import Town
from tests.conftest import TOWN
from tests.interop.exchange import HZ, Exchange, Samples, exchange, joined, parted
from tests.interop.link import Weather
from voice.audio import resample, to_float, to_int16
from voice.turns import RATE_HZ
from voice.word_errors import Errors, compare, total

Words = Callable[[NDArray[np.int16]], str]
CELLS = [(0, 0), (1, 0), (5, 0), (10, 0), (0, 30), (0, 60), (5, 60), (10, 60)]
AT_ONCE = 2
LEVEL = 0.5  #: of full scale, for a voice's loudest sample


@dataclass(frozen=True)
class Said:
    """What both sides say in one call."""

    by_caller: list[tuple[str, Samples]]
    by_bot: list[tuple[str, Samples]]


@dataclass(frozen=True)
class Row:
    """One network."""

    loss_percent: float
    jitter_ms: float
    bot_hears: float  #: word error, percent
    caller_hears: float
    words: tuple[int, int]
    kept: float  #: share of what arrived that our ears got, the rest came too late
    measured: dict[str, object]  #: the call's figures, as the records keep them


def sentences(say: Callable[[str], Samples], each: int) -> Said:
    """So many sentences each way, and half as many dates from a person."""
    person = [
        (clip.words, to_int16(resample(to_float(clip.audio), RATE_HZ, HZ)))
        for clip in people()
        if clip.name.startswith("date")
    ][: each // 2]
    assert person, "asterisk-core-sounds-fr-wav is not installed"
    spoken = [(text, _at_level(say(text))) for text in QUESTIONS[: 2 * each]]
    return Said([*spoken[:each], *person], spoken[each:])


def _at_level(samples: Samples) -> Samples:
    peak = np.abs(samples.astype(np.float64)).max()
    return np.asarray(samples * (LEVEL * 32767 / peak), np.int16)


def run(cells: Sequence[tuple[float, float]], said: Said, words: Words, folder: Path) -> list[Row]:
    """One call for each pair of loss (percent) and jitter (milliseconds)."""

    def call(cell: tuple[float, float]) -> Exchange:
        weather = Weather(cell[0] / 100, cell[1], seed=5)
        ways = [joined([sound for _, sound in way]) for way in (said.by_caller, said.by_bot)]
        return exchange(folder / f"{cell[0]:g}-{cell[1]:g}", weather, ways[0], ways[1])

    with ThreadPoolExecutor(AT_ONCE) as pool:
        calls = list(pool.map(call, cells))
    return [_row(cell, one, said, words) for cell, one in zip(cells, calls, strict=True)]


def _row(cell: tuple[float, float], call: Exchange, said: Said, words: Words) -> Row:
    there = _errors(said.by_caller, parted(call.by_server, RATE_HZ), RATE_HZ, words)
    back = _errors(said.by_bot, parted(call.by_caller, HZ), HZ, words)
    arrived = int(call.closed["rx_packets"])
    return Row(
        loss_percent=cell[0],
        jitter_ms=cell[1],
        bot_hears=round(there.rate, 1),
        caller_hears=round(back.rate, 1),
        words=(there.words, back.words),
        kept=round(len(call.by_server) / (RATE_HZ // 50) / arrived, 3),
        measured={k: v for k, v in call.closed.items() if k not in {"event", "reason"}},
    )


def _errors(
    said: list[tuple[str, Samples]], heard: list[Samples], rate_hz: int, words: Words
) -> Errors:
    assert len(heard) == len(said), f"{len(said)} sentences became {len(heard)}"
    wide = (to_int16(resample(to_float(one), rate_hz, RATE_HZ)) for one in heard)
    return total(compare(text, words(sound)) for (text, _), sound in zip(said, wide, strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--sentences", type=int, default=16, help="each way")
    options = parser.parse_args()
    town = Town.open(TOWN)
    speaker = town.open_speaker({"fr": town.open_voice("fr")})
    engine, _ = town.open_whisper()

    def say(text: str) -> Samples:
        clauses = speaker.clauses(text, "fr")
        return np.concatenate([speaker.say(one, lang="fr", rate_hz=HZ) for one in clauses])

    said = sentences(say, options.sentences)
    speaker.close()
    with tempfile.TemporaryDirectory() as folder:
        rows = run(CELLS, said, lambda sound: engine.transcribe(sound).text, Path(folder))
    for row in rows:
        print(json.dumps(asdict(row)))


if __name__ == "__main__":
    main()
