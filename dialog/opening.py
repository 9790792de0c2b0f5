"""Opening hours and numbers of services, from the town's configuration (rule 1 of the design)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, time, timedelta

from dialog.decision import Decision, Turn, say
from dialog.directory import Directory
from dialog.hours import Calendar, say_day, say_spans, say_time, say_week
from dialog.intents import Intents
from dialog.phrases import Phrases
from dialog.reply import Action
from dialog.search.normalise import terms
from dialog.town import WEEKDAYS, Service, Span, Town

NOON, AFTERNOON, EVENING = time(12), time(13), time(18)
_DAY = re.compile(rf"\b({'|'.join(WEEKDAYS)})s?\b")
_ABOUT_US = frozenset(
    terms(
        "ouvert ouvrez fermé fermez horaires heure jour matin soir midi mairie "
        "aujourd'hui demain maintenant service accueil public ouverture venir "
        "passer encore actuellement moment semaine ouvre ferme rouvre rouvrez alors "
        "reviennent revient revenez reprennent retour "
        "horard oraire"  # "horaires" as it is misheard
    )
)


_NUMBER = frozenset(
    terms(
        "numéro téléphone coordonnées contact joindre contacter appeler direct directe ligne "
        "service bureau donner redonner celui celle quoi s'il vous plaît connaître"
    )
)
_WHEN = re.compile(r"\b(?:quelle heure|quelles heures|jusqu a quand|quels horaires)\b")
_AND = re.compile(r"^(?:ok |d accord |tres bien |bon |oui )?(?:et|sinon)\b")


class Opening:
    """Says whether a service is open, today or on a named day."""

    def __init__(
        self,
        town: Town,
        calendar: Calendar,
        directory: Directory,
        intents: Intents,
        phrases: Phrases,
    ) -> None:
        self._town = town
        self._calendar = calendar
        self._directory = directory
        self._intents = intents
        self._phrases = phrases

    def decide(self, turn: Turn) -> Decision | None:
        """Answer from the configuration, or None when this is not about the town hall's hours."""
        service = self._about(turn)
        if service is None:
            return None
        text = self._moment(turn, service) or self._week(service)
        return self._say(turn, service, text) if text else None

    def of_office(self, turn: Turn) -> Decision | None:
        """The same for one named office and one day: no sheet says it better."""
        service = self._about(turn)
        named = self._directory.office(turn.words) is not None or self._goes_on(turn)
        text = self._moment(turn, service) if service is not None and named else ""
        if service is not None and not text and self._just_closed(turn):
            text = self._week(service)  # "et ça ouvre quand ?" after "le CCAS ne répond pas"
        return self._say(turn, service, text) if service is not None and text else None

    def lead(self, turn: Turn) -> str:
        """What the configuration knows of right now, to say before a sheet's own hours."""
        service = self._about(turn)
        relative = any(self._intents.when(w, turn.words) for w in ("now", "today", "tomorrow"))
        return self._moment(turn, service) if service is not None and relative else ""

    def phone(self, turn: Turn) -> Decision | None:
        """The number of a named office, when nothing else is asked, "et celui du CCAS ?" too."""
        office = self._directory.office(turn.words)
        asked = "Contact" in self._intents.aspects(turn.words) or self.phone_goes_on(turn)
        if office is None or not asked:
            return None
        known = _NUMBER | set(terms(" ".join((office.name, *office.names))))
        if any(t not in known for t in terms(turn.words.core)):
            return None
        phone = office.phone or self._town.phone
        text = self._phrases.say("reach", service=office.name, phone=phone)
        decision = say(turn.state, Action.ANSWER, text, fixed=False)
        return replace(decision, state=replace(decision.state, aspects=("Contact",)))

    def phone_goes_on(self, turn: Turn) -> bool:
        """Whether the turn goes on from a question about a number: "et la voirie ?"."""
        asked = "Contact" in turn.state.aspects
        return asked and _AND.match(turn.words.spoken) is not None

    @staticmethod
    def _say(turn: Turn, service: Service, text: str) -> Decision:
        decision = say(turn.state, Action.ANSWER, text, fixed=False)
        return replace(decision, state=replace(decision.state, hours_of=service.id))

    def _goes_on(self, turn: Turn) -> bool:
        """ "Et demain ?" after a question about the hours of an office."""
        return (bool(turn.state.hours_of) and self._dated(turn)) or self._just_closed(turn)

    def _just_closed(self, turn: Turn) -> bool:
        """Whether hours are asked right after a service was said to be closed."""
        offered = turn.state.awaiting == "message" and bool(turn.state.service)
        goes_on = _AND.match(turn.words.spoken) is not None and self._dated(turn)
        return offered and (goes_on or self._intents.when("asks_hours", turn.words))

    def _dated(self, turn: Turn) -> bool:
        """Whether a day is named, or now."""
        asked = any(self._intents.when(w, turn.words) for w in ("now", "today", "tomorrow"))
        return asked or _DAY.search(turn.words.spoken) is not None

    def _about(self, turn: Turn) -> Service | None:
        """The service whose hours are asked, when nothing else is."""
        goes_on = self._goes_on(turn)
        if not goes_on and not self._intents.when("asks_hours", turn.words):
            return None
        if self._directory.named(turn.words) and not self._directory.office(turn.words):
            return None
        office = self._directory.office(turn.words)
        known = set(terms(" ".join((*WEEKDAYS, *((office.name, *office.names) if office else ())))))
        if any(t not in known | _ABOUT_US for t in terms(turn.words.text)):
            return None
        last = turn.state.hours_of or turn.state.service
        default = last if goes_on else turn.state.line_service
        return office or self._town.service(default)

    def _moment(self, turn: Turn, service: Service) -> str:
        """Now, or the day that was named."""
        today = self._calendar.local(turn.at).date()
        if self._intents.when("tomorrow", turn.words):
            return self._on(service, today + timedelta(days=1), turn)
        if self._intents.when("now", turn.words):
            return self._now(service, turn)
        if self._intents.when("today", turn.words):
            return self._on(service, today, turn)
        if named := _DAY.search(turn.words.spoken):
            ahead = (WEEKDAYS.index(named[1]) - today.weekday()) % 7
            return self._on(service, today + timedelta(days=ahead), turn)
        return ""

    def _now(self, service: Service, turn: Turn) -> str:
        now = self._calendar.local(turn.at)
        for span in self._calendar.day(service, now.date()).spans:
            if span.start <= now.time() < span.end:
                until = say_time(span.end)
                return self._phrases.say("open_now", service=service.name, until=until)
        opening = self._calendar.say_next(service, turn.at)
        name = "closed_now" if opening else "closed_unknown"
        return self._phrases.say(name, service=service.name, opening=opening)

    def _on(self, service: Service, day: date, turn: Turn) -> str:
        today = self._calendar.local(turn.at).date()
        spans = self._calendar.day(service, day).spans
        said = say_day(day, today)
        if spans:
            if _WHEN.search(turn.words.spoken):  # no oui or non to "à quelle heure ?"
                spoken_spans = say_spans(spans)
                return self._phrases.say(
                    "open_day_at", service=service.name, day=said, spans=spoken_spans
                )
            name = "open_day" if _in_part(turn.words.spoken, spans) else "closed_part"
            return self._phrases.say(name, service=service.name, day=said, spans=say_spans(spans))
        opening = self._calendar.say_next(service, turn.at)
        name = "closed_day" if opening else "closed_unknown"
        return self._phrases.say(name, service=service.name, day=said, opening=opening)

    def _week(self, service: Service) -> str:
        week = say_week(service)
        return self._phrases.say("open_week", service=service.name, week=week) if week else ""


def _in_part(words: str, spans: tuple[Span, ...]) -> bool:
    """Whether a day's periods reach the part of the day that was asked for."""
    if "apres midi" in words or "tantot" in words:
        return any(span.end > AFTERNOON for span in spans)
    if " soir" in words:
        return any(span.end > EVENING for span in spans)
    if "matin" in words:
        return any(span.start < NOON for span in spans)
    if "entre midi" in words:
        return any(span.start <= NOON and span.end > AFTERNOON for span in spans)
    return True
