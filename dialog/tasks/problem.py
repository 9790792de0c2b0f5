"""What is wrong in the street: its kind, how big it is, whether it is dangerous."""

from __future__ import annotations

import re
from dataclasses import replace

from dialog.phrases import Phrases
from dialog.rules import Rules
from dialog.tasks.detect import seen
from dialog.tasks.form import Answer, Asked, Slot
from dialog.tasks.rules import TaskRules
from dialog.tasks.task_state import TaskState

OTHER = "other"  #: a problem of no known kind, kept in the caller's words
_DANGER = Rules("(dangereux|dangereuse|danger|urgent|urgence|grave|risque)")
_SAYS_DANGER = Rules(
    "(c'est|c'est que c'est|ça devient|ça peut être|ça a l'air|vraiment|très|super|hyper|assez|"
    "extrêmement) (vraiment |très |super |hyper |assez |hyper |trop )?(dangereux|dangereuse)\n"
    "(quelqu'un|on|un enfant|un gamin|une personne|un vélo) (va|peut|pourrait|risque de|finir par) "
    "(se (blesser|faire mal|tuer)|tomber)"
)
_HARMLESS = Rules(
    "(pas|rien de|aucun|sans) (trop |très |vraiment |spécialement |bien |si |plus |de |un )?"
    "(dangereux|dangereuse|danger|grave|risque|urgent|méchant)"
)
_ONLY_WISH = Rules(
    "((oui|ouais|bonjour|signaler|c'est ça|voilà|pour|un|faire|signalement|je|veux|voudrais|"
    "problème|quelque chose) ?)+"
)
_ONLY_YES = Rules("((oui|ouais|ok|c'est bon|c'est ça|voilà|d'accord|exact) ?)+")
_LEAD = re.compile(
    r"^(?:(?:oh|ah|euh|ben|bah|bof|ouh là|oui|alors|je (?:sais pas|dirais|pense|crois)|on va dire|"
    r"disons|je vous (?:l'ai|ai|le) dis?t?|c'est|ça fait|il y a|y a|y'a|y en a|il y en a)"
    r"(?:[\s,]+|$))+",
    re.I,
)
_TAIL = re.compile(r"(?:,? (?:quoi|hein|je crois|je pense|facile|environ ça))+$", re.I)
_VAGUE = re.compile(r"(?:(?:je|j|moi|ben|bah|euh|alors|la) )*(?:sais|sait) pas(?!.*\bcomme\b)")
_COUNT = (
    r"(?:\d+|une?|deux|trois|quatre|cinq|six|sept|huit|dix|quinze|vingt|trente|quarante|cinquante)"
)
_QUANTITY = re.compile(
    r"\b(?:(?:au moins|environ|à peu près|peut-être|bien|une bonne|presque) )?(?:"
    rf"{_COUNT}(?: \w+)? (?:centimètres?|cm|mètres?)"
    r"(?: (?:carrés?|cubes?|de (?:large|long|profondeur)))?|"
    rf"{_COUNT} (?:camions?|camionnettes?|coffres?|remorques?|sacs?)\b(?: (?:de|d')\s?\w+)?|"
    r"(?:une |d'une )?(?:dizaine|vingtaine|trentaine|quinzaine) de "
    r"(?:sacs?|centimètres|mètres|cartons))",
    re.I,
)
_LIKE = re.compile(
    r"\b(?:gros|grosse|grand|grande|large|profond|profonde)s? comme (?:une?|le|la|mon|ma) [\w-]+"
    rf"|\b{_COUNT} (?:centimètres?|cm|mètres?) de (?:large|long|profondeur|diamètre|profond)\b",
    re.I,
)
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
        if found is None and (asked.words.count < 2 or _ONLY_WISH.covers(asked.words.spoken)):
            return None
        values = {"problem": found.id if found else OTHER, "description": text}
        said = found.name if found else text
        return Answer(values, self._phrases.say("report_problem_is", problem=said))

    def correct(self, asked: Asked) -> Answer | None:
        """Only a kind that is known: other words may correct something else."""
        found = seen(asked.words, self._rules, named=True)
        answer = self.parse(asked) if found else None
        if answer is None or found is None or found.id != asked.task.values.get("problem"):
            return answer
        # the same again: what was told first says more
        told = asked.task.values.get("description") or answer.values["description"]
        return replace(answer, values={**answer.values, "description": told})

    def more(self, asked: Asked) -> Answer | None:
        """What is told beside it joins the description."""
        before = asked.task.values.get("description", "")
        text = " ".join(asked.words.text.split()).strip(" .")
        if not before or asked.words.text.rstrip().endswith("?"):
            return None
        values = {"problem": asked.task.values["problem"]}
        return Answer(
            {**values, "description": f"{before.rstrip(' .')} ; {text}"[:LONGEST]},
            self._phrases.say("task_noted"),
        )

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

    def volunteered(self, asked: Asked) -> Answer | None:
        """A quantity, where another thing was asked; how the problem is told says none."""
        rule = _QUANTITY if asked.task.asking else _LIKE
        found = rule.search(asked.words.text)
        if found is None:
            return None
        size = found.group().strip(" ,.").lower()
        return Answer({"size": size}, self._phrases.say("report_size_is", size=size))

    def parse(self, asked: Asked) -> Answer | None:
        """Any words but "je sais pas"."""
        core = asked.words.core
        measured = _QUANTITY.search(asked.words.text) is not None
        vague = not measured and _VAGUE.match(asked.words.spoken) is not None
        if vague or self._unsure.covers(core) or self._none.covers(core):
            return Answer({"size": ""}, self._phrases.say("task_agreed"))
        text = " ".join(asked.words.text.split()).strip(" .,!")[:LONGEST]
        text = _TAIL.sub("", _LEAD.sub("", text))
        if len(text) < 2 or _ONLY_YES.covers(asked.words.spoken):
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

    def volunteered(self, asked: Asked) -> Answer | None:
        """ "C'est dangereux", or that it is not, in the words that tell something else."""
        if _HARMLESS.search(asked.words.spoken):
            return self._is_not() if self.wanted(asked.task) else None
        return self._is() if _SAYS_DANGER.search(asked.words.spoken) else None

    def _is(self) -> Answer:
        return Answer({"urgent": "oui"}, self._phrases.say("report_urgent_yes"))

    def _is_not(self) -> Answer:
        return Answer({"urgent": "non"}, self._phrases.say("report_urgent_no"))

    def parse(self, asked: Asked) -> Answer | None:
        """Oui, non, or words of danger."""
        words = asked.words
        if _HARMLESS.search(words.spoken):
            return self._is_not()
        if self._no.covers(words.spoken) or self._no.covers(words.core):
            return self._is_not()
        first = words.core.split()[:1]
        if first and first[0] in ("non", "nan", "pas"):
            return self._is_not()
        if self._yes.search(words.spoken):
            return self._is()
        return None

    def correct(self, asked: Asked) -> Answer | None:
        """Only words of danger: a bare oui or non is about something else."""
        if (told := self.volunteered(asked)) is not None:
            return told
        return self.parse(asked) if _DANGER.search(asked.words.spoken) else None

    def say(self, task: TaskState) -> str:
        """Only said when it is."""
        return "dangereux" if task.values.get("urgent") == "oui" else ""
