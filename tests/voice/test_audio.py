"""Level, rate, edges and files of sound, on tones and on real speech-like bursts."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from voice import audio, loudness


def tone(rate_hz: int, seconds: float, amplitude: float, hz: float = 440.0) -> np.ndarray:
    time_s = np.arange(int(rate_hz * seconds)) / rate_hz
    return (amplitude * np.sin(2 * np.pi * hz * time_s)).astype(np.float32)


def bursts(rate_hz: int, amplitude: float) -> np.ndarray:
    """Three loud syllables, pauses between them, and noise with rare high peaks on top."""
    noise = np.random.default_rng(7).laplace(0, amplitude / 4, rate_hz).astype(np.float32)
    gate = np.tile(np.repeat([1.0, 0.0], rate_hz // 6), 3)[:rate_hz].astype(np.float32)
    return noise[: len(gate)] * gate


@pytest.mark.parametrize("amplitude", [0.02, 0.2, 0.9])
@pytest.mark.parametrize("rate_hz", [8000, 24000])
def test_quiet_and_loud_speech_come_out_at_one_level_without_clipping(amplitude, rate_hz):
    levelled = loudness.level(bursts(rate_hz, amplitude), rate_hz)
    assert loudness.speech_rms_dbfs(levelled, rate_hz) == pytest.approx(-18.0, abs=1.5)
    assert np.abs(levelled).max() <= 10 ** (loudness.CEILING_DBFS / 20) + 1e-4


def test_pauses_do_not_count_for_the_level():
    speech = tone(8000, 1.0, 0.3)
    spaced = np.concatenate([speech, np.zeros(24000, np.float32), speech])
    assert loudness.speech_rms_dbfs(spaced, 8000) == pytest.approx(
        loudness.speech_rms_dbfs(speech, 8000), abs=0.1
    )


def test_a_single_peak_is_turned_down_and_the_rest_is_left_alone():
    samples = tone(24000, 1.0, 0.178)  # -18 dBFS
    samples[12000] = 4.0
    levelled = loudness._limited(samples, 24000)
    assert np.abs(levelled).max() <= 10 ** (loudness.CEILING_DBFS / 20) + 1e-4
    assert np.array_equal(levelled[:11000], samples[:11000])


@given(
    st.lists(st.floats(-8, 8, width=32), min_size=1, max_size=3000),
    st.sampled_from([8000, 16000, 24000, 48000]),
)
@settings(max_examples=60, deadline=None)
def test_no_signal_at_all_leaves_the_limiter_over_its_ceiling(values, rate_hz):
    limited = loudness._limited(np.array(values, np.float32), rate_hz)
    assert np.abs(limited).max() <= 10 ** (loudness.CEILING_DBFS / 20) + 1e-4


def test_silence_stays_silence_and_is_not_blown_up():
    nothing = np.zeros(8000, np.float32)
    assert not loudness.level(nothing, 8000).any()
    assert loudness.speech_rms_dbfs(nothing, 8000) == float("-inf")
    hiss = np.random.default_rng(1).normal(0, 1e-5, 8000).astype(np.float32)
    assert np.abs(loudness.level(hiss, 8000)).max() < 0.01


@pytest.mark.parametrize("to_hz", [8000, 16000, 24000, 48000])
def test_a_tone_keeps_its_pitch_and_length_at_every_rate(to_hz):
    resampled = audio.resample(tone(22050, 1.0, 0.5), 22050, to_hz)
    assert len(resampled) == pytest.approx(to_hz, abs=2)
    spectrum = np.abs(np.fft.rfft(resampled))
    assert np.argmax(spectrum) * to_hz / len(resampled) == pytest.approx(440, abs=2)


def test_what_8_khz_cannot_carry_is_removed_and_does_not_fold_back():
    resampled = audio.resample(tone(24000, 1.0, 0.5, hz=6000), 24000, 8000)
    assert np.abs(resampled[400:-400]).max() < 0.001


def test_trim_leaves_a_breath_before_and_after_and_fades_its_edges():
    quiet = np.zeros(12000, np.float32)
    trimmed = audio.trim(np.concatenate([quiet, tone(24000, 1.0, 0.5), quiet]), 24000)
    assert len(trimmed) / 24000 == pytest.approx(1.09, abs=0.03)
    assert trimmed[0] == trimmed[-1] == 0.0


def test_trim_of_nothing_is_nothing():
    assert audio.trim(np.zeros(5000, np.float32), 24000).size == 0
    assert audio.trim(np.zeros(0, np.float32), 24000).size == 0


@given(st.lists(st.integers(-32768, 32767), max_size=500))
def test_int16_survives_the_way_to_float_and_back(values):
    samples = np.array(values, np.int16)
    assert np.array_equal(audio.to_int16(audio.to_float(samples)), samples)


def test_a_synthetic_file_says_that_a_machine_speaks(tmp_path: Path):
    path = tmp_path / "annonce.wav"
    samples = audio.to_int16(tone(8000, 0.5, 0.3))
    tag = audio.SpeechTag("kokoro", "ff_siwis", date(2026, 11, 24))
    audio.wav_write(path, samples, 8000, tag=tag)
    # as another program reads it
    assert soundfile.info(path).extra_info
    assert audio.wav_tag(path) == "IA=1; engine=kokoro; voice=ff_siwis; date=2026-11-24"
    assert b"IA=1" in path.read_bytes()
    read, rate_hz = audio.wav_read(path)
    assert rate_hz == 8000
    assert np.array_equal(audio.to_int16(read), samples)
    assert [p.name for p in tmp_path.iterdir()] == ["annonce.wav"]


def test_stereo_is_mixed_to_mono(tmp_path: Path):
    soundfile.write(tmp_path / "s.wav", np.column_stack([np.full(80, 0.5), np.zeros(80)]), 8000)
    samples, _ = audio.wav_read(tmp_path / "s.wav")
    assert samples.shape == (80,)
    assert samples[10] == pytest.approx(0.25, abs=0.001)


@pytest.mark.parametrize("content", [b"", b"bonjour", b"RIFF\x00\x00\x00\x00WAVE", b"\x00" * 5000])
@pytest.mark.parametrize("name", ["faux.wav", "faux.raw"])
def test_a_file_that_is_not_audio_is_refused_in_one_sentence(tmp_path: Path, content, name):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"faux\.\w+ (is not an audio file|contains no sound)"):
        audio.wav_read(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(FileNotFoundError, match=r"There is no file .*rien\.wav"):
        audio.wav_read(tmp_path / "rien.wav")


def test_a_folder_and_a_file_of_not_a_numbers_are_refused(tmp_path: Path):
    with pytest.raises(ValueError, match="is not an audio file"):
        audio.wav_read(tmp_path)
    soundfile.write(tmp_path / "nan.wav", np.full(80, np.nan), 8000, subtype="FLOAT")
    with pytest.raises(ValueError, match="samples that are not numbers"):
        audio.wav_read(tmp_path / "nan.wav")


def test_a_file_cannot_be_written_into_a_folder_that_is_not_there(tmp_path: Path):
    with pytest.raises(OSError, match="cannot be written"):
        audio.wav_write(tmp_path / "absent" / "a.wav", np.zeros(8, np.int16), 8000)
