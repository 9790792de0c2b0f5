"""The records for an event loop: order kept, loop never blocked, cancellation loses nothing."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from records_world import HASH_KEY

from records import (
    AsyncRecords,
    CallDraft,
    Channel,
    DatabaseUnavailable,
    Outcome,
    Records,
    RecordsError,
    TurnDraft,
    sqlite_url,
)

CALL = CallDraft(channel=Channel.WEBRTC)


@pytest.fixture
async def aio(file: Path) -> AsyncIterator[AsyncRecords]:
    opened = await AsyncRecords.open(sqlite_url(file), hash_key=HASH_KEY)
    yield opened
    await opened.close()


async def test_a_call_is_read_back(aio: AsyncRecords) -> None:
    call = await aio.start_call(CALL)
    await aio.answered(call.id)
    turn = await aio.add_turn(call.id, TurnDraft(heard="Bonjour"))
    await aio.finish_turn(turn, played="Oui ?", interrupted=True, timings={"voice_to_voice": 700})
    await aio.add_event(call.id, "barge_in")
    assert await aio.end_call(call.id, Outcome.HUNG_UP, "BYE")
    assert await aio.close_interrupted() == 0
    view = await aio.call(call.id)
    assert view.call.outcome is Outcome.HUNG_UP
    assert [(t.heard, t.played, t.interrupted) for t in view.turns] == [("Bonjour", "Oui ?", True)]
    assert [e.kind for e in view.events] == ["barge_in"]
    assert [c.id for c in await aio.recent_calls()] == [call.id]


async def test_writes_asked_for_together_keep_their_order(aio: AsyncRecords) -> None:
    call = await aio.start_call(CALL)
    asked = [aio.add_turn(call.id, TurnDraft(heard=str(n))) for n in range(20)]
    await asyncio.gather(*asked)
    assert [t.heard for t in (await aio.call(call.id)).turns] == [str(n) for n in range(20)]


async def test_a_locked_database_blocks_neither_the_loop_nor_reading(
    aio: AsyncRecords, file: Path
) -> None:
    call = await aio.start_call(CALL)
    shell = sqlite3.connect(file, isolation_level=None)
    shell.execute("BEGIN IMMEDIATE")
    writing = asyncio.create_task(aio.add_turn(call.id, TurnDraft(heard="Bonjour")))
    assert (await aio.call(call.id)).turns == ()  # answered while the write waits
    assert not writing.done()
    shell.execute("ROLLBACK")
    shell.close()
    await writing
    assert len((await aio.call(call.id)).turns) == 1


async def test_a_cancelled_caller_does_not_lose_its_turn(aio: AsyncRecords, file: Path) -> None:
    # 1. The database is locked; one write runs into the lock, a second one queues behind it.
    call = await aio.start_call(CALL)
    shell = sqlite3.connect(file, isolation_level=None)
    shell.execute("BEGIN IMMEDIATE")
    tasks = [
        asyncio.create_task(aio.add_turn(call.id, TurnDraft(heard=heard)))
        for heard in ("premier", "second")
    ]
    await aio.recent_calls()

    # 2. The call ends and cancels both; then the lock goes.
    for task in tasks:
        task.cancel()
    assert all(isinstance(r, asyncio.CancelledError) for r in await _results(tasks))
    shell.execute("ROLLBACK")
    shell.close()

    # 3. Both turns are written, in order.
    await aio.answered(call.id)
    assert [t.heard for t in (await aio.call(call.id)).turns] == ["premier", "second"]


async def _results(tasks: list[asyncio.Task[int]]) -> list[int | BaseException]:
    return await asyncio.gather(*tasks, return_exceptions=True)


async def test_the_queue_of_writes_is_bounded(file: Path) -> None:
    records = Records.open(sqlite_url(file), hash_key=HASH_KEY)
    aio = AsyncRecords(records, max_waiting=2)
    call = await aio.start_call(CALL)
    results = await asyncio.gather(
        *(aio.add_turn(call.id, TurnDraft(heard=str(n))) for n in range(4)), return_exceptions=True
    )
    assert results[:2] == [1, 2]
    for refused in results[2:]:
        assert isinstance(refused, DatabaseUnavailable)
        assert "2 writes already wait for the records database" in str(refused)
    await aio.add_turn(call.id, TurnDraft(heard="after"))
    await aio.close()


async def test_closing_finishes_what_was_asked_for(file: Path) -> None:
    aio = await AsyncRecords.open(sqlite_url(file), hash_key=HASH_KEY)
    call = await aio.start_call(CALL)
    asked = [asyncio.create_task(aio.add_event(call.id, str(n))) for n in range(10)]
    await aio.recent_calls()
    await aio.close()
    assert len(await asyncio.gather(*asked)) == 10
    with pytest.raises(RecordsError, match="the records are closed"):
        await aio.recent_calls()
    with pytest.raises(RecordsError, match="the records are closed"):
        await aio.start_call(CALL)

    again = Records.open(sqlite_url(file), hash_key=HASH_KEY)
    assert [e.kind for e in again.call(call.id).events] == [str(n) for n in range(10)]
    again.close()
