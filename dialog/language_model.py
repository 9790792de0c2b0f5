"""The language model: turns a follow-up into a full question.

What it writes is only searched with, never spoken, so a mistake cannot invent a fact.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

logger = logging.getLogger("allomairie.dialog")

TIME_LIMIT_S = 1.2  #: of one rewriting, waiting included
WAITING = 2  #: callers that may wait for the model
MOST_TOKENS = 40
CONTEXT_TOKENS = 1024
_END = "<|im_end|>"

# One constant prefix: its tokens stay in the KV cache and are computed once.
_PREFIX = f"""<|im_start|>system
Tu reformules la dernière question d'un appelant de la mairie en une question complète et courte, \
sans y répondre.{_END}
<|im_start|>user
Avant : je voudrais faire un passeport
Maintenant : et pour mon mari, c'est le même prix ?{_END}
<|im_start|>assistant
prix d'un passeport pour mon mari{_END}
<|im_start|>user
Avant : comment inscrire mon fils à l'école / quels papiers faut-il
Maintenant : et s'il est né à l'étranger ?{_END}
<|im_start|>assistant
inscrire à l'école un enfant né à l'étranger{_END}
<|im_start|>user
Avant : les horaires de la piscine
Maintenant : et la bibliothèque ?{_END}
<|im_start|>assistant
horaires de la bibliothèque{_END}
<|im_start|>user
"""


class LanguageModel(Protocol):
    """What the desk asks of a language model."""

    def rewrite(self, history: Sequence[str], text: str) -> str:
        """A full question from a follow-up, in `TIME_LIMIT_S`; empty when there is none.

        Args:
            history: the caller's last questions, oldest first.
            text: what the caller says now.
        """

    def close(self) -> None:
        """Free the model."""


class LlamaRewriter:
    """llama.cpp with a small instruct model in GGUF; one shared instance, one question at a time
    behind a short queue.

    Args:
        path: the GGUF file (ChatML template, as Qwen's).
        threads: cores of one question.
        gpu_layers: layers kept on the GPU, -1 for all, 0 for none.

    Raises:
        RuntimeError: the file is not a model that llama.cpp reads.
    """

    def __init__(self, path: Path, *, threads: int, gpu_layers: int = 0) -> None:
        from llama_cpp import Llama  # takes half a second and needs its native library

        try:
            self._model: Any = Llama(
                str(path),
                n_ctx=CONTEXT_TOKENS,
                n_threads=threads,
                n_threads_batch=threads,
                n_gpu_layers=gpu_layers,
                verbose=False,
            )
        except (ValueError, RuntimeError) as error:
            raise RuntimeError(f"{path} cannot be used as a language model: {error}") from error
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="rewrite")
        self._free = threading.Semaphore(WAITING + 1)
        # the first caller does not pay for the prefix, and a start does not wait for it
        self._worker.submit(self._model.create_completion, _PREFIX, max_tokens=1)

    def rewrite(self, history: Sequence[str], text: str) -> str:
        """See `LanguageModel`; gives up at once when too many callers wait already."""
        if not history:
            return ""
        prompt = _prompt(history, text)
        return self._in_time(lambda deadline: self._complete(prompt, deadline))

    def chat(self, system: str, user: str, *, most_tokens: int) -> str:
        """One answer by the model's own chat template; '' when it takes over `TIME_LIMIT_S`."""
        messages = [{"role": "system", "content": system}, {"role": "user", "content": user}]
        return self._in_time(lambda deadline: self._chat(messages, most_tokens, deadline))

    def _in_time(self, work: Callable[[float], str]) -> str:
        """Run `work` behind the queue; '' when too many wait or the time is over."""
        if not self._free.acquire(blocking=False):
            return ""
        job = self._worker.submit(work, time.monotonic() + TIME_LIMIT_S)
        job.add_done_callback(lambda _: self._free.release())
        try:
            return job.result(timeout=TIME_LIMIT_S)
        except TimeoutError:
            logger.info("the language model did not answer within %.1f s", TIME_LIMIT_S)
            return ""

    def _chat(self, messages: list[dict[str, str]], most_tokens: int, deadline: float) -> str:
        pieces: list[str] = []
        stream = self._model.create_chat_completion(
            messages, max_tokens=most_tokens, temperature=0.0, stream=True
        )
        for part in stream:
            pieces.append(part["choices"][0]["delta"].get("content") or "")
            if time.monotonic() > deadline:
                return ""
        return "".join(pieces).strip()

    def _complete(self, prompt: str, deadline: float) -> str:
        """Write until the end or the deadline; whoever asked too late is no longer there."""
        pieces: list[str] = []
        if time.monotonic() > deadline:
            return ""
        stream = self._model.create_completion(
            prompt, max_tokens=MOST_TOKENS, temperature=0.0, stop=["\n", _END], stream=True
        )
        for part in stream:
            pieces.append(part["choices"][0]["text"])
            if time.monotonic() > deadline:
                return ""
        return "".join(pieces).strip()

    def close(self) -> None:
        """Free the model; a rewriting under way ends first."""
        self._worker.shutdown(wait=True, cancel_futures=True)
        self._model.close()


def _prompt(history: Sequence[str], text: str) -> str:
    before = " / ".join(_line(question) for question in history[-2:])
    return f"{_PREFIX}Avant : {before}\nMaintenant : {_line(text)}{_END}\n<|im_start|>assistant\n"


def _line(text: str) -> str:
    """One short line that cannot close the template."""
    return " ".join(text.replace("<|", " ").replace("|>", " ").split())[:200]
