"""Opens the voice that a model of the catalogue describes."""

from __future__ import annotations

from pathlib import Path

from models.catalogue import Model
from voice.synthesis import Synthesizer


def open_synthesizer(
    model: Model,
    folder: Path,
    *,
    language: str = "",
    voice: str = "",
    threads: int = 2,
    device: str = "cpu",
) -> Synthesizer:
    """Load the voice that `model` describes.

    Args:
        model: its entry of the catalogue.
        folder: where the store keeps it.
        language: '' takes the model's first.
        voice: for an engine with several voices; '' takes the language's own.
        threads: cores for one clause.
        device: "cpu" or "cuda".

    Raises:
        ValueError: the model is no speech engine, or has no such voice.
        RuntimeError: its files cannot be loaded; one sentence with the remedy.
    """
    if not language:
        language = next((known for known in model.languages if known != "*"), "fr")
    # imported here: a server that speaks with one engine does not load the other
    if model.engine == "kokoro":
        from voice.kokoro_engine import KokoroModel, KokoroSynthesizer, voice_file

        kokoro = KokoroModel(folder, entry=model.entry, threads=threads, device=device)
        return KokoroSynthesizer(kokoro, voice_file(folder, language, voice), language=language)
    if model.engine == "piper":
        from voice.piper_engine import PiperSynthesizer

        return PiperSynthesizer(
            folder / model.entry, language=language, threads=threads, device=device
        )
    raise ValueError(f"{model.id} is no speech synthesis model (its engine is {model.engine}).")
