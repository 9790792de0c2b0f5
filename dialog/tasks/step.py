"""What an answer does to a task."""

from __future__ import annotations

from dataclasses import dataclass

from dialog.tasks.task_state import TaskState


@dataclass(frozen=True)
class Step:
    """What an answer does to a task."""

    task: TaskState
    lead: str = ""  #: said before the next question
    say: str = ""  #: said instead of the next question
    finished: bool = False  #: the caller agreed to the recap
