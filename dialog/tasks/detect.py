"""Whether a turn asks for a task: a message, a call-back, an appointment, or a street report."""

from __future__ import annotations

from dataclasses import dataclass

from dialog.intents import Words
from dialog.tasks.rules import Problem, TaskRules


@dataclass(frozen=True)
class Wish:
    """The task that a caller wants."""

    kind: str  #: "message", "report" or "appointment"
    problem: Problem | None = None  #: what is reported, when the words say it
    change: str = ""  #: "cancel" or "move" an appointment that exists
    said: bool = True  #: asked for in so many words, not only shown by what is told


def wish(words: Words, rules: TaskRules) -> Wish | None:
    """The task that these words ask for, or None.

    A report is told ("il y a un trou devant chez moi") or asked for ("je veux signaler…"). What
    one may do, when something is collected, or one's own things to throw away are questions.
    """
    if not words.spoken:
        return None
    if change := changed(words, rules):
        return Wish("appointment", change=change)
    if any(_wants_appointment(said, rules) for said in (words, Words.of(words.core))):
        return Wish("appointment")
    problem = seen(words, rules)
    if rules.report_wish.matches(words) and not rules.reported_elsewhere.search(words.spoken):
        return Wish("report", problem)
    if any(rules.message.matches(said) for said in (words, Words.of(words.core))):
        return Wish("message")
    if problem and not rules.not_report.search(words.core):
        return Wish("report", problem, said=False)
    return None


def changed(words: Words, rules: TaskRules) -> str:
    """What becomes of an appointment that the caller has: "cancel", "move", or nothing."""
    if rules.not_existing.search(words.spoken):
        return ""
    if rules.moves.search(words.spoken):
        return "move"
    if rules.cancels.search(words.spoken):
        return "cancel"
    return "move" if rules.misses.search(words.spoken) else ""


def _wants_appointment(words: Words, rules: TaskRules) -> bool:
    """Also without fillers: "je voudrais, comment dire, un rendez-vous"."""
    return rules.appointment.matches(words) and not rules.not_appointment.search(words.spoken)


def seen(words: Words, rules: TaskRules, *, named: bool = False) -> Problem | None:
    """The first kind of problem that these words tell of.

    Args:
        named: naming it is enough, as in an answer to "qu'avez-vous vu ?".
    """
    shown = next((kind for kind in rules.problems if kind.shows(words.spoken)), None)
    if shown or not named:
        return shown
    return next((kind for kind in rules.problems if kind.names(words.spoken)), None)
