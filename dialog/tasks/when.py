"""When the caller can be called back, or would like to come."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from dialog.hours import MONTHS
from dialog.intents import Words
from dialog.phrases import Phrases
from dialog.rules import Rules
from dialog.search.normalise import fold
from dialog.tasks.form import Answer, Asked, Slot
from dialog.town import WEEKDAYS
from dialog.values.moments import parse_moment, without_busy

_NAMED = r"""
(le |l'|la )?(moment|jour|jours|heure|horaire|date)( de rappel)?
(rappelez|rappeler) moi (plutôt )?
"""
_DAY = rf"(?:{'|'.join(WEEKDAYS)}|demain)"
#: between two moments; "entre 14 et 16 heures" is one
_OR = re.compile(rf"\b(?:ou bien|ou sinon|ou|sinon)\b|\bet\b(?=\s+(?:le\s+)?{_DAY})", re.IGNORECASE)
_EXCEPT = re.compile(r"\b(?:sauf|hormis|à part|excepté)\b", re.IGNORECASE)
_DAYS = Rules(rf"({'|'.join(WEEKDAYS)}|demain|semaine prochaine|matin|après midi|soir)")
_ONLY_DAYS = Rules(
    rf"({'|'.join(WEEKDAYS)}|{'|'.join(MONTHS)}|demain|après|avant|semaine|prochaine?|matin|matinée|"
    r"midi|soir|soirée|après midi|le|la|les|l'|en|dans|de|du|d'|vers|à|au|ou|et|bien|plutôt|si|"
    r"possible|fin|début|milieu|entre|heures?|h|\d+|premier|oui|ben|bah|euh|alors|c'est|ce serait|"
    r"n'importe|quel|jour|sauf|pas|je|préfère|préférerais|moi|m'arrange|s'il|vous|plaît|merci)"
)
#: a day told with the wish itself; a date may be that of what it is about
_WHEN_TOLD = re.compile(
    r"\b(?:rendez vous|rdv|rappel\w*|recontact\w*|contact\w*|venir|passer)\b.{0,90}?"
    r"(?<!\bdu )(?<!\bde )(?<!\bdes )\b(?P<when>(?:apres |plutot |des )?(?:(?:le |ce |cet |la |l )?"
    rf"(?:{'|'.join(WEEKDAYS)}|demain)|(?:la|cette|en fin de|en debut de) semaine|ce soir|"
    r"(?:le|dans la) (?:matin|matinee|soir)|(?:l |cet )?apres midi)\b.*)"
)
#: a date right after it; behind "pour" it is that of what it is about
_DATE_TOLD = re.compile(
    r"\b(?:rendez vous|rdv)\b(?:(?!\bpour\b).){0,60}?\b(?P<when>le \d{1,2}(?: er)? "
    rf"(?:{'|'.join(map(fold, MONTHS))})\b.*)"
)
_OTHER = re.compile(
    r"\b(?:pour|au sujet|concernant|a propos|mon numero|le numero|mon nom|je m appelle|je suis|"
    r"c est)\b"
)
_MONTH = re.compile(rf"\b(?:{'|'.join(MONTHS)})\b", re.IGNORECASE)
_BARE_DATE = re.compile(r"[\s,]*(?:bien\s+)?le\s+(?P<number>\d{1,2})[\s,.]*", re.IGNORECASE)
_PHONE = re.compile(r"\+?\d[\d .-]{7,}\d")
_WHENEVER = re.compile(
    r"(?:(?:oh|ben|bah|euh|ah|moi) )*"
    r"(?:quand (?:vous|il|elle|ils|elles|on|tu) (?:voulez|veut|veulent|veux|pouvez|"
    r"peut|peuvent|aurez|aura|auront)(?: le temps)?|n importe quand|peu importe|"
    r"quand ca vous arrange|comme vous voulez|a n importe quel moment)"
)
#: "un mercredi": any of them, and no date
_SOME = re.compile(
    r"(?:(?:oui|ben|bah|euh|alors|plutot|ce serait|si possible|je preferais|je prefererais"
    rf"|je prefere|c est) )*(?:un|les|tous les) (?P<day>{'|'.join(WEEKDAYS)})s?"
    r"(?: (?P<part>matin|apres midi|soir|midi))?s?(?: (?:si possible|s il vous plait|merci))*"
)
_PARTS = {"matin": "matin", "apres midi": "après-midi", "soir": "soir", "midi": "midi"}
_ANY_TIME = "à n'importe quel moment"


class When(Slot):
    """Days and parts of days, never a slot that the town would have to keep."""

    def __init__(
        self, phrases: Phrases, none: Rules, unsure: Rules, *, name: str, question: str
    ) -> None:
        super().__init__(_NAMED)
        self.name = name
        self.fields = (name, f"{name}_first", f"{name}_last")
        self._phrases = phrases
        self._none = none
        self._unsure = unsure
        self._question = question

    def question(self, asked: Asked) -> str:
        """Open first, then with a hint."""
        return self._phrases.say("task_when_again" if asked.task.tries else self._question)

    def parse(self, asked: Asked) -> Answer | None:
        """A moment; "peu importe" is one."""
        if values := self._moments(asked):
            said = values[self.name]
        elif (
            _WHENEVER.fullmatch(asked.words.spoken)
            or self._none.covers(asked.words.core)
            or self._unsure.covers(asked.words.core)
        ):
            said, values = _ANY_TIME, {self.name: _ANY_TIME}
        else:
            return None
        return Answer(values, self._phrases.say("task_when_is", when=said))

    def volunteered(self, asked: Asked) -> Answer | None:
        """ "Rappelez-moi demain matin", "un rendez-vous mardi": next to what it is about."""
        told = self._told(asked)
        if not (told or self.named.search(asked.words.spoken)):
            return None
        values = self._moments(_with(asked, told) if told else asked)
        return Answer(values) if values else None

    @staticmethod
    def _told(asked: Asked) -> str:
        """The words of the first sentence, or of one with a number, that say when."""
        task = asked.task
        if task.asking and not (task.asking == "phone" and _PHONE.search(asked.words.text)):
            return ""
        if task.asking:
            rest = _PHONE.sub(" ", asked.words.text)
            return rest if _DAYS.search(Words.of(rest).spoken) else ""
        spoken = Words.of(_PHONE.sub(" ", asked.words.text)).spoken
        found = _DATE_TOLD.search(spoken) or _WHEN_TOLD.search(spoken)
        return _OTHER.split(found["when"], maxsplit=1)[0].strip() if found else ""

    def whole(self, asked: Asked) -> Answer | None:
        """ "Mardi ou jeudi matin", where the subject was asked."""
        if _WHENEVER.fullmatch(asked.words.spoken):
            return self.parse(asked)
        if not _DAYS.search(asked.words.spoken) or _ONLY_DAYS.without(asked.words.spoken):
            return None
        values = self._moments(asked)
        if not values:
            return None
        return Answer(values, self._phrases.say("task_when_is", when=values[self.name]))

    def _moments(self, asked: Asked) -> dict[str, str]:
        """One moment, or several ("mardi ou jeudi matin"), with the dates they fall on.

        The words are as the caller hears them ("demain matin"); who reads the ticket on another
        day needs the dates.
        """
        text = without_busy(asked.words.text)
        if some := _SOME.fullmatch(asked.words.spoken):
            return {
                self.name: " ".join(
                    filter(None, ("un", some["day"], _PARTS.get(some["part"] or "")))
                )
            }
        split = [text] if _EXCEPT.search(text) else _OR.split(text)
        parts = [parse_moment(part, asked.at) for part in _same_month(split)]
        found = [part for part in parts if part is not None]
        if len(found) < len(parts):
            whole = parse_moment(text, asked.at)
            found = [whole] if whole is not None else []
        today = asked.at.date()
        found = [one for one in found if one.days is None or one.days.last >= today]
        days = [moment.days for moment in found if moment.days is not None]
        values = {self.name: " ou ".join(moment.said for moment in found)} if found else {}
        if days:
            values[f"{self.name}_first"] = min(day.first for day in days).isoformat()
            values[f"{self.name}_last"] = max(day.last for day in days).isoformat()
        return values


def _same_month(parts: Sequence[str]) -> list[str]:
    """ "Le 14 janvier ou le 15": the month holds for the second one too."""
    said, month = list[str](), ""
    for part in parts:
        named = _MONTH.search(part)
        month = named.group() if named else month
        bare = _BARE_DATE.fullmatch(part) if month and not named else None
        said.append(f"le {bare['number']} {month}" if bare else part)
    return said


def _with(asked: Asked, text: str) -> Asked:
    return replace(asked, words=Words.of(text))
