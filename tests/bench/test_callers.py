"""What the measured callers say and send."""

from __future__ import annotations

import asyncio
import io
from collections import Counter

import numpy as np
import pytest
import soundfile

from bench.calls.clips import FRAME, edges
from bench.calls.questions import QUESTIONS, of_caller
from bench.calls.wire import EXPANDED, Line, compressed, is_loud
from deploy.cli.output import EXAMPLE
from telephony.check.sdp import Audio
from voice.line import LINE_HZ


def test_every_question_has_a_sheet_of_the_example_town() -> None:
    there = {path.stem for path in (EXAMPLE / "sheets").glob("*.md")}
    asked = {sheet for question in QUESTIONS for sheet in question.sheets}
    assert asked <= there


def test_there_are_short_and_long_questions_with_and_without_pauses() -> None:
    lengths = [len(question.words.split()) for question in QUESTIONS]
    assert min(lengths) <= 7
    assert max(lengths) >= 14
    assert 5 <= sum(len(question.parts) > 1 for question in QUESTIONS) < len(QUESTIONS)
    assert all("|" not in question.words for question in QUESTIONS)


def test_callers_at_once_ask_different_things() -> None:
    first = [of_caller(caller, 3, 4)[0][0] for caller in range(4)]
    assert len(set(first)) == 4
    asked = Counter(one.text for call in of_caller(0, 5, 4) for one in call)
    assert len(asked) == len(QUESTIONS)
    assert set(asked.values()) == {1}


def test_the_last_syllable_is_known() -> None:
    """0.1 s of silence, 0.5 s of a tone, breath 40 dB under it."""
    tone = 0.3 * np.sin(2 * np.pi * 300 * np.arange(LINE_HZ // 2) / LINE_HZ)
    breath = tone * 0.01
    speech = np.concatenate([np.zeros(LINE_HZ // 10), tone, breath]).astype(np.float32)
    assert edges(speech) == (LINE_HZ // 10, LINE_HZ // 10 + LINE_HZ // 2)


@pytest.mark.parametrize("nothing", [np.zeros(0, np.float32), np.zeros(8000, np.float32)])
def test_a_question_without_sound_is_refused(nothing) -> None:
    with pytest.raises(ValueError, match="without any sound"):
        edges(nothing)


def test_a_law_is_that_of_the_library() -> None:
    samples = np.arange(-32768, 32768).astype(np.int16)
    raw = io.BytesIO(bytes(range(256)))
    known, _ = soundfile.read(
        raw, format="RAW", subtype="ALAW", channels=1, samplerate=8000, dtype="int16"
    )
    assert np.array_equal(known, EXPANDED)
    ours = EXPANDED[np.frombuffer(compressed(samples), np.uint8)].astype(np.int32)
    theirs = io.BytesIO()
    soundfile.write(theirs, samples, 8000, format="RAW", subtype="ALAW")
    other = EXPANDED[np.frombuffer(theirs.getvalue(), np.uint8)].astype(np.int32)
    assert np.all(np.abs(ours - samples) <= np.abs(other - samples))


def test_silence_is_not_loud_and_speech_is() -> None:
    assert not is_loud(compressed(np.zeros(FRAME, np.int16)))
    assert not is_loud(b"")
    assert is_loud(compressed((3000 * np.sin(np.arange(FRAME))).astype(np.int16)))


async def test_two_lines_hear_each_other_and_know_when_it_was() -> None:
    """A clip of silence, 0.2 s of tone, silence: the far end hears the tone, and the times at
    which it left and arrived are those of the same packets."""
    tone = (8000 * np.sin(2 * np.pi * 440 * np.arange(LINE_HZ // 5) / LINE_HZ)).astype(np.int16)
    clip = np.concatenate([np.zeros(800, np.int16), tone, np.zeros(800, np.int16)])
    caller, other = (Line("127.0.0.1", np.zeros(FRAME, np.int16)) for _ in range(2))
    await caller.open()
    await other.open()
    try:
        caller.start(Audio("127.0.0.1", other.port, "pcma", None))
        other.start(Audio("127.0.0.1", caller.port, "pcma", None))
        said = await caller.say_clip(clip, 800, 800 + len(tone))
        await asyncio.sleep(0.1)
        loud = [frame.at for frame in other.frames if frame.loud]
        assert len(loud) == len(tone) // FRAME
        # the packet is stamped by the kernel before the sender looks at its clock
        assert loud[0] <= said.onset <= loud[1]
        assert loud[-1] <= said.end
        assert len(other.frames) > len(loud)
    finally:
        await caller.close()
        await other.close()


async def test_audio_of_a_stranger_and_of_another_codec_is_not_heard() -> None:
    loop = asyncio.get_running_loop()
    line = Line("127.0.0.1", np.zeros(FRAME, np.int16))
    await line.open()
    line.start(Audio("127.0.0.1", 9, "pcma", None))
    transport, _ = await loop.create_datagram_endpoint(
        asyncio.DatagramProtocol, remote_addr=("127.0.0.1", line.port)
    )
    try:
        for packet in (b"", b"\x80", b"\x80\x00" + bytes(170), b"\x00\x08" + bytes(170)):
            transport.sendto(packet)
        transport.sendto(b"\x80\x08" + bytes(10) + bytes([0xD5]) * 160)
        await asyncio.sleep(0.1)
        assert [len(frame.payload) for frame in line.frames] == [160]
    finally:
        transport.close()
        await line.close()
