"""Recordings at rest: Ogg pages, encryption, what erases a key, and files that were cut short."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from records_world import HASH_KEY, Clock

from records import (
    CallDraft,
    CallHeld,
    Channel,
    Mark,
    Outcome,
    Recording,
    RecordingStore,
    Records,
    TownKey,
    TurnDraft,
    UnknownRecord,
    Vault,
    VaultError,
    Whose,
    sqlite_url,
)
from records import ogg as ogg_module
from records.ogg import PACKETS_A_PAGE, BadOgg, Pages, pages, seconds_of, silenced
from voice.opus import RATE_HZ, OpusEncoder, decode

MARKS = (
    Mark(turn=0, reply=0.0, end=1.0),
    Mark(turn=1, heard=2.0, reply=3.0, end=4.0),
    Mark(turn=2, heard=4.5, reply=5.0, end=5.8),
)


def tone(seconds: float, hz: float) -> np.ndarray:
    t = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return (6000 * np.sin(2 * np.pi * hz * t)).astype(np.int16)


def loud(samples: np.ndarray) -> float:
    return float(np.sqrt(np.mean(samples.astype(np.float64) ** 2)))


@pytest.fixture(scope="module")
def sound() -> list[bytes]:
    """Six seconds, the caller at 500 Hz and the town hall at 300, as the pages of a file."""
    encoder = OpusEncoder()
    made = Pages(7, pre_skip=encoder.pre_skip, rate_hz=RATE_HZ)
    both = np.stack([tone(6, 500), tone(6, 300)], axis=1)
    packets = [*encoder.encode(both), *encoder.finish()]
    written = [made.start()]
    for at in range(0, len(packets), PACKETS_A_PAGE):
        last = at + PACKETS_A_PAGE >= len(packets)
        written.append(made.page(packets[at : at + PACKETS_A_PAGE], last=last))
    return written


@pytest.fixture
def key(tmp_path: Path) -> TownKey:
    return TownKey.load_or_make(tmp_path / "keys" / "recordings.key")


@pytest.fixture
def kept(file: Path, clock: Clock) -> Iterator[Records]:
    opened = Records.open(sqlite_url(file), hash_key=HASH_KEY, now=clock)
    yield opened
    opened.close()


@pytest.fixture
def store(kept: Records, key: TownKey, tmp_path: Path) -> RecordingStore:
    return kept.recordings(Vault(tmp_path / "recordings", key))


def call_of(kept: Records, number: str = "+33639980101") -> str:
    return kept.start_call(CallDraft(channel=Channel.SIP, caller_number=number)).id


def record(store: RecordingStore, kept: Records, call: str, sound: list[bytes]) -> Recording:
    """A whole recording of this call, which is over."""
    made = store.begin(call, "sample", kept.call(call).call.started_at)
    for page in sound:
        made.append(page)
    assert made.finish(6.02, MARKS)
    kept.end_call(call, Outcome.COMPLETED)
    found = store.of_call(call)
    assert found is not None
    return found


def files(store: RecordingStore) -> set[str]:
    return store.vault.names()


# -- the Ogg file --------------------------------------------------------------------------------


def test_each_voice_is_in_its_own_channel_and_as_long_as_it_was(sound: list[bytes]) -> None:
    data = b"".join(sound)
    heard = decode(data)
    assert abs(len(heard) / RATE_HZ - 6) < 0.04
    assert seconds_of(data) == pytest.approx(6.0, abs=0.04)
    for channel, hz in ((0, 500), (1, 300)):
        spectrum = np.abs(np.fft.rfft(heard[RATE_HZ : 2 * RATE_HZ, channel]))
        assert int(np.argmax(spectrum)) == hz
        assert spectrum[800 - hz] < spectrum[hz] / 100  # nothing of the other voice


def test_a_passage_is_silenced_without_its_packets_and_the_rest_stays(sound: list[bytes]) -> None:
    data = b"".join(sound)
    quiet = silenced(data, [(2.0, 3.0)])
    heard = decode(quiet)
    assert len(heard) == len(decode(data))
    inside = heard[int(2.1 * RATE_HZ) : 3 * RATE_HZ]
    assert loud(inside) < 20
    assert loud(heard[RATE_HZ : int(1.9 * RATE_HZ), 0]) > 3000
    assert loud(heard[int(3.2 * RATE_HZ) : 4 * RATE_HZ, 1]) > 3000
    gone = [page.packets for page in pages(data)][4][0]
    assert gone in data
    assert gone not in quiet


def test_the_silence_decodes_to_nothing() -> None:
    made = Pages(1, pre_skip=0, rate_hz=RATE_HZ)
    data = made.start() + made.page([ogg_module.SILENCE] * 50, last=True)
    assert np.abs(decode(data)).max() == 0


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda data: data[:-3], "ends within a page"),
        (lambda data: data[:200] + b"x" + data[201:], "damaged"),
        (lambda data: b"RIFF" + data[4:], "no Ogg page"),
        (lambda data: data + b"OggS", "ends within a page"),
    ],
)
def test_a_damaged_ogg_is_known(sound: list[bytes], damage, told: str) -> None:
    with pytest.raises(BadOgg, match=told):
        list(pages(damage(b"".join(sound))))


# -- encryption ----------------------------------------------------------------------------------


def test_what_is_written_can_be_read_and_is_noise_without_the_key(
    store: RecordingStore, kept: Records, sound: list[bytes]
) -> None:
    found = record(store, kept, call_of(kept), sound)
    assert store.sound(found) == b"".join(sound)
    raw = store.vault.path(found.id).read_bytes()
    assert b"OggS" not in raw
    assert b"Opus" not in raw
    assert len(raw) == found.size
    assert oct(store.vault.path(found.id).stat().st_mode & 0o777) == "0o600"


def test_another_key_is_refused(
    store: RecordingStore, kept: Records, sound: list[bytes], tmp_path: Path
) -> None:
    found = record(store, kept, call_of(kept), sound)
    other = TownKey.load_or_make(tmp_path / "other.key")
    stranger = kept.recordings(Vault(tmp_path / "recordings", other))
    with pytest.raises(VaultError, match="another key"):
        stranger.sound(found)
    with pytest.raises(VaultError, match="no key of recordings"):
        kept.recordings(Vault(tmp_path / "recordings", None)).sound(found)


def test_a_changed_swapped_or_reordered_file_is_refused(
    store: RecordingStore, kept: Records, sound: list[bytes]
) -> None:
    one = record(store, kept, call_of(kept), sound)
    two = record(store, kept, call_of(kept), sound)
    path, raw = store.vault.path(one.id), store.vault.path(one.id).read_bytes()
    path.write_bytes(raw[:50] + bytes([raw[50] ^ 1]) + raw[51:])
    with pytest.raises(VaultError, match="was changed"):
        store.sound(one)
    path.write_bytes(store.vault.path(two.id).read_bytes())
    with pytest.raises(VaultError, match="was changed"):
        store.sound(one)
    path.write_bytes(raw + raw[-21:])
    with pytest.raises(VaultError, match="was changed"):
        store.sound(one)


@pytest.mark.parametrize("lost", [1, 30, 5000])
def test_a_file_that_ends_early_plays_up_to_its_last_piece(
    store: RecordingStore, kept: Records, sound: list[bytes], lost: int
) -> None:
    found = record(store, kept, call_of(kept), sound)
    path = store.vault.path(found.id)
    path.write_bytes(path.read_bytes()[:-lost])
    opened = store.vault.open(found.id, found.sealed_key)
    assert not opened.whole
    heard = decode(opened.data)
    assert 2 * RATE_HZ < len(heard) <= 6.04 * RATE_HZ
    assert b"".join(sound).startswith(opened.data)


def test_the_key_is_made_once_for_its_owner_and_a_bad_one_is_told(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "recordings.key"
    made = TownKey.load_or_make(path)
    assert TownKey.load_or_make(path) == made
    assert oct(path.stat().st_mode & 0o777) == "0o600"
    assert made.secret.hex() not in repr(made)
    path.chmod(0o644)
    with pytest.raises(VaultError, match="chmod 600"):
        TownKey.load(path)
    path.chmod(0o600)
    path.write_bytes(b"short")
    with pytest.raises(VaultError, match="32 bytes, not 5"):
        TownKey.load(path)
    with pytest.raises(VaultError, match="cannot be read"):
        TownKey.load(tmp_path / "none.key")


# -- what erases a recording -----------------------------------------------------------------------


def test_a_refusal_erases_key_and_file_and_keeps_the_proof(
    store: RecordingStore, kept: Records, sound: list[bytes]
) -> None:
    for what in ("recording", "transcription"):
        call = call_of(kept)
        found = record(store, kept, call, sound)
        kept.refuse(call, what)
        assert store.of_call(call) is None
        (proof,) = store.every_of(call)
        assert (proof.sealed_key, proof.marks, proof.deleted_reason) == ("", (), "refused")
        assert proof.deleted_at is not None
        with pytest.raises(VaultError):
            store.vault.open(found.id, proof.sealed_key or found.sealed_key[:8])
        store.sweep()
        assert files(store) == set()


def test_a_number_that_must_not_be_kept_erases_the_sound(
    store: RecordingStore, kept: Records, sound: list[bytes]
) -> None:
    call = call_of(kept)
    record(store, kept, call, sound)
    kept.add_turn(call, TurnDraft(heard="mon numéro de sécu est le 1 85 05 78 006 084 91"))
    assert store.of_call(call) is None
    assert store.every_of(call)[0].deleted_reason == "masked"


def test_a_recording_erased_while_it_is_written_leaves_no_file(
    store: RecordingStore, kept: Records, sound: list[bytes]
) -> None:
    call = call_of(kept)
    made = store.begin(call, "all", kept.call(call).call.started_at)
    made.append(sound[0])
    kept.refuse(call, "recording")
    made.append(sound[1])
    assert not made.finish(1.0, ())
    assert files(store) == set()


def test_the_person_s_right_to_erasure_reaches_the_sound(
    store: RecordingStore, kept: Records, sound: list[bytes]
) -> None:
    call, other = call_of(kept), call_of(kept, "+33639980199")
    found, stays = record(store, kept, call, sound), record(store, kept, other, sound)
    exported = kept.privacy.export(Whose(number="+33639980101"))
    (row,) = exported["calls"][0]["recordings"]
    assert row["id"] == found.id
    assert "sealed_key" not in row
    kept.privacy.erase(Whose(number="+33639980101"), by="test")
    assert store.sweep() == 1
    assert files(store) == {stays.id}
    assert store.sound(stays) == b"".join(sound)


def test_the_sound_goes_with_age_unless_the_call_is_held(
    store: RecordingStore, kept: Records, sound: list[bytes], clock: Clock
) -> None:
    old, held = call_of(kept), call_of(kept)
    for call in (old, held):
        record(store, kept, call, sound)
    kept.privacy.hold(held, "menace", "dpo")
    clock.move(days=29)
    young = call_of(kept)
    record(store, kept, young, sound)
    assert store.purge(30, "test") == 0
    clock.move(days=2)
    assert store.purge(30, "test") == 1
    assert store.of_call(old) is None
    assert store.of_call(held) is not None
    assert len(files(store)) == 2
    line = kept.review.accesses(action="purge")[0]
    assert (line.login, line.detail) == ("test", "1 recordings")
    clock.move(days=366)
    store.purge(30, "test")
    assert store.every_of(old) == ()  # the proof itself is over


def test_one_turn_is_erased_from_the_sound_under_a_new_key(
    store: RecordingStore, kept: Records, sound: list[bytes]
) -> None:
    call = call_of(kept)
    before = record(store, kept, call, sound)
    assert store.erase_turn(call, 1)
    after = store.of_call(call)
    assert after is not None
    assert after.id != before.id
    assert after.marks == before.marks
    heard = decode(store.sound(after))
    assert loud(heard[int(1.9 * RATE_HZ) : int(4.4 * RATE_HZ)]) < 50
    assert loud(heard[int(4.7 * RATE_HZ) : int(5.5 * RATE_HZ)]) > 3000
    assert files(store) == {after.id}
    assert not store.erase_turn(call_of(kept), 1)


def test_a_turn_that_is_nowhere_takes_the_whole_sound_with_it(
    store: RecordingStore, kept: Records, sound: list[bytes]
) -> None:
    call = call_of(kept)
    found = record(store, kept, call, sound)
    with pytest.raises(VaultError, match="not known where turn 9"):
        store.sound(found, hidden=(9,))
    assert store.erase_turn(call, 9)
    assert store.of_call(call) is None


def test_a_held_call_keeps_its_passage(
    store: RecordingStore, kept: Records, sound: list[bytes]
) -> None:
    call = call_of(kept)
    record(store, kept, call, sound)
    kept.privacy.hold(call, "menace", "dpo")
    with pytest.raises(CallHeld):
        store.erase_turn(call, 1)
    assert store.of_call(call) is not None


# -- a server that was killed ---------------------------------------------------------------


def test_the_recordings_of_a_killed_server_are_ended_at_the_next_start(
    store: RecordingStore, kept: Records, sound: list[bytes]
) -> None:
    call, gone = call_of(kept), call_of(kept)
    at = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    made = store.begin(call, "sample", at)
    for page in sound[:4]:
        made.append(page)
    lost = store.begin(gone, "sample", at)
    store.vault.path(lost.name).unlink()
    assert store.recover() == 2
    found = store.of_call(call)
    assert found is not None
    assert found.seconds == pytest.approx(3.0)
    assert len(decode(store.sound(found))) == pytest.approx(3 * RATE_HZ, abs=800)
    assert store.of_call(gone) is None
    assert store.recover() == 0


def test_no_recording_of_a_call_that_is_unknown(store: RecordingStore) -> None:
    with pytest.raises(UnknownRecord):
        store.begin("nobody", "sample", datetime.now(UTC))
    assert files(store) == set()


def test_where_turns_are(sound: list[bytes]) -> None:
    found = Recording(
        id="a",
        call_id="b",
        started_at=datetime.now(UTC) - timedelta(days=1),
        seconds=6.0,
        size=1,
        marks=MARKS,
        mode="all",
        key_id="",
        sealed_key="secret",
    )
    assert found.spans([1]) == ((1.7, 4.5),)
    assert found.spans([2, 1]) == ((1.7, 4.5), (4.2, float("inf")))
    assert found.spans([]) == ()
    nowhere = dataclasses.replace(found, marks=())
    with pytest.raises(LookupError):
        nowhere.spans([1])
    assert "secret" not in repr(found)


def test_on_every_database(url: str, clock: Clock, tmp_path: Path, sound: list[bytes]) -> None:
    opened = Records.open(url, hash_key=HASH_KEY, now=clock)
    try:
        key = TownKey(os.urandom(32))
        made = opened.recordings(Vault(tmp_path / "sound", key))
        call = call_of(opened)
        found = record(made, opened, call, sound)
        assert made.sound(found, hidden=(1,)) != b"".join(sound)
        clock.move(days=400)
        assert opened.privacy.delete_old_calls() == 1
        made.purge(30, "test")
        assert files(made) == set()
    finally:
        opened.close()
