"""The queue in front of the engine: order, cancelling, closing."""

from __future__ import annotations

import asyncio
import threading

import numpy as np
import pytest
from numpy.typing import NDArray

from voice.recognition import Expectation, Heard, Recognizer


class SlowEngine:
    """An engine that works when it is let; it writes down how many samples it was given."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.began = threading.Semaphore(0)
        self.heard: list[int] = []
        self.threads: set[str] = set()
        self.at_once = self.most_at_once = 0
        self._lock = threading.Lock()

    def transcribe(
        self,
        audio: NDArray[np.int16],
        *,
        language: str = "fr",
        hints: str = "",
        expected: Expectation | None = None,
    ) -> Heard:
        with self._lock:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            self.threads.add(threading.current_thread().name)
        self.began.release()
        assert self.go.wait(10)
        with self._lock:
            self.at_once -= 1
            self.heard.append(len(audio))
        if len(audio) == 13:
            raise RuntimeError("the engine failed")
        return Heard(text=f"{len(audio)} {language} {hints}")


def turn(samples: int) -> NDArray[np.int16]:
    return np.zeros(samples, np.int16)


async def test_turns_are_heard_in_order_off_the_event_loop() -> None:
    engine = SlowEngine()
    recognizer = Recognizer(engine)
    tasks = [asyncio.create_task(recognizer.hear(turn(n), language="en")) for n in (1, 2, 3)]
    await asyncio.to_thread(engine.began.acquire)  # the loop is free while the engine works
    assert recognizer.waiting == 3
    engine.go.set()
    heard = await asyncio.gather(*tasks)
    recognizer.close()
    assert [h.text for h in heard] == ["1 en ", "2 en ", "3 en "]
    assert engine.heard == [1, 2, 3]
    assert engine.most_at_once == 1
    assert recognizer.waiting == 0
    assert threading.current_thread().name not in engine.threads


async def test_as_many_at_once_as_the_engine_was_opened_for() -> None:
    engine = SlowEngine()
    recognizer = Recognizer(engine, workers=2)
    tasks = [asyncio.create_task(recognizer.hear(turn(n))) for n in range(4)]
    for _ in range(2):
        assert await asyncio.to_thread(engine.began.acquire, timeout=10)
    engine.go.set()
    await asyncio.gather(*tasks)
    recognizer.close()
    assert engine.most_at_once == 2


async def test_a_turn_withdrawn_before_it_began_costs_nothing() -> None:
    engine = SlowEngine()
    recognizer = Recognizer(engine)
    first = asyncio.create_task(recognizer.hear(turn(1)))
    withdrawn = asyncio.create_task(recognizer.hear(turn(2)))
    await asyncio.to_thread(engine.began.acquire)
    withdrawn.cancel()
    with pytest.raises(asyncio.CancelledError):
        await withdrawn
    assert recognizer.waiting == 1
    engine.go.set()
    await first
    third = await recognizer.hear(turn(3))
    recognizer.close()
    assert engine.heard == [1, 3]
    assert third.text.startswith("3")


async def test_a_failure_reaches_the_call_that_asked_and_the_next_goes_on() -> None:
    engine = SlowEngine()
    engine.go.set()
    recognizer = Recognizer(engine)
    with pytest.raises(RuntimeError, match="the engine failed"):
        await recognizer.hear(turn(13))
    assert (await recognizer.hear(turn(5))).text.startswith("5")
    assert recognizer.waiting == 0
    recognizer.close()


async def test_closing_drops_what_waits_and_takes_no_more() -> None:
    engine = SlowEngine()
    recognizer = Recognizer(engine)
    under_way = asyncio.create_task(recognizer.hear(turn(1)))
    waiting = asyncio.create_task(recognizer.hear(turn(2)))
    await asyncio.to_thread(engine.began.acquire)
    recognizer.close()
    engine.go.set()
    assert (await under_way).text.startswith("1")
    with pytest.raises(asyncio.CancelledError):
        await waiting
    with pytest.raises(RuntimeError, match="shutdown"):
        await recognizer.hear(turn(3))
    assert engine.heard == [1]


def test_an_empty_turn_and_a_failed_one_differ() -> None:
    assert (Heard.nothing().text, Heard.nothing().failed) == ("", False)
    assert Heard.nothing(failed=True).failed
