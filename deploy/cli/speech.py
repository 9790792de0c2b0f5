"""`allomairie transcribe` and `allomairie say`: one engine at a time, from the terminal."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from deploy.cli.output import EXAMPLE, JsonOption, TownOption, fail, print_json
from deploy.parts import Town
from voice.audio import SpeechTag, wav_read, wav_write
from voice.narrowband import as_on_a_call
from voice.recognition import Heard


def transcribe(
    file: Annotated[Path, typer.Argument(help="A WAV file.")],
    town: TownOption = EXAMPLE,
    as_json: JsonOption = False,
) -> None:
    """Write down what is said in a sound file, as a call's audio would be heard."""
    opened = Town.open(town)
    try:
        samples = as_on_a_call(*wav_read(file))
    except (OSError, ValueError) as error:
        fail(str(error))
    engine, _ = opened.open_whisper()
    heard: Heard = engine.transcribe(samples, hints=opened.hints())
    if as_json:
        print_json(
            {
                "text": heard.text,
                "audio_s": round(heard.audio_s, 2),
                "ms": round(heard.compute_ms, 1),
                "language": heard.language,
                "confidence": round(heard.confidence, 3),
                "passes": heard.passes,
            }
        )
    else:
        typer.echo(heard.text or "(rien d'intelligible)")


def say(
    text: Annotated[str, typer.Argument(help="What to say, as one would write it.")],
    out: Annotated[Path, typer.Option("--out", help="WAV file to write.")],
    town: TownOption = EXAMPLE,
    language: Annotated[str, typer.Option("--language", help="fr or en")] = "fr",
    rate_hz: Annotated[int, typer.Option("--rate", help="Sample rate in Hz.")] = 24_000,
) -> None:
    """Say a text into a WAV file, with the voice that callers hear."""
    opened = Town.open(town)
    voices = {language: opened.open_voice(language)}
    speaker = opened.open_speaker(voices)
    try:
        clauses = speaker.clauses(text, language)
        if not clauses:
            fail("there is nothing to say in this text")
        samples = np.concatenate(
            [speaker.say(clause, lang=language, rate_hz=rate_hz) for clause in clauses]
        )
        voice = voices[language]
        wav_write(out, samples, rate_hz, tag=SpeechTag(voice.name, voice.voice, date.today()))
    except OSError as error:
        fail(str(error))
    finally:
        speaker.close()
