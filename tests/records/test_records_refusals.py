"""A caller who refuses the transcription leaves no words, before the refusal or after it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from records_world import HASH_KEY

from records import AsyncRecords, CallDraft, Channel, Records, TurnDraft, sqlite_url

WORDS = "la facture de Jeanne"


def _call(records: Records) -> str:
    call = records.start_call(CallDraft(channel=Channel.SIP))
    records.add_turn(call.id, TurnDraft(number=0, reply="Bonjour, mairie de Valmont."))
    turn = records.add_turn(
        call.id,
        TurnDraft(heard=f"c'est pour {WORDS}", dtmf="12", reply=f"J'ai noté : {WORDS}."),
    )
    records.finish_turn(turn, played=f"J'ai noté : {WORDS}.")
    records.add_turn(
        call.id,
        TurnDraft(
            heard="combien ?", reply="Il coûte 86 €.", sheet_id="passeport", sheet_version="1"
        ),
    )
    records.add_event(call.id, "transfer_asked", {"service": "accueil", "summary": WORDS})
    return call.id


def test_what_was_heard_of_the_call_is_forgotten(records: Records) -> None:
    call = _call(records)
    assert records.refuse(call, "transcription") == 3
    view = records.call(call)
    assert [turn.heard for turn in view.turns] == ["", "[refusé]", "[refusé]"]
    assert [turn.reply for turn in view.turns] == [
        "Bonjour, mairie de Valmont.",
        "[refusé]",
        "Il coûte 86 €.",
    ]
    assert (view.turns[1].played, view.turns[1].dtmf) == ("[refusé]", "[refusé]")
    assert [(e.kind, e.data) for e in view.events] == [
        ("transfer_asked", {"service": "accueil", "summary": "[refusé]"}),
        ("refused", {"what": "transcription", "turns": 3}),
    ]


def test_it_holds_for_what_follows(records: Records) -> None:
    call = _call(records)
    unfinished = records.add_turn(call, TurnDraft(heard="oui", reply="Merci, Jeanne."))
    records.refuse(call, "transcription")
    records.finish_turn(unfinished, played="Merci, Jeanne.")
    later = records.add_turn(call, TurnDraft(heard=WORDS, dtmf="0", reply=f"Noté : {WORDS}."))
    records.finish_turn(later, played=f"Noté : {WORDS}.")
    records.add_event(call, "dtmf", {"digit": "7"})
    view = records.call(call)
    for turn in view.turns[-2:]:
        assert (turn.heard, turn.reply, turn.played) == ("[refusé]",) * 3
    assert view.events[-1].data == {"digit": "[refusé]"}


def test_a_refused_recording_keeps_the_words(records: Records) -> None:
    call = _call(records)
    assert records.refuse(call, "recording") == 0
    view = records.call(call)
    assert view.turns[1].heard == f"c'est pour {WORDS}"
    assert view.events[-1].data == {"what": "recording", "turns": 0}


def test_another_call_keeps_its_words(records: Records) -> None:
    refused, other = _call(records), _call(records)
    records.refuse(refused, "transcription")
    assert records.call(other).turns[1].heard == f"c'est pour {WORDS}"


def test_nothing_else_can_be_refused(records: Records) -> None:
    call = _call(records)
    with pytest.raises(ValueError, match="'greeting' cannot be refused"):
        records.refuse(call, "greeting")


def test_the_words_are_gone_from_the_disk(file: Path) -> None:
    records = Records.open(sqlite_url(file), hash_key=HASH_KEY)
    call = _call(records)
    records.refuse(call, "transcription")
    records.close()
    left = b"".join(path.read_bytes() for path in file.parent.iterdir())
    assert b"refus" in left
    assert b"Jeanne" not in left


async def test_an_event_loop_refuses_too(file: Path) -> None:
    records = await AsyncRecords.open(sqlite_url(file), hash_key=HASH_KEY)
    call = await records.start_call(CallDraft(channel=Channel.SIP))
    await asyncio.gather(
        records.add_turn(call.id, TurnDraft(heard=WORDS)),
        records.refuse(call.id, "transcription"),
    )
    assert (await records.call(call.id)).turns[0].heard == "[refusé]"
    await records.close()
