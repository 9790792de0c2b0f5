"""A call from its first ring to its end, on every database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
from records_world import HASH_KEY, Clock

from records import (
    CallDraft,
    Channel,
    DuplicateTurn,
    MediaStats,
    Outcome,
    Records,
    RecordsError,
    TurnDraft,
    UnknownRecord,
)

CALL = CallDraft(channel=Channel.SIP, line="0261914000", caller_number="+33612345678")


def test_a_call_is_read_back_as_it_happened(records: Records, clock: Clock) -> None:
    # 1. The phone rings, the assistant answers and greets.
    rang = clock()
    call = records.start_call(
        CallDraft(
            channel=Channel.SIP,
            line="0261914000",
            caller_number="+33612345678",
            sip_call_id="a84b4c76e66710@198.51.100.7",
        )
    )
    answered = clock.move(seconds=2)
    records.answered(call.id)
    greeting = records.add_turn(call.id, TurnDraft(number=0, reply="Bonjour, mairie."))
    records.finish_turn(greeting, played="Bonjour, mairie.")

    # 2. The caller asks, and cuts the answer short.
    asked = clock.move(seconds=6)
    turn = records.add_turn(
        call.id,
        TurnDraft(
            heard="Où jeter un canapé à Noël ?",
            heard_confidence=0.87,
            language="fr",
            reply="À la déchetterie. Elle est ouverte le samedi.",
            action="answer",
            sheet_id="encombrants",
            sheet_version="9f2c",
            sentences=["À la déchetterie.", "Elle est ouverte le samedi."],
            confidence=0.71,
            candidates=[
                {"sheet": "encombrants", "score": 0.71},
                {"sheet": "dechets", "score": 0.4},
            ],
            timings={"stt": 212.5, "search": 24},
        ),
    )
    played = clock.move(seconds=3)
    records.finish_turn(
        turn, played="À la déchetterie.", interrupted=True, timings={"voice_to_voice": 780}
    )

    # 3. 0 on the keypad: transferred.
    records.add_event(call.id, "dtmf", {"digit": "0"})
    over = clock.move(seconds=1)
    stats = MediaStats(rx_packets=600, tx_packets=598, lost_packets=2, jitter_ms=3.5, mos=4.3)
    assert records.end_call(
        call.id, Outcome.TRANSFERRED, "REFER accepted", stats, transfer_target="sip:201@pbx.example"
    )

    view = records.call(call.id)
    assert (view.call.started_at, view.call.answered_at, view.call.ended_at) == (
        rang,
        answered,
        over,
    )
    assert view.call.started_at.tzinfo == UTC
    assert view.call.outcome is Outcome.TRANSFERRED
    assert view.call.transfer_target == "sip:201@pbx.example"
    assert view.call.stats == {
        "rx_packets": 600,
        "tx_packets": 598,
        "lost_packets": 2,
        "jitter_ms": 3.5,
        "mos": 4.3,
    }
    assert view.call.sip_call_id == "a84b4c76e66710@198.51.100.7"
    assert [t.number for t in view.turns] == [0, 1]
    one = view.turns[1]
    assert (one.id, one.heard, one.heard_confidence) == (turn, "Où jeter un canapé à Noël ?", 0.87)
    assert (one.started_at, one.created_at, one.finished_at) == (asked, asked, played)
    assert (one.played, one.interrupted) == ("À la déchetterie.", True)
    assert one.sentences == ("À la déchetterie.", "Elle est ouverte le samedi.")
    assert one.candidates[1] == {"sheet": "dechets", "score": 0.4}
    assert one.timings == {"stt": 212.5, "search": 24, "voice_to_voice": 780}
    assert (one.action, one.sheet_id, one.sheet_version) == ("answer", "encombrants", "9f2c")
    assert [(e.kind, e.data, e.at) for e in view.events] == [("dtmf", {"digit": "0"}, played)]


def test_a_turn_not_finished_has_no_played_text(records: Records) -> None:
    call = records.start_call(CALL)
    records.add_turn(call.id, TurnDraft(reply="Bonjour."))
    (turn,) = records.call(call.id).turns
    assert turn.played is None
    assert turn.finished_at is None


def test_turns_are_numbered_from_one_and_the_greeting_is_zero(records: Records) -> None:
    call = records.start_call(CALL)
    records.add_turn(call.id, TurnDraft(heard="un"))
    records.add_turn(call.id, TurnDraft(number=0, reply="greeting"))
    records.add_turn(call.id, TurnDraft(heard="deux"))
    turns = records.call(call.id).turns
    assert [(t.number, t.heard) for t in turns] == [(0, ""), (1, "un"), (2, "deux")]


def test_a_turn_number_is_used_once_in_a_call(records: Records) -> None:
    call, other = records.start_call(CALL), records.start_call(CALL)
    records.add_turn(call.id, TurnDraft(number=3, heard="premier"))
    with pytest.raises(DuplicateTurn, match=f"the call {call.id} already has a turn 3"):
        records.add_turn(call.id, TurnDraft(number=3, heard="second"))
    records.add_turn(other.id, TurnDraft(number=3))
    assert [t.heard for t in records.call(call.id).turns] == ["premier"]


def test_the_call_takes_the_language_last_spoken(records: Records) -> None:
    call = records.start_call(CALL)
    assert records.call(call.id).call.language == "fr"
    records.add_turn(call.id, TurnDraft(heard="Hello", language="en"))
    records.add_turn(call.id, TurnDraft(dtmf="1"))
    assert records.call(call.id).call.language == "en"


def test_a_reference_is_not_given_twice_within_90_days(url: str, clock: Clock) -> None:
    drawn = iter(["000042", "000042", "777777", "000042"])
    records = Records.open(url, hash_key=HASH_KEY, now=clock, draw_reference=lambda: next(drawn))
    first = records.start_call(CALL)
    clock.move(days=89)
    second = records.start_call(CALL)
    clock.move(days=2)
    third = records.start_call(CALL)
    records.close()
    assert [c.reference for c in (first, second, third)] == ["000042", "777777", "000042"]


def test_no_free_reference_is_said(url: str) -> None:
    records = Records.open(url, hash_key=HASH_KEY, draw_reference=lambda: "000042")
    records.start_call(CALL)
    with pytest.raises(RecordsError, match="no free call reference"):
        records.start_call(CALL)
    records.close()


def test_the_hash_of_a_number_depends_on_the_key_and_anonymous_has_none(records: Records) -> None:
    one, again = records.start_call(CALL), records.start_call(CALL)
    other = records.start_call(CallDraft(channel=Channel.SIP, caller_number="+33612345679"))
    hidden = records.start_call(CallDraft(channel=Channel.WEBRTC))
    assert one.caller_hash == again.caller_hash != other.caller_hash
    assert len(one.caller_hash) == 64
    assert "12345678" not in one.caller_hash
    assert (hidden.caller_number, hidden.caller_hash) == ("", "")


def test_a_short_key_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="has 3 bytes; give at least 16 random bytes"):
        Records.open(url, hash_key=b"abc")


def test_recent_calls_are_newest_first(records: Records, clock: Clock) -> None:
    ids = []
    for _ in range(4):
        clock.move(minutes=1)
        ids.append(records.start_call(CALL).id)
    assert [c.id for c in records.recent_calls(3)] == ids[:0:-1]


def test_the_first_end_of_a_call_counts(records: Records, clock: Clock) -> None:
    call = records.start_call(CALL)
    over = clock.move(seconds=9)
    assert records.end_call(call.id, Outcome.COMPLETED, "goodbye") is True
    clock.move(seconds=1)
    assert records.end_call(call.id, Outcome.HUNG_UP, "BYE") is False
    ended = records.call(call.id).call
    assert (ended.outcome, ended.end_reason, ended.ended_at) == (
        Outcome.COMPLETED,
        "goodbye",
        over,
    )


def test_a_call_cannot_end_in_progress(records: Records) -> None:
    call = records.start_call(CALL)
    with pytest.raises(ValueError, match="cannot end with the outcome 'in_progress'"):
        records.end_call(call.id, Outcome.IN_PROGRESS)


def test_unknown_ids_are_said(records: Records) -> None:
    for ask in (
        lambda: records.call("nobody"),
        lambda: records.answered("nobody"),
        lambda: records.add_turn("nobody", TurnDraft()),
        lambda: records.add_event("nobody", "dtmf"),
        lambda: records.end_call("nobody", Outcome.FAILED),
    ):
        with pytest.raises(UnknownRecord, match="no call has the id 'nobody'"):
            ask()
    with pytest.raises(UnknownRecord, match="no turn has the id 12"):
        records.finish_turn(12, played="")


def test_calls_of_a_killed_server_become_interrupted(records: Records, clock: Clock) -> None:
    # 1. One call ended; one was silent; one had spoken when the server was killed.
    ended = records.start_call(CALL)
    records.end_call(ended.id, Outcome.COMPLETED)
    silent = records.start_call(CALL)
    begun = clock()
    spoke = records.start_call(CALL)
    last_turn = clock.move(seconds=30)
    records.add_turn(spoke.id, TurnDraft(heard="Bonjour"))

    # 2. An hour later the server starts again.
    clock.move(hours=1)
    assert records.close_interrupted() == 2
    assert records.close_interrupted() == 0

    # 3. They ended when they were last known alive, not an hour later.
    assert records.call(ended.id).call.outcome is Outcome.COMPLETED
    calls = [records.call(c.id).call for c in (silent, spoke)]
    assert [c.outcome for c in calls] == [Outcome.INTERRUPTED] * 2
    assert [c.ended_at for c in calls] == [begun, last_turn]


def test_any_time_zone_becomes_utc_and_none_is_refused(records: Records) -> None:
    paris = timezone(timedelta(hours=1))
    call = records.start_call(
        CallDraft(channel=Channel.TEXT, started_at=datetime(2026, 1, 2, 0, 30, tzinfo=paris))
    )
    stored = records.call(call.id).call.started_at
    assert stored == datetime(2026, 1, 1, 23, 30, tzinfo=UTC)
    assert stored.utcoffset() == timedelta(0)
    with pytest.raises(ValueError, match="started_at has no time zone"):
        CallDraft(channel=Channel.TEXT, started_at=datetime(2026, 1, 2))
    with pytest.raises(ValueError, match="at has no time zone"):
        records.add_event(call.id, "dtmf", at=datetime(2026, 1, 2))


def test_hostile_text_and_odd_numbers_do_not_lose_a_turn(records: Records) -> None:
    call = records.start_call(CallDraft(channel=Channel.SIP, sip_call_id="\x00\udcff'; DROP--"))
    records.add_turn(
        call.id,
        TurnDraft(
            heard="a\x00b\ud800c",
            confidence=float("nan"),
            timings={"stt": float("inf"), "llm": 3},
            candidates=[{"sheet": "x\x00", "score": float("nan")}],
        ),
    )
    view = records.call(call.id)
    assert view.call.sip_call_id == "?'; DROP--"
    (turn,) = view.turns
    assert turn.heard == "ab?c"
    assert turn.confidence is None
    assert turn.timings == {"stt": None, "llm": 3}
    assert turn.candidates == ({"sheet": "x", "score": None},)


def test_a_draft_says_what_it_cannot_hold() -> None:
    with pytest.raises(ValueError, match=r"candidates\[0\]\.sheet is a object, which is not"):
        TurnDraft(candidates=[{"sheet": object()}])
    with pytest.raises(ValueError, match="turn number -1 is below 0"):
        TurnDraft(number=-1)
    with pytest.raises(ValueError, match="'fax' is not a valid Channel"):
        CallDraft(channel="fax")  # type: ignore[arg-type]


def test_sixteen_calls_at_once_lose_and_mix_nothing(records: Records) -> None:
    def one_call(caller: int) -> str:
        call = records.start_call(CallDraft(channel=Channel.SIP, caller_number=f"+3360000{caller}"))
        for turn in range(5):
            written = records.add_turn(call.id, TurnDraft(heard=f"{caller}/{turn}"))
            records.finish_turn(written, played="oui")
            records.add_event(call.id, "barge_in", {"turn": turn})
        records.end_call(call.id, Outcome.COMPLETED)
        return call.id

    with ThreadPoolExecutor(16) as threads:
        ids = list(threads.map(one_call, range(16)))

    for caller, call_id in enumerate(ids):
        view = records.call(call_id)
        assert [t.heard for t in view.turns] == [f"{caller}/{n}" for n in range(5)]
        assert [t.number for t in view.turns] == [1, 2, 3, 4, 5]
        assert [e.data["turn"] for e in view.events] == [0, 1, 2, 3, 4]
    assert len({c.reference for c in records.recent_calls(100)}) == 16


def test_closed_records_say_so(records: Records) -> None:
    records.close()
    with pytest.raises(RecordsError, match="the records are closed"):
        records.recent_calls()
    with pytest.raises(RecordsError, match="the records are closed"):
        records.start_call(CALL)
