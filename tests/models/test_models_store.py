"""What the store says about models that are there, missing, damaged or copied by hand."""

import tarfile
from pathlib import Path

import pytest

from models import (
    ModelCorrupt,
    ModelMissing,
    NoSource,
    State,
    Store,
    Truncated,
    choose_profile,
    default_root,
    detect_hardware,
    pull,
    rows,
)
from models.archive import open_member

WEIGHTS = b"0123456789" * 1000
ON_HUB = "/town/voice/resolve/abc/w.bin"


@pytest.fixture
def store(hub, make_store, entry):
    hub.files[ON_HUB] = WEIGHTS
    return make_store(entry.model("voice", entry.on_hub(w__bin=WEIGHTS), entry="w.bin"))


def test_a_missing_model_says_which_command_brings_it(store):
    assert store.state("voice") is State.MISSING
    with pytest.raises(ModelMissing, match=r"voice is not in .*; run `allomairie models pull`"):
        store.path("voice")


def test_a_shortened_file_is_seen_at_once_and_healed(store):
    pull(["voice"], store)
    store.file("voice").write_bytes(WEIGHTS[:-1])
    assert store.state("voice") is State.CORRUPT
    with pytest.raises(ModelCorrupt, match=r"damaged on disk: w\.bin .*; run `allomairie models"):
        store.file("voice")
    pull(["voice"], store)
    assert store.file("voice").read_bytes() == WEIGHTS


def test_a_flipped_byte_is_seen_by_verify_and_healed(store):
    pull(["voice"], store)
    store.file("voice").write_bytes(b"X" + WEIGHTS[1:])
    assert store.state("voice") is State.PRESENT
    assert isinstance(store.verify()["voice"], ModelCorrupt)
    # 2. from now on nobody loads it, and a pull brings it anew
    assert store.state("voice") is State.CORRUPT
    pull(["voice"], store)
    assert store.verify() == {"voice": None}
    assert store.file("voice").read_bytes() == WEIGHTS


@pytest.mark.parametrize("content", ["", "{", '{"files": [{"path": "w.bin"}]}', '{"files": []}'])
def test_a_damaged_manifest_is_not_believed(store, content):
    pull(["voice"], store)
    (store.folder("voice") / "manifest.json").write_text(content)
    assert store.state("voice") is State.CORRUPT


def test_a_manifest_cannot_vouch_for_other_files_than_the_catalogue_s(store, make_store, entry):
    pull(["voice"], store)
    newer = make_store(entry.model("voice", entry.on_hub(w__bin=WEIGHTS[::-1]), entry="w.bin"))
    assert newer.state("voice") is State.CORRUPT


def test_files_copied_by_hand_are_taken_in(store, hub):
    store.folder("voice").mkdir(parents=True)
    (store.folder("voice") / "w.bin").write_bytes(WEIGHTS)
    assert store.state("voice") is State.CORRUPT
    assert store.verify() == {"voice": None}
    assert store.state("voice") is State.PRESENT
    assert hub.requests == []


def test_resolve_without_any_alternative_names_them(store, hub):
    profile = choose_profile(detect_hardware(), "cpu")
    real = Store(store.root)
    with pytest.raises(ModelMissing) as caught:
        real.resolve("tts", "fr", profile)
    assert str(caught.value) == (
        "The model store lacks piper-fr_FR-siwis-medium or kokoro-82m-int8; "
        "run `allomairie models pull`."
    )


def test_the_list_shows_state_and_need(store):
    profile = choose_profile(detect_hardware(), "cpu")
    listed = {row.id: row for row in rows(Store(store.root), profile)}
    assert listed["whisper-base"].wanted
    assert not listed["mistral-7b-instruct-v0.3"].wanted
    assert {row.state for row in listed.values()} == {State.MISSING}
    assert listed["qwen2.5-coder-0.5b"].size_bytes == 491_400_064


def test_the_store_s_place(monkeypatch, tmp_path):
    monkeypatch.delenv("ALLOMAIRIE_MODELS", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_root() == tmp_path / "allomairie" / "models"
    monkeypatch.setenv("ALLOMAIRIE_MODELS", "~/weights")
    assert default_root() == Path.home() / "weights"


def test_a_link_inside_an_archive_is_not_followed(tmp_path):
    archive = tmp_path / "p.tgz"
    with tarfile.open(archive, "w:gz") as bundle:
        link = tarfile.TarInfo("package/w.bin")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        bundle.addfile(link)
    refused = pytest.raises(NoSource, match=r"does not hold package/w\.bin")
    with refused, open_member(archive, "package/w.bin"):
        pass


@pytest.mark.parametrize("name", ["p.whl", "p.tgz"])
def test_an_archive_that_ends_early_is_one_sentence(wheels, tmp_path, name):
    whole = wheels.add("voice", {"voice/w.bin": WEIGHTS}).read_bytes()
    archive = tmp_path / name
    archive.write_bytes(whole[: len(whole) // 2])
    damaged = pytest.raises(Truncated, match=rf"The package {name} came damaged; run")
    with damaged, open_member(archive, "voice/w.bin") as stream:
        stream.read()


@pytest.mark.models
def test_the_models_of_this_machine_s_profile_are_there_and_right():
    real = Store()
    profile = choose_profile(detect_hardware())
    ids = [real.resolve(need.purpose, need.language, profile).id for need in profile.needs]
    assert real.verify(ids) == dict.fromkeys(ids)
