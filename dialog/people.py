"""Passing a caller to a person: in opening hours the call is transferred, else told when."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from dialog.decision import Decision, Turn, say
from dialog.directory import Directory
from dialog.hours import Calendar, say_week
from dialog.intents import Intents
from dialog.phrases import Phrases
from dialog.reply import Action, Reply
from dialog.sheets import Sheet
from dialog.state import State
from dialog.town import Service, Town

MOST_IN_A_ROW, MOST_IN_TOTAL = 2, 3  #: misunderstandings before a person (requirements P02)


class People:
    """Who can take a call, and how a caller asks for them."""

    def __init__(self, town: Town, calendar: Calendar, intents: Intents, phrases: Phrases) -> None:
        self._town = town
        self._calendar = calendar
        self._intents = intents
        self._phrases = phrases
        self.directory = Directory(town, intents)

    def decide(self, turn: Turn, sheet: Sheet | None) -> Decision | None:
        """Pass the call when a person or a service is asked for.

        Args:
            sheet: the one last spoken; "passez-moi le service" means its service.
        """
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
        text = self._phrases.say(
            "transfer_failed_hours" if service.hours and not service.duty else "transfer_failed",
            service=service.name,
            phone=service.phone or self._town.phone,
            week=say_week(service),
        )
        return self._offer_message(say(state, Action.TRANSFER, text), service)

    def transfer_sentences(self) -> list[str]:
        """What is said before each possible transfer."""
        return [
            self._phrases.say("transfer", service=service.name)
            for service in self._town.services
            if service.extension
        ]
