"""Why a reply is said, and how long it took."""

from __future__ import annotations

from dataclasses import dataclass

from dialog.reply import Reply
from telephony.ears import Utterance


@dataclass(frozen=True)
class Cause:
    """What a reply answers: words, a key, or the first ring; nothing for a timer."""

    utterance: Utterance | None = None
    keys: str = ""
    greeting: bool = False
    written: bool = False  #: what the decision leaves is in the records already

    def timings(self, reply: Reply, first_sound_at: float) -> dict[str, float]:
        """Milliseconds of each stage, from the caller's last sound to the first of the reply.

        Args:
            first_sound_at: time.monotonic() of it; 0.0 when nothing was heard.
        """
        timings = {"decide": reply.ms, **reply.stages}
        utterance = self.utterance
        if utterance is not None:
            timings["stt"] = utterance.heard.compute_ms
            timings["judge"] = utterance.judge_ms
            timings["end_of_turn"] = (utterance.ended_at - utterance.speech_ended_at) * 1000
            if first_sound_at:
                timings["voice_to_voice"] = (first_sound_at - utterance.speech_ended_at) * 1000
        return {name: round(ms, 1) for name, ms in timings.items()}
