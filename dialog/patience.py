"""How long the assistant waits, by what it waits for. Pure: the same state, the same patience."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dialog.state import State
from dialog.tasks.task_state import CORRECT, TaskState

#: slots whose answer is dictated slowly, word by word: names, addresses, and what to correct
SPELLED = frozenset({"name", "place", "landmark", "email", CORRECT})
#: slots whose answer is a number, said in groups
NUMBERS = frozenset({"phone", "mobile"})

SPELLED_S, NUMBER_S = 1.6, 2.5  #: silence that ends such an answer (requirements P08)
SLOW_FACTOR = 1.5  #: of every silence once the caller asked to go slowly (P08)
PAUSE_S = 30.0  #: after "attendez, je cherche mes papiers"


@dataclass(frozen=True)
class Patience:
    """Limits in seconds, of the conversation and of one turn."""

    end_silence_s: float = 0.9  #: silence that ends the caller's turn (requirements P08)
    silence_s: tuple[float, ...] = (7.0, 10.0)  #: nobody speaks after a reply: once, then again
    keys_s: float = 4.0  #: between two keys of one number
    filler_s: float = 1.7  #: after the caller stopped: say that we are looking
    filler_again_s: float = 2.0  #: from its end to the next one (requirements: never in the void)
    transfer_s: float = 25.0  #: a desk that rings (requirements Q03)
    noise_s: float = 2.0  #: a wordless turn shorter than this is a cough, not a question
    longest_call_s: float = 600.0  #: then the call ends kindly (requirements Q13); 0: never
    warning_s: float = 60.0  #: so long before, the caller is warned

    def silence(self, nth: int) -> float:
        """How long the `nth` silence in a row may last, from 0; the last limit holds on."""
        return self.silence_s[min(nth, len(self.silence_s) - 1)]


def patience(state: State, base: Patience | None = None) -> Patience:
    """The patience with what the caller is about to say.

    Args:
        base: the town's own limits.
    """
    limits = base or Patience()
    factor = SLOW_FACTOR if state.slow else 1.0
    end_s = max(limits.end_silence_s, _dictation_s(state))
    paused = state.paused and state.awaiting != "person"
    silences = (max(PAUSE_S, limits.silence_s[0]), *limits.silence_s[1:])
    return replace(
        limits,
        end_silence_s=end_s * factor,
        silence_s=tuple(s * factor for s in (silences if paused else limits.silence_s)),
        keys_s=limits.keys_s * factor,
    )


def _dictation_s(state: State) -> float:
    """The silence inside what is dictated; 0 when nothing is."""
    task = state.task
    if task is None or task.proposed or state.awaiting == "person":
        return 0.0  # oui or non: waiting longer would only cost the caller's time
    if task.asking in NUMBERS:
        return SPELLED_S if _offered(state, task) else NUMBER_S
    return SPELLED_S if task.asking in SPELLED else 0.0


def _offered(state: State, task: TaskState) -> bool:
    """The calling number is offered: oui is the likely answer, a number the other one."""
    part = task.values.get("phone_part") or task.values.get("mobile_part")
    return bool(state.caller) and not task.tries and not part and "caller" not in task.skipped
