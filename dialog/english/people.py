"""Passing an English-speaking caller to a person, in the hours of `dialog.people`."""

from __future__ import annotations

from dataclasses import replace

from dialog.decision import Decision, Turn
from dialog.english.speech import Speech
from dialog.english.times import say_next
from dialog.hours import Calendar
from dialog.intents import Intents, Words
from dialog.people import MOST_IN_A_ROW, MOST_IN_TOTAL, People
from dialog.reply import Action
from dialog.rules import Rules
from dialog.sheets import Sheet
from dialog.town import Service, Town


class EnglishPeople:
    """Who takes the call of somebody who speaks English. Holds nothing of any call.

    Args:
        departments: rules for what callers call an office -> its name in the configuration.
    """

    def __init__(
        self,
        town: Town,
        calendar: Calendar,
        people: People,
        intents: Intents,
        speech: Speech,
        departments: dict[str, str],
    ) -> None:
        self._town = town
        self._calendar = calendar
        self._people = people
        self._intents = intents
        self._speech = speech
        self._departments = [(Rules(rule), name) for rule, name in departments.items()]

    def decide(self, turn: Turn, sheet: Sheet | None) -> Decision | None:
        """Pass the call when a person is asked for.

        Args:
            sheet: the one last spoken; its service is meant when none is named.
        """
        if not self._intents.is_("person", turn.words):
            return None
        return self.pass_to(turn, self.named(turn, sheet))

    def named(self, turn: Turn, sheet: Sheet | None) -> Service | None:
        """The department that the caller names, or the one of the sheet just spoken."""
        name = next((n for rule, n in self._departments if rule.search(turn.words.spoken)), "")
        if name:
            return self._people.directory.named(Words.of(name))
        return self._people.town_service(sheet.service) if sheet else None

    def pass_to(self, turn: Turn, service: Service | None = None, lead: str = "") -> Decision:
        """Transfer when the service is open, else offer a message.

        Args:
            service: default: the one of the dialled line.
        """
        service = service or self._people.default(turn.state)
        passed = self._people.pass_to(service, turn.state, turn.at)
        if passed.reply.transfer_to:
            return self._speech.instead(passed, f"{lead} {self._speech.text('transfer')}".strip())
        number = self._people.phone(service)
        if self._calendar.is_open(service, turn.at):
            text = self._speech.text("transfer_number", phone=number)
        else:
            opening = say_next(self._calendar, service, turn.at)
            name = "transfer_closed" if opening else "transfer_closed_unknown"
            text = self._speech.text(name, phone=number, opening=opening)
        return self._speech.instead(passed, f"{lead} {text}".strip(), fixed=False)

    def reachable(self, turn: Turn, service_id: str) -> Decision | None:
        """A transfer to this service; None when nobody is there."""
        passed = self.pass_to(turn, self._people.town_service(service_id))
        return passed if passed.reply.transfer_to else None

    def duty(self, turn: Turn) -> Decision:
        """Whoever is on duty, never a closed desk when somebody else is there."""
        duty = self._people.duty(turn.at)
        passed = self._people.pass_to(duty, turn.state, turn.at) if duty else None
        if passed is None or not passed.reply.transfer_to:
            return self.pass_to(turn)
        return self._speech.instead(passed, self._speech.text("emergency_transfer"))

    def not_reached(self, turn: Turn) -> Decision:
        """Nobody took the transferred call: a message is offered."""
        refused = self._people.not_reached(turn.state, turn.at)
        sorry, offer = self._speech.text("transfer_failed"), self._speech.text("message_offer")
        return self._speech.instead(refused, f"{sorry} {offer}")

    def breakdown(self, turn: Turn) -> Decision:
        """A part of the program failed: a person, or the number of the front desk."""
        service = self._people.default(turn.state)
        if self._calendar.is_open(service, turn.at) and service.extension:
            passed = self._people.pass_to(service, turn.state, turn.at)
            return self._speech.instead(passed, self._speech.text("breakdown_transfer"))
        text = self._speech.text("breakdown", phone=self._town.phone)
        return self._speech.say(turn.state, Action.NONE, text)

    def misunderstood(self, decision: Decision, turn: Turn) -> Decision:
        """The decision, or a person when there were too many misunderstandings."""
        failed = turn.state.failed()
        few, total = failed.failures < MOST_IN_A_ROW, failed.failures_total
        if few and total < MOST_IN_TOTAL:
            state = replace(decision.state, failures=failed.failures, failures_total=total)
            return replace(decision, state=state)
        passed = self.pass_to(turn, lead=self._speech.text("failures"))
        return replace(passed, state=replace(passed.state, failures_total=total))
