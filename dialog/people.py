"""Passing a caller to a person: in opening hours the call is transferred, else told when."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from dialog.decision import Decision, Turn, say
from dialog.directory import Directory
from dialog.hours import Calendar, say_week
from dialog.intents import Intents
from dialog.persons import Asked, Persons
from dialog.phrases import Phrases
from dialog.reply import Action, Reply
from dialog.sheets import Sheet
from dialog.state import State
from dialog.town import Person, Service, Town
from dialog.values.phones import national

FEW_WEEK_WORDS = 13  #: of hours that are said beside much else
MOST_WEEK_WORDS = 30  #: of hours that are said beside something else
MOST_CHOICES = 3  #: people of one name that are named
_VAGUE_WORDS = 3  #: "je sais pas": somebody else will know; a longer turn is another request
_FEW_WORDS = 5  #: "la première, s'il vous plaît"; a longer turn may be something else
ORDINALS = (
    re.compile(r"\b(?:un|une|1|premier|premiere|1er|1ere)\b"),
    re.compile(r"\b(?:deux|2|deuxieme|second|seconde)\b"),
    re.compile(r"\b(?:trois|3|troisieme|dernier|derniere)\b"),
)
MOST_IN_A_ROW, MOST_IN_TOTAL = 2, 3  #: misunderstandings before a person (requirements P02)


class People:
    """Who can take a call, and how a caller asks for them."""

    def __init__(self, town: Town, calendar: Calendar, intents: Intents, phrases: Phrases) -> None:
        self._town = town
        self._calendar = calendar
        self._intents = intents
        self._phrases = phrases
        self.persons = Persons(town)
        self.directory = Directory(town, intents, self.persons)

    def decide(self, turn: Turn, sheet: Sheet | None) -> Decision | None:
        """Pass the call when a person or a service is asked for.

        Args:
            sheet: the one last spoken; "passez-moi le service" means its service.
        """
        if (asked := self.persons.asked(turn.words)) is not None:
            return self._to_asked(asked, turn)
        if self._intents.is_("elected", turn.words):
            return self.pass_to(self._for_elected(turn.state), turn.state, turn.at)
        relay = self._intents.is_("person", turn.words)  # "ici le centre relais": a caller (P03)
        if self._intents.is_("deaf_access", turn.words) and not relay:
            return self._deaf_access(turn)
        if service := self.directory.wanted(turn.words):
            return self.pass_to(service, turn.state, turn.at)
        if not self._intents.is_("person", turn.words):
            return None
        named = self.directory.named(turn.words)
        if named is None and sheet is not None and "service" in turn.words.spoken.split():
            named = self._town.service(sheet.service)
        return self.pass_to(named or self.default(turn.state), turn.state, turn.at)

    def default(self, state: State) -> Service:
        """The service of the dialled line, or the town's front desk."""
        return self._town.service(state.line_service)

    def phone(self, service: Service) -> str:
        """The number of a service, or the front desk's."""
        return service.phone or self._town.phone

    def town_service(self, service_id: str) -> Service:
        """The service with this id, or the front desk."""
        return self._town.service(service_id)

    def duty(self, at: datetime) -> Service | None:
        """Who takes an emergency at this hour: the duty post, else an open front desk."""
        posts = [s for s in self._town.services if s.duty]
        posts.append(self._town.service(self._town.default_service))
        return next(
            (s for s in posts if s.extension and (s.duty or self._calendar.is_open(s, at))), None
        )

    def pass_to(
        self, service: Service, state: State, at: datetime, *, lead: str = "transfer"
    ) -> Decision:
        """Transfer to a service when it is open, else say when and how it is reached.

        Args:
            lead: phrase said before a transfer; "transfer_failures" also changes the refusal.
        """
        phone = service.phone or self._town.phone
        gave_up = lead == "transfer_failures"
        if self._calendar.is_open(service, at):
            if service.extension:
                return self._transfer(service, state, lead)
            text = self._phrases.say("transfer_number", service=service.name, phone=phone)
            return say(state, Action.TRANSFER, text)
        opening = self._calendar.say_next(service, at)
        name = "failures_closed" if gave_up else "transfer_closed"
        text = self._phrases.say(
            name if opening else f"{name}_unknown",
            service=service.name,
            phone=phone,
            opening=opening,
        )
        return self._offer_message(say(state, Action.TRANSFER, text, fixed=False), service)

    # -- people by name ----------------------------------------------------------------------

    def chosen(self, turn: Turn) -> Decision | None:
        """The answer to "plusieurs personnes portent ce nom"; None: something else was said."""
        people = self._choices(turn.state)
        if not people:
            return None
        for number, rule in enumerate(ORDINALS[: len(people)]):
            said = rule.search(turn.words.core)
            longest = _FEW_WORDS if said and len(said[0]) > len("trois") else 2
            if said and turn.words.count <= longest:  # "un passeport" is not the first one
                return self._to_person(people[number], turn)
        if (one := self.persons.one_of(turn.words, people)) is not None:
            return self._to_person(one, turn)
        if turn.words.count > _VAGUE_WORDS:
            return None
        return self.pass_to(self.default(turn.state), turn.state, turn.at)

    def key(self, turn: Turn, digit: str) -> Decision | None:
        """1, 2 and 3 after the same question."""
        people = self._choices(turn.state)
        if not digit.isdigit() or not 0 < int(digit) <= len(people):
            return None
        return self._to_person(people[int(digit) - 1], turn)

    def _choices(self, state: State) -> list[Person]:
        if state.awaiting != "people":
            return []
        by_name = {one.called: one for one in self._town.people}
        return [by_name[name] for name in state.choices if name in by_name]

    def _to_asked(self, asked: Asked, turn: Turn) -> Decision:
        if not asked.people:
            named = self.directory.named(turn.words)
            return self._unknown(named or self.default(turn.state), turn)
        if len(asked.people) == 1:
            return self._to_person(asked.people[0], turn)
        people = asked.people[:MOST_CHOICES]
        said = [f"{one.called}, {self._town.service(one.service).name}" for one in people]
        text = self._phrases.say("person_which", people=" ; ou ".join(said))
        decision = say(turn.state, Action.CLARIFY, text, fixed=False, awaiting="people")
        choices = tuple(one.called for one in people)
        return replace(decision, state=replace(decision.state, choices=choices))

    def _unknown(self, service: Service, turn: Turn) -> Decision:
        """A name that is not in the directory: the front desk, or a message for it."""
        passed = self.pass_to(service, turn.state, turn.at, lead="person_unknown")
        if passed.reply.transfer_to:
            return passed
        text = f"{self._phrases.say('person_not_found')} {passed.reply.say}"
        reply = replace(passed.reply, say=text, fixed=False)
        return Decision(reply, replace(passed.state, reply=text))

    def _to_person(self, person: Person, turn: Turn) -> Decision:
        """The person's own extension in the hours of the service; else a message for it."""
        service = self._town.service(person.service)
        if self._calendar.is_open(service, turn.at) and (person.extension or service.extension):
            text = self._phrases.say("person_transfer", person=person.called, service=service.name)
            after = replace(turn.state.settled(), reply=text, reply_sheet="", service=service.id)
            reply = Reply(Action.TRANSFER, text, transfer_to=service.id, extension=person.extension)
            return Decision(reply, after)
        opening = self._calendar.say_next(service, turn.at)
        if self._calendar.is_open(service, turn.at) or not opening:
            return self.pass_to(service, turn.state, turn.at)
        text = self._phrases.say(
            "person_closed",
            person=person.called,
            service=service.name,
            opening=opening,
            phone=self.phone(service),
        )
        said = say(turn.state, Action.TRANSFER, text, fixed=False)
        return self._offer_message(said, service)

    def _for_elected(self, state: State) -> Service:
        return self._town.service(self._town.elected_service or state.line_service)

    # -- deaf callers ------------------------------------------------------------------------

    def relay(self, caller: str, state: State, name: str, at: datetime) -> Decision | None:
        """A relay service calls for a deaf person: straight to somebody (requirements P03).

        Args:
            caller: the calling number, ten national digits.
            name: of the town hall, as the greeting says it.
        """
        numbers = {national(_digits(number)) for number in self._town.relay_numbers}
        service = self.default(state)
        if not caller or caller not in numbers or not service.extension:
            return None
        if not self._calendar.is_open(service, at):
            return None
        text = self._phrases.say("relay", name=name, service=service.name)
        after = replace(state, reply=text, service=service.id)
        return Decision(Reply(Action.TRANSFER, text, transfer_to=service.id, fixed=True), after)

    def _deaf_access(self, turn: Turn) -> Decision:
        if self._town.deaf_access:
            text = self._phrases.say("deaf_access", access=self._town.deaf_access)
        else:
            where = self._town.address or self._town.name
            text = self._phrases.say("deaf_access_none", address=where, phone=self._town.phone)
        return say(turn.state, Action.ANSWER, text)

    def how_to_reach(self, service: Service, at: datetime) -> str:
        """The number of a service, its week when that is short, and when it opens next."""
        week = "" if service.duty else _short_week(service, FEW_WEEK_WORDS)
        opening = (
            "" if self._calendar.is_open(service, at) else self._calendar.say_next(service, at)
        )
        name = "reach_week" if week else "reach"
        text = self._phrases.say(name, service=service.name, phone=self.phone(service), week=week)
        again = self._phrases.say("reach_opening", opening=opening) if opening else ""
        return f"{text} {again}".strip()

    @staticmethod
    def _offer_message(decision: Decision, service: Service) -> Decision:
        """A "oui" to this reply leaves a message for the service."""
        after = replace(decision.state, awaiting="message", service=service.id)
        return replace(decision, state=after)

    def _transfer(self, service: Service, state: State, lead: str) -> Decision:
        text = self._phrases.say(lead, service=service.name)
        after = replace(state.settled(), reply=text, reply_sheet="", service=service.id)
        return Decision(Reply(Action.TRANSFER, text, transfer_to=service.id, fixed=True), after)

    def misunderstood(self, decision: Decision, state: State, at: datetime) -> Decision:
        """The decision after a misunderstanding, or a person when there were too many."""
        failed = state.failed()
        if failed.failures < MOST_IN_A_ROW and failed.failures_total < MOST_IN_TOTAL:
            counted = replace(
                decision.state, failures=failed.failures, failures_total=failed.failures_total
            )
            return replace(decision, state=counted)
        passed = self.pass_to(self.default(state), failed, at, lead="transfer_failures")
        kept = replace(passed.state, failures_total=failed.failures_total)
        reply = replace(
            passed.reply,
            candidates=decision.reply.candidates,
            confidence=decision.reply.confidence,
        )
        return Decision(reply, kept)

    def not_reached(self, state: State, at: datetime) -> Decision:
        """Nobody took the transferred call: give the number and offer a message."""
        service = self._town.service(state.service)
        week = _short_week(service)
        text = self._phrases.say(
            "transfer_failed_hours" if week and not service.duty else "transfer_failed",
            service=service.name,
            phone=service.phone or self._town.phone,
            week=week,
        )
        return self._offer_message(say(state, Action.TRANSFER, text), service)

    def transfer_sentences(self) -> list[str]:
        """What is said before each possible transfer."""
        return [
            self._phrases.say("transfer", service=service.name)
            for service in self._town.services
            if service.extension
        ]


def _short_week(service: Service, most: int = MOST_WEEK_WORDS) -> str:
    """The hours of the week, where a caller can remember them (P09); else nothing."""
    week = say_week(service)
    return week if len(week.split()) <= most else ""


def _digits(number: str) -> str:
    return "".join(c for c in number if c.isdigit() or c == "+")
