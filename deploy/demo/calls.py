"""Makes calls up: when they come, what is asked, what is answered and left. Seeded: no surprise."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from deploy.demo import words
from dialog.answers import sentences
from dialog.hours import Calendar
from dialog.sheets import Sheet
from dialog.town import Town
from dialog.values.streets import Streets
from records import (
    CallDraft,
    Channel,
    Outcome,
    PastCall,
    PastTurn,
    TicketEntry,
    TicketStatus,
    TurnDraft,
)

#: Calls by hour of a weekday, 7 h to 19 h: mornings are full, lunch is quiet.
_HOURS = {
    7: 1,
    8: 7,
    9: 14,
    10: 15,
    11: 12,
    12: 4,
    13: 6,
    14: 11,
    15: 10,
    16: 9,
    17: 6,
    18: 3,
    19: 1,
}
_BY_WEEKDAY = (13, 11, 10, 9, 10, 3, 1)  #: Monday to Sunday
_CALLERS = 4000


@dataclass
class _Talk:
    """A call while it is made up."""

    at: datetime
    turns: list[PastTurn] = field(default_factory=list)
    events: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    tickets: list[tuple[TicketEntry, TicketStatus]] = field(default_factory=list)
    outcome: Outcome = Outcome.HUNG_UP
    target: str = ""
    language: str = "fr"


class Inventor:
    """Invents the calls of one town.

    Args:
        seed: the same seed makes the same calls.
        until: the last instant of the calls, with its zone.
    """

    def __init__(
        self, town: Town, sheets: Sequence[Sheet], streets: Streets, *, seed: int, until: datetime
    ) -> None:
        self._town = town
        self._sheets = [s for s in sheets if s.lang == "fr" and s.questions and not s.national]
        self._titles = {sheet.id: sheet.title for sheet in sheets}
        self._places = streets.places
        self._draw = random.Random(seed)
        self._until = until
        self._calendar = Calendar(town)
        self._lines = [line.number for line in town.lines] or [town.phone]

    def calls(self, count: int, days: int) -> Iterator[PastCall]:
        """So many calls over so many days, the oldest first."""
        first = self._until.date() - timedelta(days=days - 1)
        dates = [first + timedelta(days=at) for at in range(days)]
        weights = [_BY_WEEKDAY[day.weekday()] for day in dates]
        drawn = [self._moment(day) for day in self._draw.choices(dates, weights=weights, k=count)]
        latest = self._until - timedelta(minutes=10)
        week = timedelta(days=7)  # what would be this afternoon was last week's
        for at in sorted(at if at <= latest else at - week for at in drawn):
            yield self._call(at)

    def _moment(self, day: date) -> datetime:
        hour = self._draw.choices(list(_HOURS), weights=list(_HOURS.values()))[0]
        moment = datetime.combine(day, time(hour), self._until.tzinfo)
        return moment + timedelta(seconds=self._draw.randrange(3600))

    def _call(self, at: datetime) -> PastCall:
        talk = _Talk(at)
        caller = words.phone(self._draw.randrange(_CALLERS)) if self._draw.random() > 0.12 else ""
        self._say(
            talk,
            "",
            f"Bonjour, {self._town.greeting_name}. Je suis l'assistant "
            "automatique ; l'appel est transcrit. Que puis-je faire pour vous ?",
            "answer",
        )
        scenes: dict[Callable[[_Talk, str], None], int] = {
            self._answered: 46,
            self._clarified: 9,
            self._unanswered: 8,
            self._passed_on: 11,
            self._message: 8,
            self._report: 7,
            self._appointment: 4,
            self._silent: 5,
            self._english: 1,
            self._emergency: 1,
        }
        scene = self._draw.choices(list(scenes), weights=list(scenes.values()))[0]
        scene(talk, caller)
        ended = talk.at + timedelta(seconds=self._draw.uniform(4, 15))
        return PastCall(
            draft=CallDraft(
                channel=self._draw.choices([Channel.SIP, Channel.WEBRTC, Channel.TEXT], [94, 4, 2])[
                    0
                ],
                line=self._draw.choice(self._lines),
                caller_number=caller,
                language=talk.language,
                started_at=at,
            ),
            ended_at=ended,
            outcome=talk.outcome,
            end_reason="BYE",
            transfer_target=talk.target,
            turns=talk.turns,
            events=talk.events,
            tickets=talk.tickets,
        )

    # -- scenes ------------------------------------------------------------------------------

    def _answered(self, talk: _Talk, caller: str) -> None:
        for _ in range(self._draw.choices([1, 2, 3], [60, 30, 10])[0]):
            self._answer(talk, self._draw.choice(self._sheets))
        self._leave(talk)

    def _clarified(self, talk: _Talk, caller: str) -> None:
        one, other = self._draw.sample(self._sheets, 2)
        asked = f"Parlez-vous de « {one.title} » ou de « {other.title} » ?"
        candidates = ({"sheet": one.id, "score": 0.46}, {"sheet": other.id, "score": 0.41})
        self._say(talk, self._asked(one), asked, "clarify", 0.46, candidates=candidates)
        self._answer(talk, one)
        self._leave(talk)

    def _unanswered(self, talk: _Talk, caller: str) -> None:
        question = self._draw.choice(words.UNKNOWN)
        near = self._draw.sample(self._sheets, 3)
        scores = sorted((self._draw.uniform(0.05, 0.4) for _ in near), reverse=True)
        candidates = tuple(
            {"sheet": sheet.id, "score": round(score, 2)}
            for sheet, score in zip(near, scores, strict=True)
        )
        said = "Je n'ai pas cette information. Voulez-vous laisser un message à la mairie ?"
        self._say(talk, question, said, "out_of_scope", scores[0], candidates=candidates)
        if self._draw.random() < 0.4:
            self._say(talk, "oui d'accord", "À quel nom ?", "message")
            self._left(talk, caller, "message", self._town.default_service, {"subject": question})
        self._leave(talk)

    def _passed_on(self, talk: _Talk, caller: str) -> None:
        service = self._draw.choice(self._town.services)
        wish = self._draw.choice(("Passez-moi", "Je voudrais parler à", "Je peux avoir"))
        said = f"Je vous passe {service.name}. Ne quittez pas."
        self._say(talk, f"{wish} {service.name}", said, "transfer")
        talk.events.append(("transfer_asked", {"service": service.id, "summary": ""}))
        answered = self._draw.random() < 0.72
        talk.outcome = Outcome.TRANSFERRED if answered else Outcome.TRANSFER_FAILED
        talk.target = service.extension if answered else ""
        talk.events.append(
            ("transferred" if answered else "transfer_failed", {"service": service.id})
        )
        if not answered and self._draw.random() < 0.5:
            self._left(
                talk, caller, "message", service.id, {"subject": self._draw.choice(words.MESSAGES)}
            )

    def _message(self, talk: _Talk, caller: str) -> None:
        subject = self._draw.choice(words.MESSAGES)
        service = self._draw.choice([s for s in self._town.services if not s.duty])
        self._say(
            talk, "Je voudrais laisser un message", "Je vous écoute. À quel sujet ?", "message"
        )
        self._say(talk, f"C'est {subject}", "C'est noté. À quel nom ?", "message")
        self._left(talk, caller, "message", service.id, {"subject": subject})
        self._leave(talk)

    def _report(self, talk: _Talk, caller: str) -> None:
        problem, description = self._draw.choice(words.REPORTS)
        self._say(talk, f"Il y a {description}", "À quelle adresse, s'il vous plaît ?", "report")
        fields = {"problem": problem, "description": description}
        if self._places:
            street = self._draw.choice(list(self._places))
            lat, lon = self._draw.choice(self._places[street])
            number = str(self._draw.randrange(1, 40))
            fields |= {"number": number, "place": f"{number} {street}"}
            self._say(talk, f"au {number} {street}", "C'est noté.", "report")
            self._left(talk, caller, "report", "voirie", fields, (lat, lon, street))
        else:
            self._left(talk, caller, "report", "voirie", fields)
        self._leave(talk)

    def _appointment(self, talk: _Talk, caller: str) -> None:
        service, subject = self._draw.choice(words.APPOINTMENTS)
        self._say(talk, f"Je voudrais un rendez-vous pour {subject}", "Quel jour ?", "appointment")
        days = self._draw.choice(words.WISHES)
        self._say(talk, days, "C'est noté. À quel nom ?", "appointment")
        self._left(talk, caller, "appointment", service, {"subject": subject, "days": days})
        self._leave(talk)

    def _silent(self, talk: _Talk, caller: str) -> None:
        talk.outcome = Outcome.HUNG_UP

    def _english(self, talk: _Talk, caller: str) -> None:
        talk.language = "en"
        said = "I will put you through to somebody. Please hold."
        self._say(talk, self._draw.choice(words.ENGLISH), said, "transfer", 0.6)
        talk.outcome = Outcome.TRANSFERRED

    def _emergency(self, talk: _Talk, caller: str) -> None:
        kind, said = self._draw.choice(words.EMERGENCIES)
        reply = "Si quelqu'un est en danger, raccrochez et faites le 15, le 18 ou le 112."
        self._say(talk, said, reply, "emergency")
        talk.events.append(("emergency", {"kind": kind}))

    # -- pieces ------------------------------------------------------------------------------

    def _asked(self, sheet: Sheet) -> str:
        question = self._draw.choice(sheet.questions)
        return f"{self._draw.choice(words.LEADS)}{question}{self._draw.choice(words.TAILS)}"

    def _answer(self, talk: _Talk, sheet: Sheet) -> None:
        spoken = sentences(sheet.sections[0].paragraphs[0])[:3]
        sure = round(min(0.999, self._draw.betavariate(14, 1)), 3)
        others = self._draw.sample(self._sheets, 2)
        candidates = [{"sheet": sheet.id, "score": sure}]
        candidates += [{"sheet": other.id, "score": round((1 - sure) * 0.4, 3)} for other in others]
        cut = self._draw.random() < 0.12 and len(spoken) > 1
        self._say(
            talk,
            self._asked(sheet),
            " ".join(spoken),
            "answer",
            sure,
            sheet=sheet,
            said=tuple(spoken),
            candidates=candidates,
            played=spoken[0] if cut else None,
        )

    def _left(
        self,
        talk: _Talk,
        caller: str,
        kind: str,
        service: str,
        fields: dict[str, str],
        place: tuple[float, float, str] | None = None,
    ) -> None:
        name = f"{self._draw.choice(words.FIRST_NAMES)} {self._draw.choice(words.LAST_NAMES)}"
        phone = caller or words.phone(self._draw.randrange(_CALLERS))
        complete = self._draw.random() > 0.06
        if kind != "report":
            fields = {**fields, "name": name, "phone": f"0{phone[3:]}"}
            self._say(talk, name, "Votre demande est enregistrée. Une autre question ?", kind)
        age = (self._until - talk.at).days
        done = self._draw.random() < min(0.97, 0.25 + age * 0.16)
        begun = self._draw.random() < 0.4
        status = TicketStatus.CLOSED if done else TicketStatus.OPEN
        if not done and begun:
            status = TicketStatus.IN_PROGRESS
        known = self._town.service(service)
        due = self._calendar.working_days_after(
            known, talk.at.date(), self._town.callback_working_days
        )
        lat, lon, street = place if place else (None, None, "")
        talk.tickets.append(
            (
                TicketEntry(
                    call_id=None,
                    kind=kind,
                    reference=str(self._draw.randrange(100_000, 1_000_000)),
                    service=known.id,
                    fields=fields,
                    due_on=due,
                    complete=complete,
                    lat=lat,
                    lon=lon,
                    street=street,
                ),
                status,
            )
        )

    def _leave(self, talk: _Talk) -> None:
        if self._draw.random() < 0.6:
            self._say(talk, "Non merci, au revoir", "Au revoir, bonne journée.", "goodbye")
            talk.outcome = Outcome.COMPLETED

    def _say(
        self,
        talk: _Talk,
        heard: str,
        reply: str,
        action: str,
        confidence: float = 1.0,
        *,
        sheet: Sheet | None = None,
        said: tuple[str, ...] = (),
        candidates: Sequence[dict[str, object]] = (),
        played: str | None = None,
    ) -> None:
        stages = {
            "stt": self._draw.uniform(160, 520),
            "search": self._draw.uniform(15, 60),
            "decide": self._draw.uniform(30, 120),
            "voice_to_voice": self._draw.gauss(760, 170),
        }
        talk.turns.append(
            PastTurn(
                draft=TurnDraft(
                    number=0 if not talk.turns else None,
                    started_at=talk.at,
                    heard=heard,
                    heard_confidence=round(self._draw.uniform(0.62, 0.98), 2) if heard else None,
                    language=talk.language,
                    reply=reply,
                    action=action,
                    sheet_id=sheet.id if sheet else "",
                    sheet_version=sheet.version if sheet else "",
                    sentences=said,
                    confidence=round(confidence, 3),
                    candidates=candidates,
                    timings={name: round(ms, 1) for name, ms in stages.items()} if heard else {},
                ),
                played=reply if played is None else played,
                interrupted=played is not None,
            )
        )
        talk.at += timedelta(seconds=4 + len(heard) / 14 + len(played or reply) / 14)
