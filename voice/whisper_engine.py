"""Whisper on CTranslate2, encoding about what was said instead of 30 s.

    turn ─► pieces of at most 28 s ─► log-mel of (speech + 2 s, at least 10 s) ─► encode ─► beam 5
          sounds like another language? beam 5 in that one too, the surer wins ◄────────────┤
          loops? encode 30 s, beam 5 ◄──────────────────────────────────────────────────────┤
          says nothing but our hints? beam 5 without them ◄─────────────────────────────────┤
          not what is awaited? `second_look` ◄──────────────────────────────────────────────┤
          unsure, and probably nobody spoke? nothing ◄──────────────────────────────────────┴► words

The encoder's cost grows faster than the window; a beam of 5 costs a third more than greedy,
because a step of the decoder waits for the weights, not for the sums (figures in docs/hearing.md).
"""

from __future__ import annotations

import math
import threading
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.transcribe import get_suppressed_tokens
from numpy.typing import NDArray

from voice.hallucinations import is_echo, is_loop, without_credits, without_loop
from voice.recognition import Expectation, Heard
from voice.second_look import Look, Margins, Reading, look_again
from voice.turns import RATE_HZ
from voice.windows import windows

FULL_S = 30.0
FRAMES_PER_S = 100  #: of the log-mel
SMALLEST = 1e-9  #: probability of a token that counts
#: Others (Welsh, Hawaiian, Latin…) are what the model calls a French accent or a hum.
LIKELY = frozenset({"fr", "en", "es", "pt", "it", "de", "nl", "ro", "pl", "ru", "uk", "tr", "ar"})


@dataclass(frozen=True)
class Listening:
    """How a turn is heard; every default was measured (docs/hearing.md)."""

    margin_s: float = 2.0  #: silence encoded after the speech: a tight window loops
    least_s: float = 10.0  #: shortest window encoded
    beam: int = 5
    hypotheses: int = 3  #: of the beam that are kept: the others help to find the sheet
    silent: float = 0.5  #: no-speech probability from which an unsure decoding is silence
    unsure: float = -0.9  #: mean log-probability under which a decoding is unsure
    hopeless: float = -1.25  #: mean log-probability under which words are noise in any case
    tokens_per_s: float = 11.0  #: fastest speech believed; with `tokens_least`, bounds a loop
    tokens_least: int = 24
    other_language: float = 0.6  #: probability from which another language is tried
    other_sure: float = -0.40  #: mean log-probability that its words must then reach
    sentence_s: float = 2.0  #: shorter turns are answers, in the call's language and without hints
    margins: Margins = field(default_factory=Margins)  #: of a reading that is awaited


@dataclass(frozen=True)
class _Decoding:
    readings: tuple[Reading, ...]  #: likeliest first; at least one
    no_speech: float

    @property
    def text(self) -> str:
        return self.readings[0].text

    @property
    def logprob(self) -> float:
        return self.readings[0].logprob

    @property
    def confidence(self) -> float:
        return math.exp(min(0.0, self.logprob))


class WhisperEngine:
    """One model for all calls; `transcribe` may run in several threads.

    Args:
        folder: a CTranslate2 Whisper model.
        device: "cpu" or "cuda".
        threads: cores for one recognition.
        workers: recognitions at once.

    Raises:
        RuntimeError: the folder is not a model that CTranslate2 can load.
    """

    def __init__(
        self,
        folder: Path,
        *,
        device: str = "cpu",
        threads: int = 2,
        workers: int = 1,
        listening: Listening | None = None,
    ) -> None:
        try:
            _check(folder)
            #: the library's own engine, for measurements
            self.whisper: Any = WhisperModel(
                str(folder),
                device=device,
                compute_type="float16" if device == "cuda" else "int8",
                cpu_threads=threads,
                num_workers=workers,
                local_files_only=True,
            )
        except Exception as error:
            reason = str(error).split(". ")[0].rstrip(".")
            raise RuntimeError(
                f"the recognition model in {folder} cannot be loaded ({reason}); "
                "run `allomairie models verify`, then `allomairie models pull`"
            ) from error
        self._listening = listening or Listening()
        self._tokenizers: dict[str, Tokenizer] = {}
        self._lock = threading.Lock()

    def transcribe(
        self,
        audio: NDArray[np.int16],
        *,
        language: str = "fr",
        hints: str = "",
        expected: Expectation | None = None,
    ) -> Heard:
        """Write down one turn; see `voice.recognition.Transcriber`."""
        started = time.perf_counter()
        samples = audio.astype(np.float32) / np.float32(32768.0)
        heard: list[Heard] = []
        pieces = windows(samples, RATE_HZ)
        for piece in pieces:
            # a caller who talks for long keeps to one language: the first piece decides
            spoken = heard[0].language if heard else language
            awaited = expected if len(pieces) == 1 else None  # who talks for long answers more
            heard.append(self._hear(piece, spoken, hints, awaited, detect=not heard))
        compute_ms = (time.perf_counter() - started) * 1000
        return replace(_joined(heard), compute_ms=compute_ms)

    def _hear(
        self,
        samples: NDArray[np.float32],
        language: str,
        hints: str,
        expected: Expectation | None,
        *,
        detect: bool,
    ) -> Heard:
        """Write down one piece of a turn, at most `voice.windows.LONGEST_S`."""
        rules = self._listening
        audio_s = len(samples) / RATE_HZ
        window_s = min(FULL_S, max(rules.least_s, audio_s + rules.margin_s))
        encoded = self._encode(samples, window_s)
        if audio_s < rules.sentence_s:
            # a word is too little to tell a language by, and hints draw it towards themselves
            hints, detect = "", False
        decoding = self._generate(encoded, audio_s, language, hints)
        passes, shares = "beam", self._languages(encoded) if detect else {}
        other = max(shares, key=lambda code: shares[code], default=language)
        if other != language and shares[other] >= rules.other_language:
            passes += f"+{other}"
            tried = self._generate(encoded, audio_s, other, "")
            # an accent passes for a language until one writes it down in that language
            if tried.logprob > max(decoding.logprob, rules.other_sure):
                decoding, language = tried, other
        if is_echo(decoding.text, hints):
            passes += "+plain"
            decoding = self._generate(encoded, audio_s, language, "")
        if is_loop(decoding.text) and window_s < FULL_S:
            passes += "+30s"
            decoding = self._generate(self._encode(samples, FULL_S), audio_s, language, hints)
        text = self._believed(decoding)
        look = Look(text, tuple(one.text for one in decoding.readings[1:]) if text else ())
        if text and expected is not None:
            look = self._look_again(decoding, text, expected, encoded, audio_s, language)
        return Heard(
            text=look.text,
            language=language,
            language_probability=shares.get(language, 1.0),
            confidence=decoding.confidence if text else 0.0,
            no_speech=decoding.no_speech,
            audio_s=audio_s,
            passes=passes + look.passes,
            alternatives=look.others,
        )

    def _look_again(
        self,
        decoding: _Decoding,
        text: str,
        expected: Expectation,
        encoded: Any,
        audio_s: float,
        language: str,
    ) -> Look:
        """Look for what is awaited, in the sound that is encoded already."""
        first = (Reading(text, decoding.logprob), *decoding.readings[1:])
        return look_again(
            first,
            expected,
            decoding.confidence,
            lambda hints: self._generate(encoded, audio_s, language, hints).readings,
            lambda one: self._score(encoded, audio_s, language, one),
            self._listening.margins,
        )

    def _score(self, encoded: Any, audio_s: float, language: str, text: str) -> float:
        """Log-probability of a text in this sound, without any prompt: one pass, no search."""
        tokenizer = self._tokenizer(language)
        start = list(tokenizer.sot_sequence)
        tokens = tokenizer.encode(f" {text.strip()}")
        frames = max(1, int(audio_s * FRAMES_PER_S))
        (result,) = self.whisper.model.align(encoded, start, [tokens], frames)
        return sum(math.log(max(share, SMALLEST)) for share in result.text_token_probs)

    def _encode(self, samples: NDArray[np.float32], window_s: float) -> Any:
        padded = np.zeros(int(window_s * RATE_HZ), np.float32)
        padded[: len(samples)] = samples
        return self.whisper.encode(self.whisper.feature_extractor(padded, padding=0))

    def _languages(self, encoded: Any) -> dict[str, float]:
        """Probability of each language that callers of a French town hall are likely to speak."""
        if not self.whisper.model.is_multilingual:
            return {}
        ranked = self.whisper.model.detect_language(encoded)[0]
        return {token[2:-2]: share for token, share in ranked if token[2:-2] in LIKELY}

    def _generate(self, encoded: Any, audio_s: float, language: str, hints: str) -> _Decoding:
        tokenizer = self._tokenizer(language)
        prompt = self.whisper.get_prompt(
            tokenizer, [], without_timestamps=True, hotwords=hints or None
        )
        longest = self._listening.tokens_least + int(audio_s * self._listening.tokens_per_s)
        # CTranslate2 decodes at most half of max_length, and at most what the prompt leaves of it
        max_length = min(self.whisper.max_length, max(2 * longest, len(prompt) + longest))
        result = self.whisper.model.generate(
            encoded,
            [prompt],
            beam_size=self._listening.beam,
            num_hypotheses=min(self._listening.hypotheses, self._listening.beam),
            max_length=max_length,
            return_scores=True,
            return_no_speech_prob=True,
            suppress_blank=True,
            suppress_tokens=get_suppressed_tokens(tokenizer, [-1]),
        )[0]
        readings = (
            # CTranslate2 divides the score by the length; Whisper's mean counts the end token too
            Reading(tokenizer.decode(tokens).strip(), score * len(tokens) / (len(tokens) + 1))
            for tokens, score in zip(result.sequences_ids, result.scores, strict=True)
        )
        return _Decoding(tuple(readings), result.no_speech_prob)

    def _believed(self, decoding: _Decoding) -> str:
        rules = self._listening
        if decoding.logprob < rules.hopeless:
            return ""
        if decoding.no_speech >= rules.silent and decoding.logprob < rules.unsure:
            return ""
        text = without_credits(decoding.text)
        return without_loop(text) if is_loop(text) else text

    def _tokenizer(self, language: str) -> Tokenizer:
        with self._lock:
            if language not in self._tokenizers:
                self._tokenizers[language] = Tokenizer(
                    self.whisper.hf_tokenizer,
                    self.whisper.model.is_multilingual,
                    task="transcribe",
                    language=language,
                )
            return self._tokenizers[language]


def _check(folder: Path) -> None:
    """What the library would look for on the model hub when it is not here."""
    for path in (folder, folder / "model.bin", folder / "tokenizer.json"):
        if not path.exists():
            raise FileNotFoundError(f"there is no {path.name}")


def _joined(pieces: list[Heard]) -> Heard:
    """One turn from its pieces: the words in order, the other figures by duration."""
    if len(pieces) == 1:
        return pieces[0]
    if not pieces:
        return Heard.nothing()
    audio_s = sum(piece.audio_s for piece in pieces)
    spoken = [piece for piece in pieces if piece.text]
    spoken_s = sum(piece.audio_s for piece in spoken)
    return replace(
        pieces[0],
        text=" ".join(piece.text for piece in spoken),
        confidence=sum(p.confidence * p.audio_s for p in spoken) / spoken_s if spoken else 0.0,
        no_speech=sum(p.no_speech * p.audio_s for p in pieces) / audio_s,
        audio_s=audio_s,
        passes=", ".join(piece.passes for piece in pieces),
    )
