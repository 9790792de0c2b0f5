"""What it is about, in the caller's own words."""

from __future__ import annotations

import re

from dialog.intents import Words
from dialog.phrases import Phrases
from dialog.rules import Rules
from dialog.tasks.form import Answer, Asked, Slot
from dialog.tasks.rules import after
from dialog.tasks.task_state import TaskState

LONGEST = 600  #: characters kept of what is dictated: about 40 s of speech
_READ_BACK_WORDS = 20
_FEWEST_LETTERS = 3

_IS = re.compile(r"^(?:c['’]est|est|ce sera|:|,)\s*", re.IGNORECASE)
_NAMED = r"(le |mon |l')?(sujet|objet|motif|message)"


class Subject(Slot):
    """Free dictation, kept as heard."""

    name = "subject"
    fields = ("subject",)
    optional = False
    free = True

    def __init__(self, phrases: Phrases, lead: Rules, *, question: str = "task_subject") -> None:
        super().__init__(_NAMED)
        self._phrases = phrases
        self._lead = lead
        self._question = question

    def question(self, asked: Asked) -> str:
        """Asked again, it helps with "en quelques mots"."""
        return self._phrases.say("task_subject_again" if asked.task.tries else self._question)

    def parse(self, asked: Asked) -> Answer | None:
        """Anything with a few letters."""
        text = self._told(asked.words)
        if sum(c.isalpha() for c in text) < _FEWEST_LETTERS:
            return None
        return Answer({"subject": text}, self._read_back(text))

    def volunteered(self, asked: Asked) -> Answer | None:
        """ "C'est au sujet de ma poubelle", where another thing was asked."""
        lead = self._lead.search(asked.words.spoken)
        words = asked.words.spoken[lead.end() :].split() if lead else []
        return self.parse(asked) if len(words) > 1 else None

    def correct(self, asked: Asked) -> Answer | None:
        """The new words, without "le sujet c'est"."""
        named = self.named.search(asked.words.spoken)
        text = asked.words.text
        if named and named.start() == 0:
            text = _IS.sub("", after(text, named.group()))
        return self.parse(Asked(Words.of(text), asked.task, asked.at, asked.caller))

    def _told(self, words: Words) -> str:
        """The words without "c'est pour dire que"."""
        lead = self._lead.search(words.spoken)
        text = after(words.text, lead.group()) if lead and lead.start() == 0 else words.text
        text = " ".join(text.split()).strip(" .,!")
        return text[:LONGEST].rsplit(" ", 1)[0] if len(text) > LONGEST else text

    def _read_back(self, text: str) -> str:
        words = text.split()
        if len(words) > _READ_BACK_WORDS:
            start = " ".join(words[:_READ_BACK_WORDS])
            return self._phrases.say("task_subject_long", subject=start)
        return self._phrases.say("task_subject_is", subject=text)

    def say(self, task: TaskState) -> str:
        """As much as a recap can bear."""
        words = task.values.get("subject", "").split()
        return " ".join(words[:_READ_BACK_WORDS])
