"""What stands near a place, where no house number says it."""

from __future__ import annotations

import re
from dataclasses import replace

from dialog.phrases import Phrases
from dialog.rules import Rules
from dialog.search.normalise import fold
from dialog.tasks.form import Answer, Asked, Slot
from dialog.tasks.place import Place
from dialog.tasks.place_words import (
    FEWEST_LETTERS,
    LEAD,
    LONGEST,
    REFUSED,
    TAIL,
    meant,
    only_kind,
    street_kept,
)
from dialog.tasks.task_state import TaskState
from dialog.values.addresses import Address, parse_address
from dialog.values.streets import Streets


class Landmark(Slot):
    """What stands near, where no house number says it."""

    name = "landmark"
    fields = ("landmark",)

    def __init__(self, phrases: Phrases, streets: Streets, none: Rules, unsure: Rules) -> None:
        super().__init__(r"(le |un )?repère")
        self._phrases = phrases
        self._streets = streets
        self._none = none
        self._unsure = unsure

    def wanted(self, task: TaskState) -> bool:
        """Only for a street without a house number or a corner."""
        return not task.values.get("number") and "angle" not in task.values.get("place", "")

    def refined(self, asked: Asked) -> Answer | None:
        """The number or the street, told late."""
        return Place(self._phrases, self._streets, self._unsure).refined(asked)

    def question(self, asked: Asked) -> str:
        """Once is enough."""
        return self._phrases.say("report_landmark")

    def parse(self, asked: Asked) -> Answer | None:
        """The words, or none."""
        core = asked.words.core
        found = parse_address(asked.words.text, self._streets)
        if self._same_street(found, asked.task) or only_kind(core):
            return Answer({"landmark": ""}, self._phrases.say("task_agreed"))
        refused = REFUSED.match(core) is not None and (found is None or not found.landmark)
        if refused or self._none.covers(core) or self._unsure.covers(core):
            return Answer({"landmark": ""}, self._phrases.say("task_agreed"))
        told = TAIL.sub("", LEAD.sub("", asked.words.text))
        text = " ".join(told.split()).strip(" .,!?")[:LONGEST]
        if found is not None and self._is_place(found, asked.task):
            return self._number(found, asked)
        if found is not None and found.landmark:
            text = found.said
        if sum(map(str.isalpha, text)) < FEWEST_LETTERS:
            return None
        return Answer({"landmark": text}, self._phrases.say("report_landmark_is", landmark=text))

    def correct(self, asked: Asked) -> Answer | None:
        """Only what is placed by a word like "devant": other words may correct something else."""
        found = parse_address(meant(asked.words.text), self._streets)
        if found is None or not found.landmark or found.street is not None:
            return None
        said = replace(found, number=None, rep="").said
        return Answer({"landmark": said}, self._phrases.say("report_landmark_is", landmark=said))

    @staticmethod
    def _same_street(found: Address | None, task: TaskState) -> bool:
        """Whether the street is only said again, or spelled: "Paul Éluard"."""
        if found is None or found.street is None or found.number or found.landmark:
            return False
        return found.street.listed and found.street.name == task.values.get("street")

    @staticmethod
    def _is_place(found: Address, task: TaskState) -> bool:
        """Whether it is the place itself: a house number, or the street that was not known yet."""
        listed = found.street is not None and found.street.listed
        if found.number and found.street is None:
            return bool(task.values.get("street") or street_kept(task.values.get("place", "")))
        if task.values.get("street"):
            return bool(found.number)
        return listed

    def _number(self, found: Address, asked: Asked) -> Answer | None:
        """ "Au 14": the house number, given late."""
        place = Place(self._phrases, self._streets, self._unsure).correct(asked)
        return (
            Answer({"landmark": found.landmark, **place.values}, place.read_back) if place else None
        )

    def say(self, task: TaskState) -> str:
        """Unless the place says it already."""
        landmark = task.values.get("landmark", "")
        bare = re.sub(r"^(?:le|la|les|l|un|une) ", "", fold(landmark))
        return "" if bare in fold(task.values.get("place", "")) else landmark
