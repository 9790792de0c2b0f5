"""What is wrong in the street: its kind, how big it is, whether it is dangerous."""

from __future__ import annotations

from dialog.phrases import Phrases
from dialog.rules import Rules
from dialog.tasks.detect import seen
from dialog.tasks.form import Answer, Asked, Slot
from dialog.tasks.rules import TaskRules
from dialog.tasks.task_state import TaskState

OTHER = "other"  #: a problem of no known kind, kept in the caller's words
_DANGER = Rules("(dangereux|dangereuse|danger|urgent|urgence|grave|risque)")
LONGEST = 300  #: characters kept of a description


class ProblemKind(Slot):
    """The kind of problem; what is of no known kind is kept as heard."""

    name = "problem"
    fields = ("problem", "description")
    optional = False

    def __init__(self, phrases: Phrases, rules: TaskRules) -> None:
        super().__init__(r"(le |mon )?(problème|signalement|genre|type)")
        self._phrases = phrases
        self._rules = rules

    def question(self, asked: Asked) -> str:
        """With examples first."""
        name = "report_problem_again" if asked.task.tries else "report_problem"
        return self._phrases.say(name)

    def parse(self, asked: Asked) -> Answer | None:
        """A known kind, or the words."""
        found = seen(asked.words, self._rules, named=True)
        text = " ".join(asked.words.text.split())[:LONGEST]
        if found is None and asked.words.count < 2:
            return None
        values = {"problem": found.id if found else OTHER, "description": text}
        said = found.name if found else text
        return Answer(values, self._phrases.say("report_problem_is", problem=said))

    def correct(self, asked: Asked) -> Answer | None:
        """Only a kind that is known: other words may correct something else."""
        return self.parse(asked) if seen(asked.words, self._rules, named=True) else None

    def say(self, task: TaskState) -> str:
        """ "un trou dans la chaussée", or the caller's words."""
        kind = self._rules.problem(task.values.get("problem", ""))
        return kind.name if kind else task.values.get("description", "")


class Size(Slot):
    """How big a hole or a dump is, in the caller's words."""

    name = "size"
    fields = ("size",)

    def __init__(self, phrases: Phrases, rules: TaskRules, none: Rules, unsure: Rules) -> None:
        super().__init__(r"(la |le )?(taille|volume|grandeur|quantité)")
        self._phrases = phrases
        self._rules = rules
        self._none = none
        self._unsure = unsure

    def wanted(self, task: TaskState) -> bool:
        """Only for kinds of which it says how many people to send."""
        kind = self._rules.problem(task.values.get("problem", ""))
        return kind is not None and kind.size

    def question(self, asked: Asked) -> str:
        """A volume for dumps, else a size."""
        dump = asked.task.values.get("problem") == "fly_tipping"
        return self._phrases.say("report_size_volume" if dump else "report_size")

    def parse(self, asked: Asked) -> Answer | None:
        """Any words but "je sais pas"."""
        core = asked.words.core
        if self._unsure.covers(core) or self._none.covers(core):
            return Answer({"size": ""}, self._phrases.say("task_agreed"))
        text = " ".join(asked.words.text.split()).strip(" .,!")[:LONGEST]
        if len(text) < 2:
            return None
        text = text[0].lower() + text[1:]
        return Answer({"size": text}, self._phrases.say("report_size_is", size=text))


class Urgent(Slot):
    """Whether it is dangerous; the service is told, nobody decides by it."""

    name = "urgent"
    fields = ("urgent",)
    yes_no = True

    def __init__(self, phrases: Phrases, rules: TaskRules, yes: Rules, no: Rules) -> None:
        super().__init__("")
        self._phrases = phrases
        self._rules = rules
        self._yes = yes
        self._no = no

    def wanted(self, task: TaskState) -> bool:
        """Not for what is a danger anyway."""
        kind = self._rules.problem(task.values.get("problem", ""))
        return kind is None or (kind.urgent and not kind.danger)

    def question(self, asked: Asked) -> str:
        """The same each time."""
        return self._phrases.say("report_urgent")

    def parse(self, asked: Asked) -> Answer | None:
        """Oui, non, or words of danger."""
        words = asked.words
        if self._no.covers(words.spoken) or self._no.covers(words.core):
            return Answer({"urgent": "non"}, self._phrases.say("report_urgent_no"))
        first = words.core.split()[:1]
        if first and first[0] in ("non", "nan", "pas"):
            return Answer({"urgent": "non"}, self._phrases.say("report_urgent_no"))
        if self._yes.search(words.spoken):
            return Answer({"urgent": "oui"}, self._phrases.say("report_urgent_yes"))
        return None

    def correct(self, asked: Asked) -> Answer | None:
        """Only words of danger: a bare oui or non is about something else."""
        return self.parse(asked) if _DANGER.search(asked.words.spoken) else None

    def say(self, task: TaskState) -> str:
        """Only said when it is."""
        return "dangereux" if task.values.get("urgent") == "oui" else ""
