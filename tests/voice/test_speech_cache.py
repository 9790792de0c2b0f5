"""Speech made once is found again, on a bounded disk, whatever happens to the files."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from voice.audio import wav_tag
from voice.speech_cache import SpeechCache, SpeechKey

KEY = SpeechKey("Un instant.", "fr", "kokoro", "ff_siwis", "abc", 1.0, 24000)


def clip(seed: int = 0, samples: int = 2400) -> np.ndarray:
    return np.random.default_rng(seed).integers(-9000, 9000, samples).astype(np.int16)


def files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.wav"))


def test_a_kept_clause_is_found_by_the_next_start(tmp_path: Path):
    SpeechCache(tmp_path).put(KEY, clip(), keep=True)
    again = SpeechCache(tmp_path)
    assert again.kept(KEY)
    assert np.array_equal(again.get(KEY), clip())
    assert wav_tag(files(tmp_path)[0]).startswith("IA=1; engine=kokoro; voice=ff_siwis; date=20")


def test_a_clause_that_is_not_kept_lives_in_memory_only(tmp_path: Path):
    cache = SpeechCache(tmp_path)
    cache.put(KEY, clip())
    assert np.array_equal(cache.get(KEY), clip())
    assert files(tmp_path) == []
    assert not cache.kept(KEY)


@pytest.mark.parametrize(
    "change",
    [
        {"text": "Un instant !"},
        {"language": "en"},
        {"engine": "piper"},
        {"voice": "af_heart"},
        {"fingerprint": "abd"},
        {"speed": 0.8},
        {"rate_hz": 22050},
    ],
)
def test_whatever_changes_the_sound_changes_the_key(change):
    cache = SpeechCache()
    cache.put(KEY, clip())
    assert cache.get(replace(KEY, **change)) is None


@pytest.mark.parametrize("damage", ["truncated", "one bit", "empty", "text", "other clause"])
def test_a_damaged_file_is_dropped_and_can_be_made_again(tmp_path: Path, damage):
    SpeechCache(tmp_path).put(KEY, clip(), keep=True)
    path = files(tmp_path)[0]
    whole = bytearray(path.read_bytes())
    if damage == "truncated":
        path.write_bytes(whole[: len(whole) // 2])
    elif damage == "one bit":
        whole[-5] ^= 1
        path.write_bytes(whole)
    elif damage == "other clause":
        other = replace(KEY, text="Au revoir.", rate_hz=8000)
        SpeechCache(tmp_path).put(other, clip(1), keep=True)
        next(p for p in files(tmp_path) if p != path).replace(path)
    else:
        path.write_bytes(b"" if damage == "empty" else b"bonjour")
    cache = SpeechCache(tmp_path)
    assert cache.get(KEY) is None
    assert cache.dropped == 1
    assert files(tmp_path) == []
    cache.put(KEY, clip(), keep=True)
    assert np.array_equal(SpeechCache(tmp_path).get(KEY), clip())


def test_the_folder_stays_under_its_bound_and_loses_what_was_not_used(tmp_path: Path):
    keys = [replace(KEY, text=f"Phrase {n}.") for n in range(10)]
    cache = SpeechCache(tmp_path, max_bytes=60_000, memory_bytes=0)
    for age, key in enumerate(keys[:9]):
        cache.put(key, clip(age), keep=True)
        path = next(p for p in files(tmp_path) if p.stem == key.digest)
        os.utime(path, (1_000_000 + age, 1_000_000 + age))
    assert len(files(tmp_path)) == 9  # nine files of 4.9 kB each
    assert cache.get(keys[0]) is not None  # used now: the second is the oldest from here on
    small = SpeechCache(tmp_path, max_bytes=46_000, memory_bytes=0)
    small.put(keys[9], clip(9), keep=True)
    assert sum(p.stat().st_size for p in files(tmp_path)) <= 46_000
    assert small.get(keys[0]) is not None
    assert small.get(keys[1]) is None
    assert small.get(keys[9]) is not None


def test_the_memory_is_bounded_in_bytes():
    cache = SpeechCache(memory_bytes=10_000)
    keys = [replace(KEY, text=str(n)) for n in range(3)]
    for key in keys:
        cache.put(key, clip())  # 4.8 kB each
    assert [cache.get(key) is not None for key in keys] == [False, True, True]
    huge = replace(KEY, text="long")
    cache.put(huge, clip(samples=20_000))
    assert cache.get(huge) is None


def test_what_is_handed_out_cannot_be_changed_by_a_call():
    cache = SpeechCache()
    cache.put(KEY, clip())
    with pytest.raises(ValueError, match="read-only"):
        cache.get(KEY)[0] = 1


def test_silence_is_never_kept(tmp_path: Path):
    cache = SpeechCache(tmp_path)
    cache.put(KEY, np.zeros(0, np.int16), keep=True)
    assert cache.get(KEY) is None
    assert files(tmp_path) == []


def test_a_folder_that_cannot_be_written_costs_only_a_warning(tmp_path: Path, caplog):
    (tmp_path / "cache").write_text("a file where the folder should be")
    cache = SpeechCache(tmp_path / "cache")
    cache.put(KEY, clip(), keep=True)
    assert np.array_equal(cache.get(KEY), clip())
    assert "could not be kept" in caplog.text
    assert "instant" not in caplog.text


def test_many_threads_write_and_read_the_same_clauses(tmp_path: Path):
    cache = SpeechCache(tmp_path, memory_bytes=20_000, max_bytes=100_000)
    keys = [replace(KEY, text=str(n)) for n in range(12)]

    def one(turn: int) -> bool:
        seed = turn % 12
        cache.put(keys[seed], clip(seed), keep=True)
        found = cache.get(keys[seed])
        return found is None or np.array_equal(found, clip(seed))

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(one, range(240)))
    assert cache.dropped == 0
    assert not [p for p in tmp_path.rglob("*") if p.name.endswith(".new")]
