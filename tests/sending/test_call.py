"""A whole call with the real conductor, records, outbox and a gateway that listens."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.sending.outbox import Outbox
from dialog.outgoing import Outgoing
from records import Means, RecordsError
from records.outbox_store import OutboxStore
from tests.sending.conftest import Calls
from tests.sending.test_outbox import route
from tests.sending.world import gateway
from tests.telephony.conductor_call import PhoneCall

SOFA = "J'ai un vieux canapé à jeter"
PHONE = "02 61 91 50 50"
CALLER = "0612345642"


@pytest.fixture
async def call(calls: Calls, tmp_path: Path) -> AsyncIterator[PhoneCall]:
    begun = await PhoneCall.begin(calls(sms=True).desk, tmp_path)
    yield begun
    await begun.close()


async def agreed(call: PhoneCall) -> str:
    """Ask for the answer by SMS and agree to the calling number; what is said then."""
    assert (await call.answered(SOFA)).endswith("par SMS ?")
    assert "se termine par 4 2" in await call.answered("oui")
    return await call.answered("oui")


async def test_what_was_asked_for_arrives(
    call: PhoneCall, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    assert "je vous l'envoie" in await agreed(call)
    # written before it was said to leave
    (waiting,) = await call.records.outbox.due(Means.SMS)
    assert waiting.to == CALLER
    with gateway() as there:
        outbox = Outbox(call.records, {Means.SMS: route(there.url)})
        assert await outbox.empty(Means.SMS) == 1
        await outbox.stop()
    (request,) = there.requests
    assert request.fields["to"] == "+33612345642"
    assert request.fields["text"].startswith("Mairie de Valmont. Encombrants : ")
    assert PHONE in request.fields["text"]
    (one,) = await call.records.recent_calls(5)
    events = (await call.records.call(one.id)).events
    assert "message_sent" in [event.kind for event in events]
    assert CALLER not in caplog.text
    assert PHONE not in caplog.text


async def test_what_cannot_be_written_is_not_said_to_leave(
    call: PhoneCall, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise RecordsError("the disk is full")

    monkeypatch.setattr(OutboxStore, "add", full)
    told = await agreed(call)
    assert "je n'arrive pas à l'envoyer" in told
    assert "je vous l'envoie" not in told
    assert PHONE in await call.answered("répétez")


async def test_the_same_number_is_not_pestered(call: PhoneCall) -> None:
    for _ in range(5):
        await call.conductor._ledger.send(_outgoing())
    assert not await call.conductor._ledger.send(_outgoing())
    assert "je n'arrive pas à l'envoyer" in await agreed(call)
    assert len(await call.records.outbox.due(Means.SMS)) == 5


def _outgoing() -> Outgoing:

    return Outgoing("sms", CALLER, "Bonjour")
