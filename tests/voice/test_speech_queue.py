"""The order of work: the most urgent clause first, nothing for a call that has gone on."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from voice.speech_queue import NEVER, SpeechBusy, SpeechQueue

CLIP = np.ones(8, np.int16)


@pytest.fixture
def queue():
    made = SpeechQueue(longest=6)
    yield made
    made.close()


class Held:
    """A clause whose making takes as long as the test wants."""

    def __init__(self, queue: SpeechQueue) -> None:
        self.begun, self.release = threading.Event(), threading.Event()
        self.future = queue.submit(self._make, due_s=0.0)
        assert self.begun.wait(5)

    def _make(self) -> np.ndarray:
        self.begun.set()
        self.release.wait(5)
        return CLIP


def test_what_is_due_first_is_made_first_and_equals_in_turn(queue):
    held, order = Held(queue), []
    due = {"in advance": NEVER, "later clause": 9.0, "first A": 1.0, "first B": 1.0, "soon": 3.0}
    jobs = [
        queue.submit(lambda name=name: order.append(name) or CLIP, due_s=when)
        for name, when in due.items()
    ]
    held.release.set()
    for job in jobs:
        assert job.result(5) is CLIP
    assert order == ["first A", "first B", "soon", "later clause", "in advance"]


def test_a_clause_withdrawn_before_its_turn_is_never_made(queue):
    held, order = Held(queue), []
    gone = queue.submit(lambda: order.append("gone") or CLIP, due_s=1.0)
    stays = queue.submit(lambda: order.append("stays") or CLIP, due_s=2.0)
    assert queue.waiting == 2
    assert gone.cancel()
    assert queue.waiting == 1
    held.release.set()
    stays.result(5)
    assert order == ["stays"]


def test_a_full_queue_says_so_and_withdrawn_clauses_take_no_room(queue):
    held = Held(queue)
    jobs = [queue.submit(lambda: CLIP, due_s=1.0) for _ in range(6)]
    with pytest.raises(SpeechBusy, match=r"The voice is busy: 6 clauses are waiting\."):
        queue.submit(lambda: CLIP, due_s=1.0)
    jobs[3].cancel()
    queue.submit(lambda: CLIP, due_s=1.0)
    held.release.set()


def test_one_clause_that_fails_does_not_stop_the_next(queue):
    failed = queue.submit(lambda: 1 / 0, due_s=1.0)
    fine = queue.submit(lambda: CLIP, due_s=2.0)
    with pytest.raises(ZeroDivisionError):
        failed.result(5)
    assert fine.result(5) is CLIP


def test_closing_withdraws_what_waits_and_lets_the_rest_finish():
    queue = SpeechQueue()
    held = Held(queue)
    waits = queue.submit(lambda: CLIP, due_s=1.0)
    closer = threading.Thread(target=queue.close)
    closer.start()
    while not waits.cancelled():
        pass
    held.release.set()
    closer.join(5)
    assert held.future.result(5) is CLIP
    with pytest.raises(SpeechBusy, match="shutting down"):
        queue.submit(lambda: CLIP, due_s=1.0)
