"""Which machine gets which models."""

import os

import pytest

from models import Hardware, choose_profile, detect_hardware

GIB = 1024**3


@pytest.mark.parametrize(
    ("gpus", "gpu_gib", "override", "name"),
    [
        (0, 0, "auto", "cpu"),
        (1, 0, "auto", "cpu"),
        (1, 8, "auto", "cpu"),
        (1, 9, "auto", "gpu"),
        (4, 80, "auto", "gpu"),
        (0, 0, "gpu", "gpu"),
        (4, 80, "cpu", "cpu"),
    ],
)
def test_profile_matrix(gpus, gpu_gib, override, name):
    facts = Hardware(gpus=gpus, gpu_memory_bytes=gpu_gib * GIB, memory_bytes=8 * GIB, cores=2)
    assert choose_profile(facts, override).name == name


@pytest.mark.parametrize(
    ("profile", "purpose", "language", "best"),
    [
        ("cpu", "stt", "fr", "whisper-base"),
        ("cpu", "llm", "*", "qwen2.5-coder-0.5b"),
        ("cpu", "tts", "fr", "piper-fr_FR-siwis-medium"),
        ("cpu", "tts", "en", "piper-en_US-joe-medium"),
        ("gpu", "stt", "en", "whisper-large-v3-turbo"),
        ("gpu", "llm", "fr", "mistral-7b-instruct-v0.3"),
    ],
)
def test_best_model_for_a_need(profile, purpose, language, best):
    chosen = choose_profile(detect_hardware(), profile)
    assert chosen.alternatives(purpose, language)[0] == best


def test_a_need_that_no_profile_has_is_empty():
    assert choose_profile(detect_hardware(), "cpu").alternatives("tts", "de") == ()


def test_french_speech_falls_back_to_kokoro():
    chosen = choose_profile(detect_hardware(), "cpu")
    assert chosen.alternatives("tts", "fr") == ("piper-fr_FR-siwis-medium", "kokoro-82m-int8")


def test_an_unknown_profile_is_told_which_ones_exist():
    with pytest.raises(ValueError, match="no model profile 'tpu'; use auto or one of: cpu, gpu"):
        choose_profile(detect_hardware(), "tpu")


def test_this_machine_is_seen_as_it_is():
    facts = detect_hardware()
    assert facts.cores == len(os.sched_getaffinity(0))
    assert GIB // 4 < facts.memory_bytes <= os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    assert (facts.gpus > 0) or facts.gpu_memory_bytes == 0
