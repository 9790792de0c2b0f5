"""Records of a call, and messages in them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from dialog.desk import Decision, Desk
from dialog.outgoing import Means as Offered
from dialog.outgoing import Outgoing
from dialog.reply import Reply
from dialog.search import Index
from dialog.sheets import Sheet
from dialog.town import Town
from records import AsyncRecords, CallDraft, Channel, OutboxRecord, Records, sqlite_url
from records.outbox_drafts import Means, SendingState
from tests.dialog.conftest import OPEN, index, sheets, town
from tests.sending.world import HASH_KEY
from tests.tasks.conftest import STREETS, Caller

__all__ = ["index", "sheets", "town"]


class Clock:
    """Tells the time it was given, until it is moved."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def move(self, **delta: float) -> None:
        self.time += timedelta(**delta)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Records:
    opened = Records.open(sqlite_url(tmp_path / "records.db"), hash_key=HASH_KEY, now=clock)
    yield opened
    opened.close()


@pytest.fixture
async def records(store: Records) -> AsyncIterator[AsyncRecords]:
    opened = AsyncRecords(store)
    yield opened
    await opened.close()


@pytest.fixture
def call(store: Records) -> str:
    """The id of a call from a mobile."""
    draft = CallDraft(channel=Channel.SIP, caller_number="+33612345678")
    return store.start_call(draft).id


def message(
    means: Means = Means.SMS, to: str = "0612345678", text: str = "Bonjour €"
) -> OutboxRecord:
    """A message that is being tried."""
    now = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    return OutboxRecord(
        id="0af1",
        call_id=None,
        ticket_id=None,
        means=means,
        state=SendingState.WAITING,
        to=to,
        subject="Votre appel à la mairie",
        text=text,
        parts=1,
        attempts=1,
        created_at=now,
        due_at=now,
        done_at=None,
        reason="",
    )


@dataclass
class Recipient(Caller):
    """A caller who may be sent what was said."""

    sends: list[Outgoing] = field(default_factory=list)

    def _adopt(self, decision: Decision) -> Reply:
        self.sends += decision.sends
        return super()._adopt(decision)

    @property
    def send(self) -> Outgoing:
        """The only message of the call."""
        (message,) = self.sends
        return message


Calls = Callable[..., Recipient]


@pytest.fixture
def calls(town: Town, sheets: list[Sheet], index: Index) -> Calls:
    """Begin a call: `calls(sms=True, number="+336…")`."""

    def begin(*, number: str = "", **means: object) -> Recipient:
        references = count(482913)
        desk = Desk(
            town.model_copy(update={"website": "www.valmont.example"}),
            sheets,
            index,
            clock=lambda: OPEN,
            streets=STREETS,
            reference=lambda: str(next(references)),
            means=Offered(**means),
        )
        return Recipient(desk, number=number)

    return begin
