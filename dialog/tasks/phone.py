"""The number to call back: the calling one confirmed, dictated, or keyed."""

from __future__ import annotations

from dialog.phrases import Phrases
from dialog.rules import Rules
from dialog.tasks.form import Answer, Asked, Slot
from dialog.tasks.task_state import TaskState
from dialog.values.corrections import correct
from dialog.values.phones import PhoneReading, Refusal, parse_phone, read_back

_NAMED = r"(le |mon |votre )?(numéro|téléphone|portable|mobile)"
_DIGITS = 10


class Phone(Slot):
    """Ten national digits; always read back and confirmed, because one wrong digit loses all."""

    name = "phone"
    fields = ("phone",)
    keyed = True

    def __init__(self, phrases: Phrases, none: Rules, same: Rules) -> None:
        super().__init__(_NAMED)
        self._phrases = phrases
        self._none = none
        self._same = same

    def question(self, asked: Asked) -> str:
        """The calling number is offered once; then it is asked, then the keypad is."""
        task = asked.task
        if task.values.get("phone_part"):
            part = read_back(task.values["phone_part"])
            return self._phrases.say("task_phone_rest", part=part)
        if asked.caller and not task.tries and "caller" not in task.skipped:
            return self._phrases.say("task_phone_same", end=" ".join(asked.caller[-2:]))
        return self._phrases.say("task_phone_keys" if task.tries else "task_phone")

    def parse(self, asked: Asked) -> Answer | None:
        """A number, the calling one, or "je n'en ai pas"."""
        so_far = asked.task.values.get("phone_part", "")
        reading = parse_phone(asked.words.text, (so_far,) if so_far else ())
        if not reading.candidates and so_far:
            reading = parse_phone(asked.words.text)
        if reading.candidates or reading.partials:
            return self._read(reading)
        if asked.caller and "caller" not in asked.task.skipped and not so_far:
            if self._same.covers(asked.words.spoken) or self._same.covers(asked.words.core):
                return Answer({"phone": asked.caller}, self._phrases.say("task_phone_noted"))
            if asked.words.core in ("non", "nan", "non merci", "non pas celui la", "un autre"):
                return Answer({}, skips=("caller",))  # ask for another one
        if self._none.covers(asked.words.spoken) or self._none.covers(asked.words.core):
            return Answer({"phone": ""}, self._phrases.say("task_phone_none"))
        return None

    def _read(self, reading: PhoneReading) -> Answer:
        if reading.candidates:
            values = {"phone": reading.candidates[0]}
            return Answer(values, self.check(values), confirm=True)
        return Answer({"phone_part": reading.partials[0]})

    def check(self, proposed: dict[str, str]) -> str:
        """ "Je répète : 06 12 34 78 90. C'est bien ça ?"."""
        return self._phrases.say("task_phone_check", phone=read_back(proposed.get("phone", "")))

    def refused(self, asked: Asked) -> str:
        """Why these words are no number to call back; empty when nothing is to be said."""
        refusal = parse_phone(asked.words.text).refusal
        if refusal in (Refusal.SPECIAL, Refusal.SHORT, Refusal.FOREIGN):
            return self._phrases.say("task_phone_refused")
        return ""

    def volunteered(self, asked: Asked) -> Answer | None:
        """A whole number said in passing."""
        reading = parse_phone(asked.words.text)
        return self._read(reading) if reading.candidates else None

    def correct(self, asked: Asked) -> Answer | None:
        """ "Non, soixante-dix-huit": the part that was wrong, or the whole number again."""
        old = asked.task.proposed.get("phone") or asked.task.values.get("phone", "")
        if not old:
            return self.parse(asked)
        reading = correct(old, asked.words.text)
        return self._read(reading) if reading.candidates else None

    def keys(self, asked: Asked, digits: str) -> Answer | None:
        """A number on the keypad, in one go."""
        reading = parse_phone(digits)
        return self._read(reading) if reading.candidates else None

    def is_whole(self, digits: str) -> bool:
        """Whether these keys are all there is to come."""
        return len(digits) >= _DIGITS

    def say(self, task: TaskState) -> str:
        """ "06 12 34 78 90"."""
        return read_back(task.values.get("phone", ""))
