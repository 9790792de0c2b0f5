"""A real conductor gives the code, keeps the state of the call, and the page goes on with it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dialog.continuing import WritingPage
from dialog.desk import Desk
from dialog.search import Index
from dialog.state import State
from records import RecordsError
from tests.dialog.conftest import town
from tests.telephony.conductor_call import OPEN, PhoneCall

__all__ = ["town"]

GIVEN = re.compile(r"Référence (\d{3}) (\d{3}), code (\d{3}) (\d{3})")


@pytest.fixture(scope="module")
def desk(town, tmp_path_factory) -> Desk:
    """A town without sheets: what is tested here is not what is answered."""
    index = Index.build([], tmp_path_factory.mktemp("index"))
    return Desk(town, [], index, clock=lambda: OPEN, writing=WritingPage("valmont.example"))


def given(said: str) -> tuple[str, str]:
    match = GIVEN.search(said)
    assert match is not None, said
    return match[1] + match[2], match[3] + match[4]


async def test_the_state_is_kept_turn_by_turn_and_at_the_end(desk: Desk, tmp_path: Path) -> None:
    call = await PhoneCall.begin(desk, tmp_path)
    # 1. the code is said, and found
    reference, code = given(await call.answered("je préfère continuer par écrit"))
    found = await call.records.resume(reference, code)
    assert found is not None
    # 2. what is said afterwards is kept, too
    await call.answered("je voudrais laisser un message")
    await call.answered("Madame Petit")
    found = await call.records.resume(reference, code)
    assert found is not None
    state = State.from_dict(dict(found.state))
    assert state.task is not None
    assert state.task.values["name"] == "madame Petit"
    assert state.task.reference == ""
    # 3. hanging up leaves an incomplete ticket, with which the form goes on
    await call.conductor.cleanup()
    found = await call.records.resume(reference, code)
    (ticket,) = await call.records.open_tickets()
    assert found is not None
    state = State.from_dict(dict(found.state))
    assert state.task is not None
    assert state.task.reference == ticket.reference
    # 4. the code stands nowhere
    view = await call.records.call(found.call.id)
    assert all(code not in re.sub(r"\s", "", turn.reply) for turn in view.turns)
    assert "resumable" in [event.kind for event in view.events]
    await call.close()
    content = b"".join(path.read_bytes() for path in tmp_path.glob("records.db*"))
    assert f"{code[:3]} {code[3:]}".encode() not in content
    assert code.encode() not in content


async def test_a_code_that_cannot_be_kept_is_not_said(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = await PhoneCall.begin(desk, tmp_path)

    async def full(*_: object) -> None:
        raise RecordsError("the disk is full")

    monkeypatch.setattr(call.records, "offer_resumption", full)
    said = await call.answered("je préfère continuer par écrit")
    assert "je n'arrive pas à préparer" in said
    assert GIVEN.search(said) is None
    await call.close()


async def test_a_refused_transcription_voids_the_code(desk: Desk, tmp_path: Path) -> None:
    call = await PhoneCall.begin(desk, tmp_path)
    reference, code = given(await call.answered("je préfère continuer par écrit"))
    await call.answered("je refuse que ma voix soit transcrite")
    assert await call.records.resume(reference, code) is None
    await call.close()
