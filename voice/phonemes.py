"""French and other text to phonemes, by the espeak-ng that piper-tts carries.

espeak-ng keeps one voice and one state per process, so every engine comes through this one door.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterable

from piper.phonemize_espeak import EspeakPhonemizer

_ESPEAK = threading.Lock()


@functools.cache
def _espeak() -> EspeakPhonemizer:
    return EspeakPhonemizer()


def phonemes(
    text: str, voice: str, *, vowel_clusters: Iterable[tuple[str, ...]] | None = None
) -> list[list[str]]:
    """Phonemes of each sentence, decomposed (NFD), punctuation kept.

    Args:
        text: plain text; numbers and signs are best written out before.
        voice: an espeak-ng voice, such as "fr" or "en-us".
        vowel_clusters: vowels that the model knows as one phoneme.

    Raises:
        ValueError: espeak-ng has no such voice.
    """
    # espeak-ng reads C strings: a NUL would end the text
    plain = text.replace("\0", " ")
    with _ESPEAK:
        try:
            sentences = _espeak().phonemize(
                voice, plain, vowel_clusters=set(vowel_clusters) if vowel_clusters else None
            )
        except RuntimeError as error:
            raise ValueError(f"espeak-ng has no voice {voice!r}.") from error
    return [sentence for sentence in sentences if any(p.isalpha() for p in sentence)]
