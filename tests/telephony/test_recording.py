"""A recording: both voices where they were, nothing before the caller was told, gone at a refusal.

Real frames through the real taps, encoder and encryption, decoded back; the clock is ours.
"""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from pipecat.clocks.system_clock import SystemClock
from pipecat.frames.frames import (
    InputAudioRawFrame,
    InterruptionFrame,
    OutputAudioRawFrame,
    StartFrame,
)
from pipecat.processors.frame_processor import (
    FrameDirection,
    FrameProcessor,
    FrameProcessorSetup,
)
from pipecat.utils.asyncio.task_manager import TaskManager

from dialog.desk import Desk
from dialog.privacy import Terms, announces_recording
from dialog.search import Index
from records import (
    AsyncRecords,
    BeingMade,
    CallDraft,
    Channel,
    RecordingStore,
    Records,
    TownKey,
    Vault,
    VaultError,
    mask_numbers,
    sqlite_url,
)
from telephony.gate import Gate
from telephony.recorder import Recorder, Recording
from telephony.taps import recorded
from telephony.timeline import Pace
from tests.dialog.conftest import town
from tests.telephony.conductor_call import OPEN, PhoneCall
from voice.opus import RATE_HZ, decode

__all__ = ["town"]

CLOSE_S = 0.04  #: what a listener cannot tell
WIRE_HZ = 8000
DOWN = FrameDirection.DOWNSTREAM


def tone(seconds: float, rate_hz: int, hz: float = 440.0) -> np.ndarray:
    t = np.arange(round(seconds * rate_hz)) / rate_hz
    return (8000 * np.sin(2 * np.pi * hz * t)).astype(np.int16)


def sounds(channel: np.ndarray) -> list[tuple[float, float]]:
    """When there is sound, in seconds: loud stretches with at least 80 ms between them."""
    step = RATE_HZ // 100
    whole = channel[: len(channel) // step * step].reshape(-1, step).astype(np.float64)
    loud = np.flatnonzero(np.sqrt((whole**2).mean(axis=1)) > 800)
    groups: list[tuple[float, float]] = []
    for at in loud:
        if groups and at / 100 - groups[-1][1] < 0.08:
            groups[-1] = (groups[-1][0], (at + 1) / 100)
        else:
            groups.append((at / 100, (at + 1) / 100))
    return groups


def close(found: list[tuple[float, float]], wanted: list[tuple[float, float]]) -> bool:
    near = [
        abs(a - b) <= CLOSE_S
        for one, two in zip(found, wanted, strict=True)
        for a, b in zip(one, two, strict=True)
    ]
    return all(near)


class Passing(FrameProcessor):
    """Stands for a transport: passes everything on."""


class Line:
    """One recorded call whose wire and clock are the test's."""

    def __init__(self, begin: Callable[[datetime], BeingMade], pool: ThreadPoolExecutor) -> None:
        self.now = 100.0
        self.recorder = Recorder(begin, pool, clock=lambda: self.now)
        self.gate = Gate()
        self.gate.on_hold = self.gate.on_release = lambda: None  # a wire that can be taken back
        stages = recorded([Passing(), Passing()], self.recorder, self.gate)
        self._caller, self._bot = stages[1], stages[3]

    async def open(self) -> None:
        for tap in (self._caller, self._bot):
            setup = FrameProcessorSetup(
                clock=SystemClock(), task_manager=TaskManager(), pipeline_worker=None
            )
            await tap.setup(setup)
            await tap.process_frame(StartFrame(), DOWN)
        self.recorder.start()

    async def hear(self, samples: np.ndarray) -> None:
        """The caller's sound, as the transport's frames bring it."""
        await self._caller.process_frame(InputAudioRawFrame(samples.tobytes(), RATE_HZ, 1), DOWN)

    async def say(self, samples: np.ndarray) -> None:
        """A piece of the bot's speech was written to the wire."""
        await self._bot.process_frame(OutputAudioRawFrame(samples.tobytes(), WIRE_HZ, 1), DOWN)

    async def interrupt(self) -> None:
        await self._bot.process_frame(InterruptionFrame(), DOWN)

    async def to(self, second: float, caller: np.ndarray | None = None) -> None:
        """Time passes up to a second of the call, and the caller's line with it."""
        while self.now - 100.0 < second - 0.001:
            self.now += 0.02
            at = round((self.now - 100.02) * RATE_HZ)
            piece = np.zeros(320, np.int16)
            if caller is not None:
                piece[: len(caller[at : at + 320])] = caller[at : at + 320]
            await self.hear(piece)
            await asyncio.sleep(0)

    async def speaks(self, seconds: float) -> None:
        """The bot's speech, 100 ms ahead of the wire as baresip's is."""
        pieces = np.array_split(tone(seconds, WIRE_HZ, 300.0), round(seconds / 0.04))
        began = self.now
        for number, piece in enumerate(pieces):
            while began + number * 0.04 > self.now + 0.1:
                await self.to(self.now - 100.0 + 0.02)
            await self.say(piece)


@pytest.fixture(scope="module")
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2, thread_name_prefix="recording") as threads:
        yield threads


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Records]:
    opened = Records.open(sqlite_url(tmp_path / "own.db"), hash_key=b"a key only used in tests")
    yield opened
    opened.close()


@pytest.fixture
def store(kept: Records, tmp_path: Path) -> RecordingStore:
    key = TownKey.load_or_make(tmp_path / "keys" / "recordings.key")
    return kept.recordings(Vault(tmp_path / "recordings", key))


@pytest.fixture
async def line(kept: Records, store: RecordingStore, pool: ThreadPoolExecutor) -> Line:
    call = kept.start_call(CallDraft(channel=Channel.SIP)).id
    opened = Line(lambda began: store.begin(call, "sample", began), pool)
    opened.call = call  # type: ignore[attr-defined]
    await opened.open()
    return opened


async def played(line: Line, store: RecordingStore) -> np.ndarray:
    """End the call and decode what there is of it."""
    await line.recorder.keep()
    await line.recorder.finish()
    found = store.of_call(line.call)  # type: ignore[attr-defined]
    assert found is not None
    return decode(store.sound(found))


# -- where the voices are ------------------------------------------------------------------------


async def test_both_voices_are_where_they_were(line: Line, store: RecordingStore) -> None:
    caller = np.zeros(8 * RATE_HZ, np.int16)
    caller[RATE_HZ : 2 * RATE_HZ] = tone(1, RATE_HZ)
    caller[5 * RATE_HZ : 6 * RATE_HZ] = tone(1, RATE_HZ)
    await line.to(3.0, caller)
    await line.speaks(1.0)
    await line.to(8.0, caller)
    sound = await played(line, store)
    assert abs(len(sound) / RATE_HZ - 8.0) <= CLOSE_S
    assert close(sounds(sound[:, 0]), [(1.0, 2.0), (5.0, 6.0)])
    assert close(sounds(sound[:, 1]), [(3.0, 4.0)])


async def test_a_line_that_fell_silent_keeps_its_silence(line: Line, store: RecordingStore) -> None:
    await line.to(1.0, tone(1, RATE_HZ))
    line.now += 3.0  # nothing arrives at all
    late = np.zeros(6 * RATE_HZ, np.int16)
    late[int(4.5 * RATE_HZ) : 5 * RATE_HZ] = tone(0.5, RATE_HZ)
    await line.to(6.0, late)
    sound = await played(line, store)
    assert close(sounds(sound[:, 0]), [(0.0, 1.0), (4.5, 5.0)])


async def test_an_interruption_cuts_what_was_not_played(line: Line, store: RecordingStore) -> None:
    await line.to(1.0)
    await line.speaks(1.0)  # its last 100 ms are still on their way
    before = line.now - 100.0
    await line.interrupt()
    await line.to(4.0)
    sound = await played(line, store)
    assert before < 1.95
    assert close(sounds(sound[:, 1]), [(1.0, before)])


async def test_speech_that_was_held_goes_on_where_it_was(line: Line, store: RecordingStore) -> None:
    await line.to(1.0)
    await line.speaks(0.5)
    held = line.now - 100.0
    line.gate.hold()
    await line.to(2.0)
    line.gate.release()
    await line.to(4.0)
    sound = await played(line, store)
    rest = 1.5 - held
    assert close(sounds(sound[:, 1]), [(1.0, held), (2.0, 2.0 + rest)])


async def test_an_uneven_network_does_not_move_the_voice(line: Line, store: RecordingStore) -> None:
    rng = random.Random(7)
    voice = np.zeros(6 * RATE_HZ, np.int16)
    voice[4 * RATE_HZ : 5 * RATE_HZ] = tone(1, RATE_HZ)
    arrived = 0.0
    for n in range(300):  # late ones hold up those behind them, as a jitter buffer does
        arrived = max(arrived, (n + 1) * 0.02 + rng.choice((0, 0, 0, 0, 0, 0.06, 0.12)))
        line.now = 100.0 + arrived
        await line.hear(voice[n * 320 : (n + 1) * 320])
        await asyncio.sleep(0)
    sound = await played(line, store)
    assert close(sounds(sound[:, 0]), [(4.0, 5.0)])


def test_a_small_gap_that_stays_is_silence_in_the_end() -> None:
    pace, placed = Pace(), 0
    for n in range(200):
        shift = 1600 if n >= 50 else 0  # 100 ms are missing from the first second on
        placed = pace.place((n + 1) * 320 + shift, 320)
    assert placed == 199 * 320 + 1600


async def test_nobody_is_recorded_while_a_desk_rings(line: Line, store: RecordingStore) -> None:
    voice = tone(6, RATE_HZ)
    await line.to(1.0, voice)
    line.recorder.pause()
    await line.to(3.0, voice)
    await line.speaks(0.5)
    line.recorder.resume()
    resumed = line.now - 100.0
    await line.to(5.0, voice[: 5 * RATE_HZ])
    sound = await played(line, store)
    (first, second) = sounds(sound[:, 0])
    assert close([first, second], [(0.0, 1.0), (resumed, 5.0)])
    assert sounds(sound[:, 1]) == []


async def test_a_call_that_was_passed_on_ends_there(line: Line, store: RecordingStore) -> None:
    await line.to(1.0, tone(1, RATE_HZ))
    line.recorder.pause()
    line.now += 3600.0  # the desk talks for an hour
    sound = await played(line, store)
    assert abs(len(sound) / RATE_HZ - 1.0) <= CLOSE_S


async def test_turns_are_marked(line: Line, store: RecordingStore) -> None:
    line.recorder.turn(0, None)
    await line.speaks(0.5)
    await line.to(2.0, tone(2, RATE_HZ))
    line.recorder.turn(1, (102.0, 1.2))
    await line.to(2.5)
    await line.speaks(0.5)
    await line.to(4.0)
    await played(line, store)
    found = store.of_call(line.call)  # type: ignore[attr-defined]
    assert found is not None
    greeting, answer = found.marks
    assert (greeting.turn, greeting.heard, greeting.reply) == (0, None, 0.0)
    assert answer.turn == 1
    assert answer.heard == pytest.approx(0.8, abs=CLOSE_S)
    assert answer.reply == pytest.approx(2.5, abs=CLOSE_S)


# -- what is stored, and what is not ---------------------------------------------------------


async def test_nothing_is_stored_before_the_caller_was_told(
    line: Line, store: RecordingStore
) -> None:
    await line.to(3.0, tone(3, RATE_HZ))
    await asyncio.sleep(0.05)
    assert store.vault.names() == set()
    await line.recorder.finish()
    assert store.vault.names() == set()
    assert store.every_of(line.call) == ()  # type: ignore[attr-defined]


async def test_what_was_stored_goes_at_a_refusal(line: Line, store: RecordingStore) -> None:
    await line.to(2.0, tone(2, RATE_HZ))
    await line.recorder.keep()
    assert len(store.vault.names()) == 1
    await line.to(4.0, tone(4, RATE_HZ))
    await line.recorder.drop("refused")
    assert store.vault.names() == set()
    await line.to(6.0, tone(6, RATE_HZ))
    await line.recorder.finish()
    assert store.vault.names() == set()
    (proof,) = store.every_of(line.call)  # type: ignore[attr-defined]
    assert (proof.deleted_reason, proof.sealed_key) == ("refused", "")
    assert not line.recorder.on


async def test_a_killed_server_leaves_what_was_said_so_far(
    line: Line, store: RecordingStore
) -> None:
    await line.to(1.0, tone(5, RATE_HZ))
    await line.recorder.keep()
    for second in (2.0, 3.0, 4.0, 5.0):
        await line.to(second, tone(5, RATE_HZ))
        if line.recorder._visit is not None:
            await line.recorder._visit
    # 1. nothing is closed: as after kill -9, the file is what was written
    assert store.recover() == 1
    found = store.of_call(line.call)  # type: ignore[attr-defined]
    assert found is not None
    assert found.seconds is not None
    assert found.seconds >= 3.0
    assert sounds(decode(store.sound(found))[:, 0])[0][0] <= CLOSE_S
    await line.recorder.finish()


async def test_the_work_is_done_in_other_threads(
    kept: Records, store: RecordingStore, pool: ThreadPoolExecutor
) -> None:
    call, threads = kept.start_call(CallDraft(channel=Channel.SIP)).id, set()

    def begin(began: datetime) -> BeingMade:
        threads.add(threading.current_thread().name)
        return store.begin(call, "all", began)

    line = Line(begin, pool)
    await line.open()
    await line.recorder.keep()
    await line.recorder.finish()
    assert {name.partition("_")[0] for name in threads} == {"recording"}


async def test_a_disk_that_fails_costs_the_recording_not_the_call(
    pool: ThreadPoolExecutor, caplog: pytest.LogCaptureFixture
) -> None:
    def begin(began: datetime) -> BeingMade:
        raise VaultError("no recording can be written: No space left on device")

    line = Line(begin, pool)
    await line.open()
    await line.to(1.0)
    await line.recorder.keep()
    assert not line.recorder.on
    await line.to(2.0)
    await line.recorder.finish()
    assert "without being recorded" in caplog.text


def test_a_sample_is_drawn_call_by_call(store: RecordingStore) -> None:
    numbers = iter((0.05, 0.5, 0.0999, 0.1))
    recording = Recording(store, mode="sample", share=0.1, draw=lambda: next(numbers))
    assert [recording.of("a") is not None for _ in range(4)] == [True, False, True, False]
    recording.close()
    nothing = Recording(store, mode="sample", share=0.0, draw=lambda: 0.0)
    assert nothing.of("a") is None
    nothing.close()


# -- in a conversation -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def desk(town, tmp_path_factory) -> Desk:
    folder = tmp_path_factory.mktemp("index")
    terms = Terms(mask=mask_numbers, audio_days=30)
    return Desk(town, [], Index.build([], folder), clock=lambda: OPEN, terms=terms)


class House:
    """A conversation whose sound is kept in a folder of the test's."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self._desk, self._folder = desk, folder
        self.vault = Vault(folder / "sound", TownKey.load_or_make(folder / "k" / "town.key"))

    async def begin(self, *, share: float = 1.0, greeted: bool = True) -> PhoneCall:
        def recording(records: AsyncRecords) -> Recording:
            self.store = records.recordings(self.vault)
            return Recording(self.store, mode="sample", share=share, draw=lambda: 0.5)

        return await PhoneCall.begin(self._desk, self._folder, recording=recording, greeted=greeted)

    @property
    def files(self) -> int:
        return len(self.vault.names())


@pytest.fixture
def house(desk: Desk, tmp_path: Path) -> House:
    return House(desk, tmp_path)


async def test_a_drawn_call_says_so_and_is_kept(house: House) -> None:
    call = await house.begin()
    greeting = call.mouth.said[0]
    assert announces_recording(greeting)
    assert "Tapez 9 pour refuser l'enregistrement" in greeting
    assert house.files == 1
    await call.close()
    assert house.files == 1


async def test_a_call_that_was_not_drawn_says_nothing_of_it(house: House) -> None:
    call = await house.begin(share=0.4)
    assert not announces_recording(call.mouth.said[0])
    said = await call.answered("je ne veux pas être enregistré")
    assert said.startswith("Votre appel n'est pas enregistré")
    await call.close()
    assert house.files == 0


@pytest.mark.parametrize("refusal", ["key", "words", "transcription"])
async def test_a_refusal_deletes_what_there_is_and_the_call_goes_on(
    house: House, refusal: str
) -> None:
    call = await house.begin()
    assert house.files == 1
    if refusal == "key":
        call.conductor.press("9")
        await call.eventually(lambda: "l'enregistrement s'arrête" in call.last)
    elif refusal == "words":
        assert "l'enregistrement s'arrête" in await call.answered("je ne veux pas être enregistré")
    else:
        await call.says("je refuse la transcription")
        await call.eventually(lambda: call.wire.transfers == ["100"])
    assert house.files == 0
    if refusal != "transcription":
        again = await call.answered("je ne veux pas être enregistré")
        assert again.startswith("Votre appel n'est pas enregistré")
        assert (await call.answered("je voudrais laisser un message")).startswith("Je prends un")
    await call.close()
    assert house.files == 0


async def test_who_cuts_the_greeting_before_it_was_said_is_not_recorded(house: House) -> None:
    call = await house.begin(greeted=False)
    call.mouth.at_once = True
    await call.says("quels sont vos horaires ?", interrupts=True)
    await call.eventually(lambda: len(call.mouth.said) > 1)
    assert house.files == 0
    assert not call.ledger.recorded
    said = await call.answered("je ne veux pas être enregistré")
    assert said.startswith("Votre appel n'est pas enregistré")
    await call.close()
    assert house.files == 0


async def test_a_number_that_must_not_be_kept_takes_the_sound_with_it(house: House) -> None:
    call = await house.begin()
    await call.answered("je voudrais laisser un message")
    assert house.files == 1
    await call.answered("mon numéro de sécu est le 1 85 05 78 006 084 91")
    assert house.files == 0
    await call.close()
    assert house.files == 0


def test_the_clock_of_a_recording_is_utc(store: RecordingStore, kept: Records) -> None:
    call = kept.start_call(CallDraft(channel=Channel.SIP)).id
    at = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    store.begin(call, "all", at).finish(0.0, ())
    found = store.of_call(call)
    assert found is not None
    assert found.started_at == at
