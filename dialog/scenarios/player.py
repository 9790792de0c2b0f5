"""Plays a scenario against the desk, as a telephone would, and notes what is not as it should."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from dialog.decision import Decision
from dialog.desk import Desk
from dialog.expectations import Expected
from dialog.scenarios.checks import check_said, check_sends, check_step, check_tickets
from dialog.scenarios.house import House, Said
from dialog.scenarios.numbers import Numbers, clock_words
from dialog.scenarios.outcome import Failure, Line, Outcome
from dialog.scenarios.scenario import Scenario, Step
from dialog.state import State
from dialog.tasks.ticket import TicketDraft

logger = logging.getLogger("allomairie.scenarios")


@dataclass(frozen=True)
class Heard:
    """What a recogniser made of a line."""

    text: str
    alternatives: tuple[str, ...] = ()
    language: str = ""  #: that was heard; empty: that of the conversation


#: says a line aloud and recognises it; the number is 0, or 1 when the caller repeats the line, and
#: the last is what the conversation awaits
Hear = Callable[[str, int, Expected | None], Heard]
#: a written reply in the words that are heard, on a day
Aloud = Callable[[str, date], str]


class Player:
    """Plays one call after the other; threads may share it."""

    def __init__(self, desk: Desk, aloud: Aloud | None = None) -> None:
        """
        Args:
            aloud: what the voice makes of a reply; without it, `aloud` of a step is not checked.
        """
        self._desk = desk
        self._aloud = aloud
        self._house = House(Numbers(desk.town, desk.sheets))

    def play(self, scenario: Scenario, hear: Hear | None = None, voice: str = "") -> Outcome:
        """Play a scenario to its end.

        Args:
            hear: speaks the caller's lines; without it the desk reads them.
            voice: its name, for the report.
        """
        call = _Call(self._desk, self._house, scenario, hear, self._aloud)
        call.greeting()
        number = 0
        try:
            for number, step in enumerate(scenario.step, start=1):
                call.step(number, step)
            call.end()
        except Exception as error:  # one call that breaks must not hide how the others go
            logger.exception("scenario %s", scenario.id)
            call.fail(number, f"the desk fails: {type(error).__name__}: {error}")
        return Outcome(
            scenario.id,
            scenario.title,
            scenario.covers,
            tuple(call.lines),
            tuple(call.failures),
            tuple(_plain(ticket) for ticket in call.tickets),
            voice,
            call.repeated,
        )


@dataclass
class _Call:
    """One call while it lasts."""

    desk: Desk
    house: House
    scenario: Scenario
    hear: Hear | None
    aloud: Aloud | None
    at: datetime = field(init=False)
    state: State = field(default_factory=State)
    decision: Decision | None = None
    silences: int = 0
    over: bool = False
    repeated: int = 0
    words: list[str] = field(default_factory=list)
    tickets: list[TicketDraft] = field(default_factory=list)
    sends: list[Any] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.at = self.scenario.at

    @property
    def spoken(self) -> bool:
        return self.hear is not None

    def fail(self, step: int, what: str) -> None:
        self.failures.append(Failure(step, what))

    def greeting(self) -> None:
        call = self.scenario
        written = call.channel == "text"
        desk = self.desk
        decision = (
            desk.written.greeting()
            if written
            else desk.greeting(call.line, at=self.at, caller=call.caller)
        )
        text = decision.reply.say
        for what in self.house.greeting(text):
            self.fail(0, what)
        for what in check_said(text, call.greeting_said, call.never_said):
            self.fail(0, f"greeting: {what}")
        self.state = _stored(decision.state)
        self.lines.append(Line(0, "(décroché)", "", str(decision.reply.action), text))

    def step(self, number: int, step: Step) -> None:
        """One step: what the caller does, then every check of what comes of it."""
        if self.over:
            self.fail(number, "the call was over before this step")
            return
        passed_on = self.decision.reply.transfer_to if self.decision else None
        if passed_on and not (step.no_answer or step.hangs_up or step.lost):
            self.fail(number, f"the call was passed on to {passed_on} before this step")
        self.at = step.at or self.at
        if step.hangs_up:
            self.over = True
            self.lines.append(Line(number, "(raccroche)", "", "", ""))
            return
        before, found = self.state, self._done(step, 0)
        failed = self._check(step, found, before)
        if self.spoken and step.words and failed and not _over(found):
            said = step if _asked_again(before, found) else _insisting(step)
            self._adopt(number, step, found)
            self.repeated += 1
            before, found = self.state, self._done(said, 1)
            failed = self._check(step, found, before)
        for what in failed:
            self.fail(number, what)
        self._adopt(number, step, found)

    def end(self) -> None:
        """The caller hangs up, if nobody did before."""
        left = self.desk.hang_up(self.state, at=self.at)
        self.tickets += [left] if left else []
        for what in check_tickets(self.tickets, self.scenario.ticket, heard=self.spoken):
            self.fail(0, what)
        for what in check_sends(self.sends, self.scenario.send):
            self.fail(0, what)

    # -- one step ----------------------------------------------------------------------------

    def _done(self, step: Step, again: int) -> _Done:
        """What comes of a step, as it is heard or read."""
        done = self._do(step, again)
        if done.decision is None or self.scenario.channel == "voice":
            return done
        return replace(done, decision=self.desk.written.adapt(done.decision, self.at))

    def _do(self, step: Step, again: int) -> _Done:
        """What the caller does; the decision is None when the reply just goes on."""
        desk, state, at = self.desk, self.state, self.at
        if step.words:
            heard = Heard(step.words)
            if self.hear is not None:
                heard = self.hear(step.words, again, desk.expects(state, at))
            if step.over and not desk.urgent(heard.text) and desk.is_backchannel(heard.text):
                return _Done(None, heard.text)
            decision = desk.hear(
                state,
                heard.text,
                at=at,
                language=step.language or heard.language or state.language,
                alternatives=heard.alternatives,
            )
            return _Done(decision, heard.text)
        if step.silence:
            return _Done(desk.silence(state, self.silences + 1, at=at))
        if step.keys:
            return _Done(desk.keys(state, step.keys, at=at))
        if step.unheard:
            return _Done(desk.hear(state, "", at=at))
        if step.no_answer:
            return _Done(desk.transfer_failed(state, at=at))
        if step.breakdown:
            return _Done(desk.breakdown(state, at=at))
        if step.cap_near:
            return _Done(desk.cap_near(state, at=at))
        if step.cap_reached:
            return _Done(desk.cap_reached(state, at=at))
        service = self.tickets[-1].service if self.tickets else ""
        self.tickets = self.tickets[:-1]
        return _Done(desk.not_written(state, service))

    def _check(self, step: Step, done: _Done, before: State) -> list[str]:
        decision = done.decision
        if decision is None:
            return [] if step.goes_on else ["these words only say « I listen »: nothing changes"]
        read = self.scenario.channel == "text"
        said = Said(decision, before, keyed=bool(step.keys), read=read)
        words = [*self.words, step.words, step.keys, done.heard, clock_words(self.at)]
        found = [*check_step(step, decision, heard=self.spoken), *self.house.reply(said, words)]
        found += self._always(step, decision)
        if step.goes_on:
            found.append("these words interrupt the reply")
        return found

    def _always(self, step: Step, decision: Decision) -> Iterator[str]:
        """What holds for the whole call."""
        text = decision.reply.say
        yield from check_said(text, (), self.scenario.never_said)
        if _stored(decision.state) != decision.state:
            yield "the state is not what the records give back"
        if self.aloud is None or decision.reply.language != "fr":
            return
        heard = self.aloud(text, self.at.date())
        yield from check_said(heard, step.aloud, ())
        if any(character.isdigit() for character in heard):
            yield f"a digit is left to the voice: {heard!r}"

    def _adopt(self, number: int, step: Step, done: _Done) -> None:
        did = step.words or _named(step)
        heard = done.heard if done.heard != step.words else ""
        self.words += [step.words, step.keys, done.heard]
        self.silences = self.silences + 1 if step.silence else 0
        if done.decision is None:
            self.lines.append(Line(number, did, heard, "", ""))
            return
        decision = self.decision = done.decision
        self.state = _stored(decision.state)
        self.tickets += decision.tickets
        self.sends += getattr(decision, "sends", ())
        self.over = decision.reply.ends_call
        self.lines.append(Line(number, did, heard, str(decision.reply.action), decision.reply.say))


@dataclass(frozen=True)
class _Done:
    """What came of a step."""

    decision: Decision | None
    heard: str = ""


def _over(done: _Done) -> bool:
    """Whether nobody is there any more to whom the line could be said again."""
    reply = done.decision.reply if done.decision else None
    return reply is not None and (reply.ends_call or reply.transfer_to is not None)


def _insisting(step: Step) -> Step:
    """What people say when they were answered beside the point, or read back something wrong."""
    return step.model_copy(
        update={"says": f"Non, {step.words[:1].lower()}{step.words[1:]}", "over": ""}
    )


def _asked_again(before: State, done: _Done) -> bool:
    """Whether the caller was asked to say it again, as a person then does."""
    if done.decision is None:
        return False
    after = done.decision.state
    if after.failures > before.failures:
        return True
    tasks = before.task, after.task
    if tasks[0] is None or tasks[1] is None:
        return False
    return tasks[0].asking == tasks[1].asking and tasks[1].tries > tasks[0].tries


def _stored(state: State) -> State:
    """The state as it comes back from the records: nothing may be lost there."""
    return State.from_dict(json.loads(json.dumps(state.to_dict())))


def _named(step: Step) -> str:
    (doing,) = step.doings
    names = {
        "keys": f"[{' '.join(step.keys)}]",
        "silence": "(silence)",
        "unheard": "(bruit)",
        "no_answer": "(personne ne répond)",
        "breakdown": "(panne)",
        "lost": "(écriture impossible)",
        "cap_near": "(l'appel est long)",
        "cap_reached": "(l'appel est trop long)",
    }
    return names[doing]


def _plain(ticket: TicketDraft) -> dict[str, Any]:
    shown = replace(ticket, fields=dict(ticket.fields))
    due = ticket.due.isoformat() if ticket.due else None
    return {**vars(shown), "due": due}
