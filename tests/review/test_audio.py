"""Listening to a call: a right, a reason, a line in the log; ranges; hidden passages are silent."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from records import Mark, RecordingStore, TownKey, Vault
from records.ogg import PACKETS_A_PAGE, Pages
from review.app import build
from review.listening import sound_files
from tests.review.conftest import World
from voice.opus import RATE_HZ, OpusEncoder, decode

SECONDS = 6
MARKS = (Mark(turn=0, reply=0.0, end=1.8), Mark(turn=1, heard=2.0, reply=3.0, end=4.0))


@pytest.fixture(scope="module")
def sound() -> bytes:
    """Six seconds of a tone on both sides."""
    t = np.arange(SECONDS * RATE_HZ) / RATE_HZ
    tone = (6000 * np.sin(2 * np.pi * 440 * t)).astype(np.int16)
    encoder = OpusEncoder()
    pages = Pages(3, pre_skip=encoder.pre_skip, rate_hz=RATE_HZ)
    packets = [*encoder.encode(np.stack([tone, tone], axis=1)), *encoder.finish()]
    parts = [packets[at : at + PACKETS_A_PAGE] for at in range(0, len(packets), PACKETS_A_PAGE)]
    return pages.start() + b"".join(pages.page(p, last=p is parts[-1]) for p in parts)


def loud(data: bytes, first: float, last: float) -> bool:
    piece = decode(data)[int(first * RATE_HZ) : int(last * RATE_HZ), 0].astype(np.float64)
    return float(np.sqrt((piece**2).mean())) > 1000


class Heard:
    """A town hall with one recorded call."""

    def __init__(self, world: World, sound: bytes, folder: Path) -> None:
        key = TownKey.load_or_make(folder / "keys" / "recordings.key")
        self.vault = Vault(folder / "recordings", key)
        self.store: RecordingStore = world.records.recordings(self.vault)
        world.desk = replace(world.desk, recordings=self.store, recording=True)
        world.app = build(world.desk)
        self.world, self.call = world, world.call()
        self.record(self.call, sound)

    def record(self, call: str, sound: bytes) -> None:
        made = self.store.begin(call, "sample", self.world.clock())
        made.append(sound)
        made.finish(float(SECONDS), MARKS)

    @property
    def audio(self) -> str:
        return f"/api/calls/{self.call}/audio"

    def listener(self, *more: str, reason: str = "qualite"):
        client = self.world.log_in("ecoute", *more)
        if reason:
            said = client.post(f"/api/calls/{self.call}/listen", json={"reason": reason})
            assert said.status_code == 204, said.text
        return client


@pytest.fixture
def heard(world: World, sound: bytes, tmp_path: Path) -> Heard:
    return Heard(world, sound, tmp_path)


# -- a right and a reason ------------------------------------------------------------------------


def test_a_reason_comes_first_and_is_written_down(heard: Heard, sound: bytes) -> None:
    client = heard.listener(reason="")
    refused = client.get(heard.audio)
    assert (refused.status_code, b"OggS" in refused.content) == (403, False)
    assert "pourquoi" in refused.json()["error"]
    wrong = client.post(f"/api/calls/{heard.call}/listen", json={"reason": "curiosité"})
    assert wrong.status_code == 422
    assert client.get(heard.audio).status_code == 403
    form = client.post(f"/calls/{heard.call}/listen", data={"reason": "reclamation"})
    assert form.status_code == 303
    assert form.headers["location"].endswith(f"/calls/{heard.call}#son")
    answer = client.get(heard.audio)
    assert answer.content == sound
    assert answer.headers["content-type"] == "audio/ogg; codecs=opus"
    assert answer.headers["cache-control"] == "no-store"
    (line,) = heard.world.records.review.accesses(action="listen")
    assert (line.call_id, line.detail) == (heard.call, "traiter une réclamation")
    assert line.login == client.get("/api/me").json()["login"]
    log = heard.world.log_in("dpo").get("/access").text
    assert "écoute d&#39;un appel" in log or "écoute d'un appel" in log


def test_the_reason_is_one_person_s_for_one_call_and_one_hour(heard: Heard, sound: bytes) -> None:
    client = heard.listener()
    other = heard.world.call()
    heard.record(other, sound)
    assert client.get(f"/api/calls/{other}/audio").status_code == 403
    assert heard.listener(reason="").get(heard.audio).status_code == 403
    heard.world.clock.move(minutes=20)
    assert client.get(heard.audio).status_code == 200  # and the session goes on
    heard.world.clock.move(minutes=20)
    assert client.get(heard.audio).status_code == 200
    heard.world.clock.move(minutes=25)
    assert client.get(heard.audio).status_code == 403


@pytest.mark.parametrize("role", ["superviseur", "dpo", "lecteur", "redacteur", "technique"])
def test_other_roles_hear_nothing(heard: Heard, role: str) -> None:
    client = heard.world.log_in(role)
    assert client.get(heard.audio).status_code == 403
    said = client.post(f"/api/calls/{heard.call}/listen", json={"reason": "qualite"})
    assert said.status_code == 403
    assert heard.world.records.review.accesses(action="listen") == ()
    page = client.get(f"/calls/{heard.call}")
    assert "<audio" not in page.text
    if role in ("superviseur", "dpo"):
        assert "votre rôle ne permet pas de l'écouter" in page.text.replace("&#39;", "'")


def test_nobody_hears_without_a_session(heard: Heard) -> None:
    answer = heard.world.client().get(heard.audio)
    assert answer.status_code in (401, 303)
    assert b"OggS" not in answer.content


# -- ranges --------------------------------------------------------------------------------------


def test_a_range_is_a_part_of_the_whole(heard: Heard, sound: bytes) -> None:
    client, size = heard.listener(), len(sound)
    for asked, first, stop in (
        ("bytes=0-99", 0, 100),
        ("bytes=100-", 100, size),
        ("bytes=-50", size - 50, size),
        ("bytes=0-99999999", 0, size),
        ("bytes = 5 - 9", 5, 10),
    ):
        answer = client.get(heard.audio, headers={"Range": asked})
        assert (answer.status_code, answer.content) == (206, sound[first:stop]), asked
        assert answer.headers["content-range"] == f"bytes {first}-{stop - 1}/{size}"
        assert answer.headers["accept-ranges"] == "bytes"


def test_a_range_that_is_none_gets_the_whole(heard: Heard, sound: bytes) -> None:
    client = heard.listener()
    bad = ("9-2", "-", "0-1,4-5", "a-b", "9" * 99)
    for asked in ("lines=1-2", *(f"bytes={one}" for one in bad)):
        answer = client.get(heard.audio, headers={"Range": asked})
        assert (answer.status_code, answer.content) == (200, sound), asked


def test_a_range_behind_the_end_is_refused(heard: Heard, sound: bytes) -> None:
    client = heard.listener()
    for asked in (f"bytes={len(sound)}-", "bytes=-0"):
        answer = client.get(heard.audio, headers={"Range": asked})
        assert (answer.status_code, answer.content) == (416, b"")
        assert answer.headers["content-range"] == f"bytes */{len(sound)}"


def test_a_part_of_other_bytes_is_never_joined(heard: Heard, sound: bytes) -> None:
    client = heard.listener()
    tag = client.get(heard.audio).headers["etag"]
    ranged = {"Range": "bytes=5-9", "If-Range": tag}
    assert client.get(heard.audio, headers=ranged).status_code == 206
    client.post(f"/api/calls/{heard.call}/marks", json={"kind": "hidden", "turn": 1})
    assert client.get(heard.audio, headers=ranged).status_code == 200


# -- hidden and erased passages ------------------------------------------------------------------


def test_a_hidden_passage_is_silent_but_for_who_decides_on_erasing(heard: Heard) -> None:
    client = heard.listener()
    assert loud(client.get(heard.audio).content, 2.2, 5.5)
    client.post(f"/api/calls/{heard.call}/marks", json={"kind": "hidden", "turn": 1})
    veiled = client.get(heard.audio).content
    assert loud(veiled, 0.2, 1.5)
    assert not loud(veiled, 1.9, 5.9)
    assert loud(heard.listener("dpo").get(heard.audio).content, 2.2, 5.5)
    client.post(f"/api/calls/{heard.call}/marks", json={"kind": "hidden", "turn": 1, "on": False})
    assert loud(client.get(heard.audio).content, 2.2, 5.5)


def test_a_hidden_passage_that_is_nowhere_closes_the_sound(heard: Heard) -> None:
    name = heard.store.of_call(heard.call)
    assert name is not None
    heard.store.note(name.id, marks=[])
    client = heard.listener()
    client.post(f"/api/calls/{heard.call}/marks", json={"kind": "hidden", "turn": 1})
    answer = client.get(heard.audio)
    assert answer.status_code == 409
    assert "passage masqué" in answer.json()["error"]


def test_an_erased_passage_is_gone_from_the_sound_itself(heard: Heard) -> None:
    before = heard.vault.names()
    client = heard.listener("dpo")
    assert client.delete(f"/api/calls/{heard.call}/turns/1").status_code == 200
    assert not loud(client.get(heard.audio).content, 1.9, 5.9)
    assert heard.vault.names().isdisjoint(before)


def test_a_key_that_is_gone_is_told_in_french(heard: Heard, tmp_path: Path) -> None:
    client = heard.listener()
    other = Vault(tmp_path / "recordings", TownKey.load_or_make(tmp_path / "other.key"))
    desk = replace(heard.world.desk, recordings=heard.world.records.recordings(other))
    heard.world.app = build(desk)
    again = heard.world.log_in("ecoute")
    again.post(f"/api/calls/{heard.call}/listen", json={"reason": "qualite"})
    answer = again.get(heard.audio)
    assert answer.status_code == 503
    assert "ne peut pas être lu" in answer.json()["error"]
    assert client.get(f"/calls/{heard.call}").status_code == 200


# -- the page ------------------------------------------------------------------------------------


def test_the_page_asks_why_then_shows_the_player_beside_the_words(heard: Heard) -> None:
    client = heard.listener(reason="")
    page = client.get(f"/calls/{heard.call}").text
    assert "Pourquoi écoutez-vous cet appel" in page
    assert "<audio" not in page
    assert "player.js" not in page
    client.post(f"/calls/{heard.call}/listen", data={"reason": "formation"})
    page = client.get(f"/calls/{heard.call}").text
    assert f'src="{heard.audio}"' in page
    assert "autoplay" not in page
    assert '<li id="tour-1" class="turn" tabindex="-1" data-from="2.0">' in page
    assert 'data-at="3.0" hidden' in page
    for speed in ("0.75", "1.25", "2"):
        assert f'<option value="{speed}"' in page
    assert '<script type="module" src="/static/player.js"></script>' in page
    assert client.get("/static/player.js").headers["content-type"].startswith("text/javascript")


def test_a_call_without_sound_says_so(heard: Heard) -> None:
    client = heard.listener()
    silent = heard.world.call()
    assert "Le son de cet appel n&#39;est pas gardé" in client.get(f"/calls/{silent}").text.replace(
        "n'est", "n&#39;est"
    )
    assert client.get(f"/api/calls/{silent}/audio").status_code == 404
    said = client.post(f"/api/calls/{silent}/listen", json={"reason": "qualite"})
    assert said.status_code == 404
    assert client.get(f"/api/calls/{silent}").json()["recorded"] is False
    assert client.get(f"/api/calls/{heard.call}").json()["recorded"] is True


def test_a_refused_recording_cannot_be_heard_any_more(heard: Heard) -> None:
    client = heard.listener()
    heard.world.records.refuse(heard.call, "recording")
    assert client.get(heard.audio).status_code == 404
    assert "<audio" not in client.get(f"/calls/{heard.call}").text


def test_the_person_gets_the_sound_with_the_rest(heard: Heard, sound: bytes) -> None:
    review = heard.world.records.review
    (file,) = sound_files(review, heard.store)([heard.call, heard.world.call()])
    assert file.content == sound
    assert file.name.endswith("/audio.ogg")
    desk = replace(heard.world.desk, attachments=sound_files(review, heard.store))
    heard.world.app = build(desk)
    client = heard.world.log_in("dpo")
    given = {"number": "0639980101", "sure": "1", "reason": "demande"}
    answer = client.post("/persons/export", data=given)
    if answer.status_code == 404:
        pytest.fail(f"the route of the export changed: {sorted(heard.world.app.state.rights)}")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.read(file.name) == sound
