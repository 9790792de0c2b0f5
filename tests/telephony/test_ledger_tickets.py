"""The call's ledger writes what callers leave, and says so when it cannot."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dialog.tasks.ticket import TicketDraft
from records import AsyncRecords, Records, RecordsError, sqlite_url
from telephony.call import CallInfo
from telephony.ledger import Ledger

DRAFT = TicketDraft(
    kind="report",
    fields={
        "problem": "pothole",
        "place": "12 rue des Lilas",
        "street": "Rue des Lilas",
        "number": "12",
        "lat": "47.970120",
        "lon": "-0.420000",
    },
    service="voirie",
    due=date(2026, 11, 26),
    reference="482913",
)


async def open_records(folder: Path) -> AsyncRecords:
    url = sqlite_url(folder / "records.db")
    return await AsyncRecords.open(url, hash_key=b"a key that is only used in tests")


async def test_a_ticket_is_written_with_its_call_and_place(tmp_path: Path) -> None:
    records = await open_records(tmp_path)
    ledger = await Ledger.open(records, CallInfo(channel="sip", caller="0612345678"))
    assert await ledger.ticket(DRAFT)
    written = await records.find_ticket("482913")
    assert (written.lat, written.lon, written.street) == (47.97012, -0.42, "Rue des Lilas")
    assert written.fields == {"problem": "pothole", "place": "12 rue des Lilas", "number": "12"}
    assert written.due_on == date(2026, 11, 26)
    assert written.call_id is not None
    await records.close()


async def test_two_calls_on_one_hole(tmp_path: Path) -> None:
    records = await open_records(tmp_path)
    for reference in ("482913", "482914"):
        ledger = await Ledger.open(records, CallInfo(channel="sip"))
        assert await ledger.ticket(
            TicketDraft(DRAFT.kind, DRAFT.fields, DRAFT.service, DRAFT.due, reference)
        )
    assert (await records.find_ticket("482913")).count == 2
    await records.close()


async def test_a_ticket_that_cannot_be_written_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = await open_records(tmp_path)
    ledger = await Ledger.open(records, CallInfo(channel="sip"))

    def full(*_: object) -> None:
        raise RecordsError("the disk is full")

    monkeypatch.setattr(Records, "add_ticket", full)
    assert not await ledger.ticket(DRAFT)
    await records.close()
