"""What a step, and a call, must have done, against what the desk decided."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from dialog.decision import Decision
from dialog.scenarios.scenario import ExpectedSend, ExpectedTicket, Step
from dialog.scenarios.texts import has, same
from dialog.state import State
from dialog.tasks.ticket import TicketDraft

#: fields that hold a caller's words: a recogniser may write them a little differently
FREE = ("name", "subject", "description", "landmark", "size", "place", "street")


def check_step(step: Step, decision: Decision, *, heard: bool) -> Iterator[str]:
    """Everything in which a decision is not what the step expects.

    Args:
        heard: the words came through a recogniser.
    """
    reply, state = decision.reply, decision.state
    if step.action is not None and reply.action not in step.action:
        yield f"the action is {reply.action}, not {_either(step.action)}"
    if step.sheet is not None and (reply.sheet or "") not in step.sheet:
        yield f"the sheet is {reply.sheet or 'none'}, not {_either(step.sheet)}"
    yield from check_said(reply.say, step.said, step.not_said, heard=heard)
    yield from _check_state(step, state, heard=heard)
    if step.transfer is not None and (reply.transfer_to or "") != step.transfer:
        yield f"the call goes to {reply.transfer_to or 'nobody'}, not {step.transfer or 'nobody'}"
    if step.ends is not None and reply.ends_call != step.ends:
        yield "the assistant hangs up" if reply.ends_call else "the assistant does not hang up"
    if step.slower is not None and (state.speed < State().speed) != step.slower:
        yield f"the speed is {state.speed}"
    if step.speaks and reply.language != step.speaks:
        yield f"the reply is in {reply.language!r}, not {step.speaks!r}"
    refused = getattr(decision, "refused", "") or ""
    if step.refused is not None and refused != step.refused:
        yield f"refused is {refused or 'nothing'}, not {step.refused or 'nothing'}"


def check_said(
    text: str, wanted: Sequence[Sequence[str]], unwanted: Sequence[str], *, heard: bool = False
) -> Iterator[str]:
    """Words that are missing from a text, and words that must not be in it."""
    for either in wanted:
        if not any(has(text, words, heard=heard) for words in either):
            yield f"{_either([f'« {words} »' for words in either])} is not said"
    for words in unwanted:
        if has(text, words):
            yield f"« {words} » is said"


def _check_state(step: Step, state: State, *, heard: bool) -> Iterator[str]:
    task = state.task
    if step.awaiting is not None and state.awaiting not in step.awaiting:
        yield f"{state.awaiting or 'nothing'} is awaited, not {_either(step.awaiting)}"
    if step.task is not None and (task.kind if task else "") != step.task:
        yield f"the form is {task.kind if task else 'none'}, not {step.task or 'none'}"
    asked = task.asking if task else ""
    if step.asks is not None and asked not in step.asks:
        yield f"the form asks {asked or 'nothing'}, not {_either(step.asks)}"
    if step.service is not None and (task.service if task else "") != step.service:
        yield f"the form is for {(task.service if task else '') or 'nobody'}, not {step.service}"
    known = {**task.values, **task.proposed} if task else {}
    yield from _check_fields(known, step.values, heard=heard)


def _check_fields(known: dict[str, str], wanted: dict[str, str], *, heard: bool) -> Iterator[str]:
    for name, value in wanted.items():
        if not same(known.get(name, ""), value, heard=heard and name in FREE):
            yield f"{name} is {known.get(name) or 'unknown'!r}, not {value or 'unknown'!r}"


def check_tickets(
    tickets: Sequence[TicketDraft], wanted: Sequence[ExpectedTicket], *, heard: bool
) -> Iterator[str]:
    """The call must leave exactly these tickets, in this order."""
    if len(tickets) != len(wanted):
        kinds = ", ".join(f"{t.kind}{'' if t.complete else ' (incomplete)'}" for t in tickets)
        yield f"the call leaves {kinds or 'no ticket'}, not {len(wanted)} ticket(s)"
        return
    for ticket, expected in zip(tickets, wanted, strict=True):
        for what in _check_ticket(ticket, expected, heard=heard):
            yield f"{ticket.kind}: {what}"


def _check_ticket(ticket: TicketDraft, wanted: ExpectedTicket, *, heard: bool) -> Iterator[str]:
    if ticket.kind != wanted.kind:
        yield f"it is no {wanted.kind}"
    if ticket.complete != wanted.complete:
        yield f"it is {'complete' if ticket.complete else 'incomplete'}"
    if wanted.service is not None and ticket.service != wanted.service:
        yield f"it is for {ticket.service or 'nobody'}, not {wanted.service}"
    if wanted.due is not None and ticket.due != wanted.due:
        yield f"it is due on {ticket.due}, not {wanted.due}"
    yield from _check_fields(ticket.fields, wanted.fields, heard=heard)
    for name, words in wanted.holds.items():
        if not has(ticket.fields.get(name, ""), words, heard=heard and name in FREE):
            yield f"{name} is {ticket.fields.get(name) or 'unknown'!r}, without {words!r}"
    for name in wanted.absent:
        if name in ticket.fields:
            yield f"it has {name}: {ticket.fields[name]!r}"


def check_sends(sends: Sequence[Any], wanted: Sequence[ExpectedSend]) -> Iterator[str]:
    """The call must send exactly these, in this order."""
    if len(sends) != len(wanted):
        yield f"the call sends {len(sends)} message(s), not {len(wanted)}"
        return
    for send, expected in zip(sends, wanted, strict=True):
        if str(send.channel) != expected.channel:
            yield f"it is sent by {send.channel}, not {expected.channel}"
        if expected.to is not None and not same(send.to, expected.to):
            yield f"it is sent to {send.to}, not {expected.to}"
        for words in expected.holds:
            if not has(send.text, words):
                yield f"« {words} » is not in what is sent: {send.text!r}"


def _either(names: Sequence[str]) -> str:
    return " or ".join(str(name) or "none" for name in names)
