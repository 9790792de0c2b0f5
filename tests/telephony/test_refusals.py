"""A refusal in a real call is acted on before the reply is said; no number that is said is kept."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from dialog.desk import Desk
from dialog.privacy import Terms
from dialog.reply import Action, Reply
from dialog.search import Index
from records import (
    AsyncRecords,
    CallView,
    MediaStats,
    Outcome,
    Records,
    RecordsError,
    mask_numbers,
    sqlite_url,
)
from telephony.call import CallInfo
from telephony.ledger import Ledger
from tests.dialog.conftest import town
from tests.telephony.conductor_call import OPEN, PhoneCall

__all__ = ["town"]

NIR = "1 85 05 78 006 084 91"
Begin = Callable[..., Awaitable[PhoneCall]]


@pytest.fixture(scope="module")
def desk(town, tmp_path_factory) -> Desk:
    folder = tmp_path_factory.mktemp("index")
    terms = Terms(mask=mask_numbers)
    return Desk(town, [], Index.build([], folder), clock=lambda: OPEN, terms=terms)


@pytest.fixture
async def begin(desk: Desk, tmp_path: Path) -> AsyncIterator[Begin]:
    calls: list[PhoneCall] = []

    async def answered(**options: object) -> PhoneCall:
        calls.append(await PhoneCall.begin(desk, tmp_path, **options))
        return calls[-1]

    yield answered
    for call in calls:
        await call.close()


async def view(call: PhoneCall) -> CallView:
    (one,) = await call.records.recent_calls(5)
    return await call.records.call(one.id)


async def test_a_refused_transcription_leaves_no_words(begin: Begin) -> None:
    call = await begin()
    await call.answered("je voudrais laisser un message")
    await call.answered("Madame Dupont")
    await call.says("je refuse que ma voix soit transcrite")
    await call.eventually(lambda: call.wire.transfers == ["100"])
    written = await view(call)
    assert all(turn.heard in ("", "[refusé]") for turn in written.turns)
    assert "Dupont" not in str(written)
    refused = next(event for event in written.events if event.kind == "refused")
    assert refused.data["what"] == "transcription"


async def test_a_refused_recording_is_written_and_the_call_goes_on(begin: Begin) -> None:
    call = await begin()
    said = await call.answered("je ne veux pas être enregistré")
    assert said.startswith("Votre appel n'est pas enregistré")
    assert (await call.answered("je voudrais laisser un message")).startswith("Je prends un")
    written = await view(call)
    assert [e.data["what"] for e in written.events if e.kind == "refused"] == ["recording"]
    assert "je ne veux pas être enregistré" in [turn.heard for turn in written.turns]


async def test_who_takes_the_call_gets_a_line_about_it(begin: Begin) -> None:
    call = await begin()
    await call.answered("je voudrais laisser un message")
    await call.answered("Madame Dupont")
    await call.says("passez-moi un agent")
    await call.eventually(lambda: call.wire.transfers == ["100"])
    asked = next(e for e in (await view(call)).events if e.kind == "transfer_asked")
    assert asked.data == {"service": "accueil", "summary": "Mme Dupont, message non laissé."}


async def test_a_number_that_is_said_is_in_no_record_and_no_log(
    begin: Begin, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    call = await begin()
    await call.answered("je voudrais laisser un message")
    await call.answered("Madame Dupont")
    said = await call.answered(f"mon numéro de sécu est le {NIR}")
    assert said.startswith("Ne me donnez pas")
    assert NIR not in str(await view(call))
    assert NIR not in caplog.text


async def test_keys_of_a_number_are_no_events_that_spell_it(begin: Begin) -> None:
    call = await begin()
    for answer in ("je voudrais laisser un message", "Madame Dupont", "la cantine"):
        await call.answered(answer)
    for digit in "06123":
        call.conductor.press(digit)
    keys: list[object] = []
    while len(keys) < 5:
        await asyncio.sleep(0.01)
        keys = [e.data["digit"] for e in (await view(call)).events if e.kind == "dtmf"]
    assert keys == ["chiffre"] * 5


async def test_a_refusal_that_could_not_be_written_is_tried_again_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = sqlite_url(tmp_path / "records.db")
    records = await AsyncRecords.open(url, hash_key=b"a key that is only used in tests")
    ledger = await Ledger.open(records, CallInfo(channel="sip"))
    await ledger.begin(Reply(Action.MESSAGE, "Merci, Dupont."), None)
    real = Records.refuse

    def fails(*_: object) -> int:
        raise RecordsError("the disk is full")

    monkeypatch.setattr(Records, "refuse", fails)
    await ledger.refuse("transcription")
    (call,) = await records.recent_calls(5)
    assert (await records.call(call.id)).turns[0].reply == "Merci, Dupont."
    monkeypatch.setattr(Records, "refuse", real)
    await ledger.close(Outcome.HUNG_UP, "the caller hung up", MediaStats())
    assert (await records.call(call.id)).turns[0].reply == "[refusé]"
    await records.close()
