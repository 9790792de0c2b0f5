"""Kokoro-82M on ONNX Runtime: the French voice where no French Piper voice can be had.

    clause ─► espeak-ng phonemes ─► Kokoro's symbols ─► runs of at most 250 ─► sound at 24 kHz

Its French was trained on espeak-ng's phonemes in misaki's spelling: affricates are one symbol,
hyphens between words are dropped. A style vector is chosen by the number of symbols spoken.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from models.store import sha256_of
from voice.audio import silence, to_int16, trim
from voice.phonemes import phonemes
from voice.synthesis import check_speed, open_session, unloadable

RATE_HZ = 24_000
STYLES, STYLE_WIDTH = 510, 256
LONGEST_RUN = 250  #: symbols of one run; the model takes 510, memory and quality prefer less
LONG_RUN = 80  #: symbols from which the memory of a run is given back after it
_BETWEEN_RUNS_S = 0.12
_ESPEAK_VOICES = {
    "fr": "fr",
    "en": "en-us",
    "es": "es",
    "it": "it",
    "pt": "pt-br",
    # no voice was trained on these; French phonemes and theirs overlap enough to be understood
    "de": "de",
    "pl": "pl",
    "tr": "tr",
}
_OWN_VOICES = {
    "fr": "ff_siwis",
    "en": "af_heart",
    "es": "ef_dora",
    "it": "if_sara",
    "pt": "pf_dora",
}
_SPELLING = {"tʃ": "ʧ", "dʒ": "ʤ", "c\u0327": "ç", "-": "", "g": "ɡ"}
_BREAKS = (".!?…", ",;:—", " ")  #: where a run is best cut, best first


class KokoroModel:
    """The network and its symbols, shared by all its voices.

    Args:
        folder: holds the network, `vocab.json` and `voices/`.
        threads: cores for one clause.

    Raises:
        RuntimeError: a file is missing or damaged.
    """

    def __init__(
        self,
        folder: Path,
        *,
        entry: str = "kokoro-v1.0.int8.onnx",
        threads: int = 2,
        device: str = "cpu",
    ) -> None:
        self.symbols = _vocabulary(folder / "vocab.json")
        self._session = open_session(folder / entry, threads=threads, device=device)
        self._giving_back = _giving_back() if device == "cpu" else None
        inputs = [node.name for node in self._session.get_inputs()]
        if inputs != ["tokens", "style", "speed"]:
            raise RuntimeError(unloadable(folder / entry))
        self.fingerprint = sha256_of(folder / entry)

    def speak(self, symbols: str, styles: NDArray[np.float32], speed: float) -> NDArray[np.float32]:
        """Run the network once; 1 to 510 symbols, all known, give samples at 24 kHz."""
        tokens = np.array([[0, *(self.symbols[s] for s in symbols), 0]], np.int64)
        feed = {
            "tokens": tokens,
            "style": styles[min(len(symbols), STYLES - 1)],
            "speed": np.array([speed], np.float32),
        }
        options = self._giving_back if len(symbols) > LONG_RUN else None
        samples: NDArray[np.float32] = self._session.run(None, feed, options)[0]
        return samples.reshape(-1)


def _giving_back() -> onnxruntime.RunOptions:
    """A run whose memory does not stay in the arena: 290 MiB less for a tenth more time."""
    options = onnxruntime.RunOptions()
    options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    return options


class KokoroSynthesizer:
    """One voice of Kokoro; see `voice.synthesis.Synthesizer`.

    Args:
        model: may be shared with other voices.
        voice_path: 510 style vectors, float32.
        language: whose phonemes the voice is given, not necessarily its mother tongue.

    Raises:
        RuntimeError: the voice file is missing or damaged.
        ValueError: no phonemes for this language.
    """

    name = "kokoro"
    rate_hz = RATE_HZ

    def __init__(self, model: KokoroModel, voice_path: Path, *, language: str = "fr") -> None:
        if language not in _ESPEAK_VOICES:
            raise ValueError(f"Kokoro speaks {', '.join(_ESPEAK_VOICES)}, not {language!r}.")
        self._model = model
        self._voice_path = voice_path
        self._styles = _styles(voice_path)
        self._espeak_voice = _ESPEAK_VOICES[language]
        self.language = language
        self.voice = voice_path.stem
        styles_hash = hashlib.sha256(self._styles.tobytes()).hexdigest()
        self.fingerprint = f"{model.fingerprint}:{styles_hash}"
        self.dropped_symbols = 0  #: phonemes that the vocabulary lacks, since the start

    def synthesize(self, text: str, *, speed: float = 1.0) -> NDArray[np.int16]:
        """Speak one clause; see `voice.synthesis.Synthesizer`."""
        check_speed(speed)
        pieces: list[NDArray[np.int16]] = []
        for run in runs(self.spell(text)):
            if pieces:
                pieces.append(silence(_BETWEEN_RUNS_S, RATE_HZ))
            spoken = self._model.speak(run, self._styles, speed)
            pieces.append(to_int16(trim(spoken, RATE_HZ)))
        return np.concatenate(pieces) if pieces else np.zeros(0, np.int16)

    def spell(self, text: str) -> str:
        """The text in Kokoro's symbols; what the vocabulary lacks is dropped and counted."""
        spelt = " ".join("".join(s) for s in phonemes(text, self._espeak_voice))
        for old, new in _SPELLING.items():
            spelt = spelt.replace(old, new)
        known = "".join(symbol for symbol in spelt if symbol in self._model.symbols)
        self.dropped_symbols += len(spelt) - len(known)
        return " ".join(known.split())

    def speaking(self, language: str, voice_path: Path | None = None) -> KokoroSynthesizer:
        """The same network with another language, and another voice where there is one.

        Raises:
            RuntimeError, ValueError: as opening it.
        """
        path = voice_path or self._voice_path
        return KokoroSynthesizer(self._model, path, language=language)

    def close(self) -> None:
        """Let go of the network; it goes with its last voice."""
        del self._model


def runs(symbols: str, longest: int = LONGEST_RUN) -> list[str]:
    """Cut symbols into runs that the network can take, at sentence ends where there are some."""
    found = []
    rest = symbols.strip()
    while len(rest) > longest:
        cut = _best_cut(rest[:longest])
        found.append(rest[:cut].strip())
        rest = rest[cut:].strip()
    found.append(rest)
    return [run for run in found if any(s.isalpha() for s in run)]


def _best_cut(window: str) -> int:
    for breaks in _BREAKS:
        cut = max(window.rfind(symbol) for symbol in breaks) + 1
        # a cut too early would leave a scrap of a clause
        if cut > len(window) // 3:
            return cut
    return len(window)


LANGUAGES = frozenset(_ESPEAK_VOICES)  #: that Kokoro can be given the phonemes of


def voice_file(folder: Path, language: str, voice: str = "") -> Path:
    """Where the model's folder keeps a voice; '' is the language's own.

    Raises:
        ValueError: the folder has no such voice; names those it has.
    """
    wanted = voice or _OWN_VOICES.get(language, "")
    path = folder / "voices" / f"{wanted}.bin"
    known = sorted(p.stem for p in path.parent.glob("*.bin"))
    if wanted not in known:
        label = wanted or f"of its own for {language!r}"
        raise ValueError(f"Kokoro has no voice {label} here; it has {', '.join(known) or 'none'}.")
    return path


def _vocabulary(path: Path) -> dict[str, int]:
    try:
        vocabulary = json.loads(path.read_text(encoding="utf-8"))["vocab"]
        return {str(symbol): int(token) for symbol, token in vocabulary.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise RuntimeError(unloadable(path)) from error


def _styles(path: Path) -> NDArray[np.float32]:
    try:
        numbers = np.fromfile(path, np.float32)
    except OSError as error:
        raise RuntimeError(unloadable(path)) from error
    if numbers.size != STYLES * STYLE_WIDTH or not np.isfinite(numbers).all():
        raise RuntimeError(unloadable(path))
    return numbers.reshape(STYLES, 1, STYLE_WIDTH)
