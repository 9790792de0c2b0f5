"""What it is about, in the caller's own words."""

from __future__ import annotations

import re

from dialog.intents import Words
from dialog.phrases import Phrases
from dialog.rules import Rules
from dialog.tasks.form import Answer, Asked, Slot
from dialog.tasks.purpose import IsOffice, purpose, told_beside
from dialog.tasks.task_state import TaskState
from dialog.values.words import after

LONGEST = 600  #: characters kept of what is dictated: about 40 s of speech
_READ_BACK_WORDS = 20
_FEWEST_LETTERS = 3
_FEWEST_WORDS = 2
_FEWEST_MORE = 3  #: words that may go on with a subject
_HESITATION = re.compile(r"[\s,]*\b(?:euh+|heu+)\b[\s,.…]*", re.IGNORECASE)
_FILLERS = re.compile(
    r"^(?:(?:euh+|heu|ben|bah|eh bien|alors|bon|voilà|donc|oui|ah|oh|ouais|d'accord|en fait|"
    r"bonjour|bonsoir|madame|monsieur)\b[\s,.…]*)+(?=\S)",
    re.IGNORECASE,
)

_IS = re.compile(r"^(?:(?:c['’]est|est|ce sera|ce serait|plutôt|:|,)\s*)+", re.IGNORECASE)
#: a number said at the end of the dictation is no part of it
_CALL_BACK = re.compile(
    r"[\s,.;]+(?:et\s+)?(?:(?:vous\s+pouvez|pouvez-vous|merci\s+de|si\s+besoin|donc)\s+)*(?:me\s+)?"
    r"(?:rappel\w*|recontact\w*|joindre|mon\s+(?:numéro|téléphone|portable|fixe)|je\s+suis\s+(?:joignable\s+)?"
    r"au|au)\b[^.!?]*?(?:\+33|0)[\d .-]{8,}.*$",
    re.IGNORECASE | re.DOTALL,
)
#: "pas le lampadaire, le banc"
_NOT_BUT = re.compile(
    r"^pas\s+[^,]+?(?:,\s*|\s+mais\s+)(?:mais\s+|plutôt\s+|c['’]est\s+)*(?P<meant>\S.{2,})$",
    re.IGNORECASE | re.DOTALL,
)
_NAMED = r"(le |mon |l')?(sujet|objet|motif|message)"


class Subject(Slot):
    """Free dictation, kept as heard."""

    name = "subject"
    fields = ("subject",)
    optional = False
    free = True

    def __init__(
        self,
        phrases: Phrases,
        lead: Rules,
        is_office: IsOffice,
        *,
        question: str = "task_subject",
    ) -> None:
        super().__init__(_NAMED)
        self._is_office = is_office
        self._phrases = phrases
        self._lead = lead
        self._question = question

    def question(self, asked: Asked) -> str:
        """Asked again, it helps with "en quelques mots"."""
        if asked.task.values.get("change"):
            return self._phrases.say("appointment_which")
        return self._phrases.say("task_subject_again" if asked.task.tries else self._question)

    def parse(self, asked: Asked) -> Answer | None:
        """Anything with a few letters."""
        text = self._told(asked.words)
        if sum(c.isalpha() for c in text) < _FEWEST_LETTERS:
            return None
        return Answer({"subject": text}, self._read_back(text))

    def volunteered(self, asked: Asked) -> Answer | None:
        """ "C'est au sujet de ma poubelle", where another thing was asked."""
        if told := purpose(_HESITATION.sub(" ", asked.words.text), self._is_office):
            return Answer({"subject": told}, self._read_back(told))
        words = self._without_fillers(asked.words)
        lead = self._lead.search(words.spoken)
        if lead is None or len(words.spoken[lead.end() :].split()) < _FEWEST_WORDS:
            return None
        if lead.group().strip().endswith("pour") and lead.start() == 0:
            return None  # an office, or the wish itself: `purpose` found no reason in it
        return self.parse(asked)

    def beside(self, asked: Asked, wish: Rules) -> Answer | None:
        """The rest of the sentence that asks for it: "ils m'ont facturé deux fois, rappelez-moi".

        Args:
            wish: what asks for the message or the appointment.
        """
        told = told_beside(_HESITATION.sub(" ", asked.words.text), wish)
        return (
            self.parse(Asked(Words.of(told), asked.task, asked.at, asked.caller)) if told else None
        )

    def more(self, asked: Asked) -> Answer | None:
        """What was told first, and the new words: nothing is lost."""
        text, before = self._told(asked.words), asked.task.values.get("subject", "")
        if len(text.split()) < _FEWEST_MORE or not before:
            return None
        return Answer({"subject": f"{before} ; {text}"[:LONGEST]}, self._read_back(text))

    def correct(self, asked: Asked) -> Answer | None:
        """The new words, without "le sujet c'est"."""
        named = self.named.search(asked.words.spoken)
        text = asked.words.text
        if named and named.start() == 0:
            text = _IS.sub("", after(text, named.group()))
        if instead := _NOT_BUT.match(text):
            text = instead["meant"]
        return self.parse(Asked(Words.of(text), asked.task, asked.at, asked.caller))

    def _told(self, words: Words) -> str:
        """The words without "c'est pour dire que"."""
        words = self._without_fillers(words)
        lead = self._lead.search(words.spoken)
        text = after(words.text, lead.group()) if lead and lead.start() == 0 else words.text
        text = " ".join(_CALL_BACK.sub("", text).split()).strip(" .,!")
        return text[:LONGEST].rsplit(" ", 1)[0] if len(text) > LONGEST else text

    @staticmethod
    def _without_fillers(words: Words) -> Words:
        text = _HESITATION.sub(" ", _FILLERS.sub("", words.text)).strip()
        return Words.of(text) if text else words

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
