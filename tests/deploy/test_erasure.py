"""The daily erasure, and what the server tells the desk about it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy import parts
from deploy.erasure import Erasure
from records import (
    AsyncRecords,
    CallDraft,
    Channel,
    PrivacyStore,
    RecordsError,
    TurnDraft,
    sqlite_url,
)

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "saint-aubin"
KEY = b"a key that is only used in tests"


async def test_old_words_are_erased_when_the_server_runs(tmp_path: Path) -> None:
    records = await AsyncRecords.open(sqlite_url(tmp_path / "records.db"), hash_key=KEY)
    old = datetime.now(UTC) - timedelta(days=31)
    call = await records.start_call(CallDraft(channel=Channel.SIP, started_at=old))
    await records.add_turn(call.id, TurnDraft(heard="Jeanne"))
    erasure = Erasure(records, 30)
    erasure.start()
    heard = ""
    while heard != "[effacé]":
        await asyncio.sleep(0.01)
        heard = (await records.call(call.id)).turns[0].heard
    await erasure.stop()
    await erasure.stop()
    await records.close()


async def test_a_database_that_fails_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = await AsyncRecords.open(sqlite_url(tmp_path / "records.db"), hash_key=KEY)
    tries = iter(range(2))
    again = asyncio.Event()
    loop = asyncio.get_running_loop()

    def fails(*_: object) -> None:
        if next(tries, None) is None:
            loop.call_soon_threadsafe(again.set)
        raise RecordsError("the disk is full")

    monkeypatch.setattr(PrivacyStore, "purge", fails)
    erasure = Erasure(records, 30, every_s=0.01)
    erasure.start()
    await again.wait()
    await erasure.stop()
    await records.close()


def test_the_desk_is_given_the_towns_terms(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, object] = {}
    monkeypatch.setattr(parts.Index, "build", lambda *_, **__: None)
    monkeypatch.setattr(parts, "Desk", lambda *_, **options: given.update(options))
    town = parts.Town.open(EXAMPLE)
    town.open_desk(language_model=False)
    terms = given["terms"]
    assert terms == town.terms()
    assert terms.transcript_days == town.settings.records.transcript_days == 90
    assert terms.mask("1 85 05 78 006 084 91")[0] == "[NIR masqué]"
    assert terms.mask("jeanne@courriel.example")[1] == ()
