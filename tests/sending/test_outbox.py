"""The outbox at work: retries, giving up, and a server that is killed at the worst moment."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from deploy.sending.outbox import Outbox, Route
from deploy.sending.settings import Sms
from deploy.sending.sms import SmsGateway
from records import (
    AsyncRecords,
    Means,
    OutboxEntry,
    Records,
    RecordsError,
    SendingState,
    sqlite_url,
)
from tests.conftest import ROOT
from tests.sending.conftest import Clock
from tests.sending.world import HASH_KEY, Gateway, gateway

PHONE = "0612345678"


def route(url: str, attempts: int = 4) -> Route:
    settings = Sms(enabled=True, url=url, sender="SAINTAUBIN", timeout_s=2)
    return Route(SmsGateway(settings), attempts, 30)


def entry(call: str | None = None, text: str = "Bonjour") -> OutboxEntry:
    return OutboxEntry(means=Means.SMS, to=PHONE, text=text, call_id=call)


async def test_a_message_is_sent_once(records: AsyncRecords, clock: Clock) -> None:
    await records.outbox.add(entry())
    with gateway() as there:
        outbox = Outbox(records, {Means.SMS: route(there.url)}, now=clock)
        assert [await outbox.empty(Means.SMS) for _ in range(3)] == [1, 0, 0]
        await outbox.stop()
    assert [r.fields["text"] for r in there.requests] == ["Bonjour"]


async def test_each_wait_is_longer_and_then_the_supervisors_are_told(
    records: AsyncRecords, store: Records, call: str, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await records.outbox.add(entry(call))
    with gateway(status=500) as there:
        outbox = Outbox(records, {Means.SMS: route(there.url)}, now=clock)
        tried_after = []
        for second in range(400):
            if await outbox.empty(Means.SMS):
                tried_after.append(second)
            clock.move(seconds=1)
        await outbox.stop()
    assert tried_after == [0, 30, 90, 210]
    (left,) = store.outbox.of_call(call)
    assert (left.state, left.attempts, left.to, left.text) == (SendingState.FAILED, 4, "", "")
    assert [e.kind for e in store.call(call).events] == ["message_failed"]
    assert "given up after 4 attempt(s): the gateway answered with status 500" in caplog.text
    assert PHONE not in caplog.text
    assert "612345678" not in caplog.text
    assert "Bonjour" not in caplog.text


async def test_a_gateway_that_comes_back(records: AsyncRecords, clock: Clock) -> None:
    await records.outbox.add(entry())
    with gateway(status=503) as there:
        outbox = Outbox(records, {Means.SMS: route(there.url)}, now=clock)
        await outbox.empty(Means.SMS)
        there.status = 200
        clock.move(seconds=31)
        await outbox.empty(Means.SMS)
        await outbox.stop()
    assert [r.fields["id"] for r in there.requests] == [there.requests[0].fields["id"]] * 2
    assert len(there.sent) == 1  # the same message for whoever looks at the id


async def test_a_refused_message_is_not_tried_again(
    records: AsyncRecords, store: Records, call: str, clock: Clock
) -> None:
    await records.outbox.add(entry(call))
    with gateway(status=400) as there:
        outbox = Outbox(records, {Means.SMS: route(there.url)}, now=clock)
        await outbox.empty(Means.SMS)
        clock.move(hours=1)
        assert await outbox.empty(Means.SMS) == 0
        await outbox.stop()
    assert store.outbox.of_call(call)[0].state is SendingState.FAILED
    assert len(there.requests) == 1


async def test_what_is_erased_while_it_waits_is_not_sent(
    records: AsyncRecords, store: Records, clock: Clock
) -> None:
    await records.outbox.add(entry())
    with gateway() as there:
        outbox = Outbox(records, {Means.SMS: route(there.url)}, now=clock)
        found = await records.outbox.due(Means.SMS)
        store.outbox.erase(PHONE)
        with pytest.raises(RecordsError):
            await outbox._try(found[0], outbox._routes[Means.SMS])
        assert await outbox.empty(Means.SMS) == 0
        await outbox.stop()
    assert there.requests == []


async def test_a_database_that_fails_does_not_stop_the_worker(
    records: AsyncRecords, store: Records, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    await records.outbox.add(entry())
    real, failures = AsyncRecords.outbox.fget, []

    def first_fails(self: AsyncRecords) -> object:
        if len(failures) < 2:
            failures.append(1)
            raise RecordsError("the disk is full")
        return real(self)

    monkeypatch.setattr(AsyncRecords, "outbox", property(first_fails))
    with gateway() as there:
        outbox = Outbox(records, {Means.SMS: route(there.url)}, now=clock, poll_s=0.02)
        outbox.start()
        for _ in range(300):
            if there.requests:
                break
            await asyncio.sleep(0.02)
        await outbox.stop()
    assert len(failures) == 2
    assert len(there.requests) == 1


SERVER = """
import asyncio, os, sys
from deploy.sending.outbox import Outbox
from records import AsyncRecords, Means, OutboxEntry
from tests.sending.test_outbox import route
from tests.sending.world import HASH_KEY

async def main(database, url, empties):
    records = await AsyncRecords.open(database, hash_key=HASH_KEY)
    await records.outbox.add(OutboxEntry(means=Means.SMS, to="0612345678", text="Bonjour"))
    print("written", flush=True)
    if empties:
        outbox = Outbox(records, {Means.SMS: route(url)}, poll_s=0.05)
        outbox.start()
    await asyncio.sleep(60)

asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3] == "empties"))
"""


def killed(database: Path, there: Gateway, *, empties: bool) -> None:
    """A server that wrote a message, killed with -9; while it sends, when it empties."""
    arguments = [sqlite_url(database), there.url, "empties" if empties else "only writes"]
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"written\n"
    deadline = time.monotonic() + 60
    while empties and not there.requests and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()


async def after_the_restart(database: Path, there: Gateway, clock: Clock) -> None:
    records = AsyncRecords(Records.open(sqlite_url(database), hash_key=HASH_KEY, now=clock))
    outbox = Outbox(records, {Means.SMS: route(there.url)}, now=clock)
    await outbox.empty(Means.SMS)
    await outbox.stop()
    await records.close()


async def test_killed_between_the_write_and_the_sending(tmp_path: Path, clock: Clock) -> None:
    clock.move(days=36500)  # whatever the time was in the server that was killed
    with gateway() as there:
        await asyncio.to_thread(killed, tmp_path / "r.db", there, empties=False)
        assert there.requests == []
        await after_the_restart(tmp_path / "r.db", there, clock)
    assert [r.fields["text"] for r in there.requests] == ["Bonjour"]


async def test_killed_while_sending_it_leaves_again_with_the_same_id(
    tmp_path: Path, clock: Clock
) -> None:
    clock.move(days=36500)
    with gateway(delay_s=1.0) as there:
        await asyncio.to_thread(killed, tmp_path / "r.db", there, empties=True)
        assert len(there.requests) == 1
        there.delay_s = 0
        await after_the_restart(tmp_path / "r.db", there, clock)
    first, second = there.requests
    assert first.fields["id"] == second.fields["id"]
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
