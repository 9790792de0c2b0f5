"""Which models a machine should use: a pure function of facts about it.

A profile says, for each need, the alternatives from best to last resort. What is really used is the
first that can be had: French speech is a Piper voice where the hub can be reached, else Kokoro's.
"""

from __future__ import annotations

from dataclasses import dataclass

from models.hardware import Hardware

# large-v3-turbo in float16, a 7B model in 4 bits with its KV cache, and CUDA's own share
GPU_MEMORY_NEEDED_BYTES = 9 * 1024**3


@dataclass(frozen=True)
class Need:
    """One thing that the assistant must be able to do. `language` is "*" where it is for all."""

    purpose: str
    language: str
    alternatives: tuple[str, ...]


@dataclass(frozen=True)
class Profile:
    """The models of one kind of machine, and how the engines should load them.

    `device` and `compute_type` are CTranslate2's words; `gpu_layers` is llama.cpp's (-1: all).
    """

    name: str
    device: str
    compute_type: str
    gpu_layers: int
    needs: tuple[Need, ...]

    def alternatives(self, purpose: str, language: str = "*") -> tuple[str, ...]:
        """Model ids for one need, best first; empty where the profile has no such need."""
        for need in self.needs:
            if need.purpose == purpose and need.language in {"*", language}:
                return need.alternatives
        return ()


_SPEECH = (
    Need("tts", "fr", ("piper-fr_FR-siwis-medium", "kokoro-82m-int8")),
    Need("tts", "en", ("piper-en_US-joe-medium",)),
)

CPU = Profile(
    name="cpu",
    device="cpu",
    compute_type="int8",
    gpu_layers=0,
    needs=(
        Need("stt", "*", ("whisper-base",)),
        Need("llm", "*", ("qwen2.5-coder-0.5b",)),
        *_SPEECH,
    ),
)

GPU = Profile(
    name="gpu",
    device="cuda",
    compute_type="float16",
    gpu_layers=-1,
    needs=(
        Need("stt", "*", ("whisper-large-v3-turbo", "whisper-base")),
        Need("llm", "*", ("mistral-7b-instruct-v0.3", "qwen2.5-coder-1.5b", "qwen2.5-coder-0.5b")),
        *_SPEECH,
    ),
)

_BY_NAME = {profile.name: profile for profile in (CPU, GPU)}


def profile_named(name: str) -> Profile:
    """The profile of this name.

    Raises:
        ValueError: a sentence naming the profiles that exist.
    """
    try:
        return _BY_NAME[name]
    except KeyError:
        known = ", ".join(_BY_NAME)
        raise ValueError(
            f"There is no model profile {name!r}; use auto or one of: {known}."
        ) from None


def choose_profile(facts: Hardware, override: str = "auto") -> Profile:
    """The profile for these facts, or the one that the town's configuration insists on.

    Raises:
        ValueError: `override` names no profile.
    """
    if override != "auto":
        return profile_named(override)
    if facts.gpus > 0 and facts.gpu_memory_bytes >= GPU_MEMORY_NEEDED_BYTES:
        return GPU
    return CPU
