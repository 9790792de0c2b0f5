"""One call of the baseline: transport ─► Whisper ─► user ─► LLM ─► Kokoro ─► transport ─► bot."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.frames.frames import TTSSpeakFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import (
    LLMContextAggregatorPair,
    LLMUserAggregatorParams,
)
from pipecat.services.kokoro.tts import KokoroTTSService
from pipecat.services.openai.llm import OpenAILLMService
from pipecat.services.whisper.stt import WhisperSTTService
from pipecat.transcriptions.language import Language
from pipecat.workers.runner import WorkerRunner

from models.store import Store
from telephony.call import Call
from voice.turns import RATE_HZ

GREETING = (
    "Bonjour, mairie de Saint-Aubin.",
    "Je suis un assistant vocal automatique, une intelligence artificielle.",
    "Que puis-je faire pour vous ?",
)
PROMPT = (
    "Tu es l'assistant téléphonique de la mairie de Saint-Aubin. Réponds en français, "
    "en une ou deux phrases courtes, sans liste ni mise en forme. La mairie est ouverte du lundi "
    "au vendredi, de 8 h 30 à 12 h et de 13 h 30 à 17 h. Si tu ne sais pas, propose d'appeler "
    "l'accueil de la mairie."
)
VOICE = "ff_siwis"
SLOWEST_SPEECH_S = 30.0  #: with pipecat's 3 s a busy machine's speech is dropped unheard


@dataclass(frozen=True)
class Services:
    """The stock services of one call."""

    stt: WhisperSTTService
    llm: OpenAILLMService
    tts: KokoroTTSService


def voices_file(store: Store, folder: Path) -> Path:
    """Kokoro's voice as kokoro-onnx reads it: an archive of arrays, one per voice."""
    path = folder / "voices.npz"
    if not path.exists():
        raw = np.fromfile(store.path("kokoro-82m-int8") / "voices" / f"{VOICE}.bin", np.float32)
        folder.mkdir(parents=True, exist_ok=True)
        np.savez(path, ff_siwis=raw.reshape(-1, 1, 256))
    return path


def open_services(store: Store, llm_url: str, voices: Path) -> Services:
    """Load what one call needs; takes seconds."""
    llm = OpenAILLMService(
        api_key="local",
        base_url=llm_url,
        settings=OpenAILLMService.Settings(model="qwen", system_instruction=PROMPT),
    )
    llm.supports_developer_role = False  # llama-cpp-python's server answers 422 to that role
    return Services(
        stt=WhisperSTTService(
            device="cpu",
            compute_type="int8",
            settings=WhisperSTTService.Settings(
                model=str(store.file("whisper-base")), language=Language.FR
            ),
        ),
        llm=llm,
        tts=KokoroTTSService(
            model_path=str(store.file("kokoro-82m-int8")),
            voices_path=str(voices),
            stop_frame_timeout_s=SLOWEST_SPEECH_S,
            settings=KokoroTTSService.Settings(voice=VOICE, language=Language.FR),
        ),
    )


class Bot:
    """Takes calls, one pipeline each; writes what it heard and said to a file of JSON lines."""

    def __init__(self, store: Store, llm_url: str, voices: Path, transcript: Path | None) -> None:
        self._store = store
        self._llm_url = llm_url
        self._voices = voices
        self._transcript = transcript

    async def run(self, call: Call) -> None:
        """Answer and converse until the caller hangs up."""
        services = await asyncio.to_thread(open_services, self._store, self._llm_url, self._voices)
        await call.answer()
        context = LLMContext()
        aggregators = LLMContextAggregatorPair(
            context, user_params=LLMUserAggregatorParams(vad_analyzer=SileroVADAnalyzer())
        )
        self._watch(aggregators, call.info.sip_call_id)
        pipeline = [
            call.transport.input(),
            services.stt,
            aggregators.user(),
            services.llm,
            services.tts,
            call.transport.output(),
            aggregators.assistant(),
        ]
        worker = PipelineWorker(
            Pipeline(pipeline),
            params=PipelineParams(audio_in_sample_rate=RATE_HZ, audio_out_sample_rate=call.rate_hz),
            enable_rtvi=False,
            idle_timeout_secs=None,
        )

        async def started(_worker: PipelineWorker, _frame: object) -> None:
            await worker.queue_frames([TTSSpeakFrame(sentence) for sentence in GREETING])

        worker.add_event_handler("on_pipeline_started", started)
        runner = WorkerRunner(handle_sigint=False, handle_sigterm=False)
        await runner.add_workers(worker)
        running = asyncio.create_task(runner.run())
        await asyncio.sleep(0)
        try:
            await call.wait_closed()
        finally:
            await runner.cancel()
            await asyncio.wait([running], timeout=10)

    def _watch(self, aggregators: LLMContextAggregatorPair, call_id: str) -> None:
        """Write each turn down when it ends: the words then, the reply as the next line's."""

        async def heard(_aggregator: object, _strategy: object, message: Any) -> None:
            await asyncio.to_thread(self._write, call_id, str(message.content or ""))

        aggregators.user().add_event_handler("on_user_turn_stopped", heard)

    def _write(self, call_id: str, words: str) -> None:
        if self._transcript is None or not words:
            return
        line = {"call": call_id, "at": time.time(), "heard": words}
        with self._transcript.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(line, ensure_ascii=False) + "\n")
