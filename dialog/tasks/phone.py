"""The number to call back: the calling one confirmed, dictated, or keyed."""

from __future__ import annotations

import re

from dialog.phrases import Phrases
from dialog.rules import Rules
from dialog.tasks.form import Answer, Asked, Slot
from dialog.tasks.task_state import TaskState
from dialog.values.corrections import correct
from dialog.values.phones import PhoneReading, Refusal, parse_phone, read_back

_NAMED = r"(le |mon |votre )?(numéro|téléphone|portable|mobile)"
_HOUR = re.compile(r"\b\d{1,2} ?(?:h|heures?)\b")
_DIGITS = 10
_MOST_BESIDE = 5  #: words beside a part of a number
#: said of the calling number that was offered: another one is meant
_NOT_THIS = r"pas (sur |à |au )?(celui( ci| là)?|ce numéro( là| ci)?|ce téléphone( là)?)"
_OTHER = (
    r"((un|à un|sur un) autre( numéro| téléphone)?|(sur|à|au|le|avec) "
    r"(le |mon |un |numéro (de |du )?)?(fixe|portable|mobile|autre( numéro)?)( de .{0,30})?)"
)
#: whose telephone it is, after "non"
_OTHERS = Rules(r"(c'est|ça c'est|celui de|le (téléphone|portable|numéro|fixe) (de|du|d')) .{1,40}")
_WHY = r"( c'est (pas|plus) (le mien|mon .{0,20})| je (vous en )?(donne|préfère|vais) .{0,40})?"
_ANOTHER = Rules(
    (
        rf"((ah|ben|euh|mais) )*(non|nan)( non| merci)*( {_NOT_THIS})?{_WHY}",
        rf"((ah|ben|euh|mais|non|nan|oui|plutôt|je préfère|je préférerais) )*{_OTHER}{_WHY}",
        rf"((ah|ben|euh|mais|non|nan) )*{_NOT_THIS}{_WHY}",
    )
)
_NUMERAL = Rules(
    r"(\d+|zéros?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|"
    r"seize|vingts?|trente|quarante|cinquante|soixante|septante|huitante|octante|nonante|un)"
)
#: what surrounds a number, and its own words
_LEADING = Rules(
    r"(mon|le|ma|c'est|est|numéro|téléphone|portable|fixe|mobile|donc|alors|oui|euh|et|de|du|au|à|"
    r"sur|ben|bah|voilà|vous|pouvez|me|m'|moi|rappelez|rappeler|joindre|au|joignable|je suis|"
    r"s'il|plaît|merci|plus|deux|fois|double|triple|zéros?|un|trois|quatre|cinq|six|sept|huit|neuf|"
    r"dix|onze|douze|treize|quatorze|quinze|seize|vingts?|trente|quarante|cinquante|soixante|"
    r"septante|huitante|octante|nonante|cent|\d+)"
)


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
        more = any(len(part) > len(so_far) for part in reading.partials)
        if not reading.candidates and so_far and not more:
            reading = parse_phone(asked.words.text)
        if reading.candidates or (reading.partials and self._dictates(asked)):
            return self._read(reading)
        if asked.caller and "caller" not in asked.task.skipped and not so_far:
            if self._same.covers(asked.words.spoken) or self._same.covers(asked.words.core):
                return Answer({"phone": asked.caller}, self._phrases.say("task_phone_noted"))
            other = _OTHERS.search(asked.words.spoken) and asked.words.spoken.startswith("non ")
            if other or _ANOTHER.covers(asked.words.spoken) or _ANOTHER.covers(asked.words.core):
                return Answer({}, skips=("caller",))  # ask for another one
        if self._none.covers(asked.words.spoken) or self._none.covers(asked.words.core):
            return Answer({"phone": ""}, self._phrases.say("task_phone_none"))
        return None

    def whole(self, asked: Asked) -> Answer | None:
        """A number and no more than the words that lead to it."""
        if self._none.covers(asked.words.core) and self.named.search(asked.words.spoken):
            return Answer({"phone": ""}, self._phrases.say("task_phone_none"))
        given = self.volunteered(asked)
        return given if given and not _LEADING.without(asked.words.spoken) else None

    @staticmethod
    def _dictates(asked: Asked) -> bool:
        """Whether digits are what is said, and not "deux" in a sentence about other things."""
        return len(_LEADING.without(asked.words.spoken).split()) <= _MOST_BESIDE

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
        if not _NUMERAL.search(asked.words.spoken):
            return None  # "une déclaration" corrects no digit
        if _HOUR.search(asked.words.spoken) and not parse_phone(asked.words.text).candidates:
            return None  # "après 17h" tells when to call, no digits
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
