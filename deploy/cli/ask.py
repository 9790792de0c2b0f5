"""`allomairie ask`: the conversation in writing, one question or a file of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from deploy.cli.output import (
    EXAMPLE,
    AtOption,
    JsonOption,
    TownOption,
    counting,
    fail,
    moment,
    print_json,
)
from deploy.parts import Town
from dialog.desk import Decision, Desk
from dialog.expectations import Expected
from dialog.outgoing import SMS, Outgoing
from dialog.reply import Reply
from dialog.state import State
from dialog.tasks.ticket import TicketDraft
from records import mask_number
from voice.audio import wav_read
from voice.narrowband import as_on_a_call
from voice.recognition import Heard

Hear = Callable[[Path, Expected | None], Heard]


def ask(
    text: Annotated[str | None, typer.Argument(help="The question.")] = None,
    batch: Annotated[Path | None, typer.Option("--batch", help="JSON lines to answer.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Where the answers go.")] = None,
    at: AtOption = None,
    town: TownOption = EXAMPLE,
    as_json: JsonOption = False,
) -> None:
    """Ask one question, or every line of a file, as a caller would.

    Each input line has `id` and one of `text`, `wav` or `turns` ([{text|wav|dtmf}, …], one
    conversation); each output line has `id` and the answer, or `turns` with one answer each and
    `tickets` and `sends`, where the conversation made some. Digits of one `dtmf` are keyed in one
    go.
    """
    opened = Town.open(town)
    now = opened.clock(moment(at))
    if batch is None:
        if not text:
            fail("give a question, or --batch IN.jsonl --out OUT.jsonl", code=2)
        with counting("Indexing sheets") as progress:
            desk = opened.open_desk(progress=progress)
        reply = desk.hear(State(), text, at=now()).reply
        desk.close()
        _print(reply, as_json)
        return
    if out is None:
        fail("--batch needs --out OUT.jsonl", code=2)
    lines = list(_read_lines(batch))
    with counting("Indexing sheets") as progress:
        desk = opened.open_desk(progress=progress)
    try:
        _answer_all(lines, out, desk, now, _lazy_ears(opened))
    finally:
        desk.close()


def answer_object(reply: Reply) -> dict[str, Any]:
    """The contract's object for one reply."""
    return {
        "action": reply.action,
        "sheet": reply.sheet,
        "say": reply.say,
        "confidence": round(reply.confidence, 3),
        "candidates": [{"sheet": c.sheet, "score": round(c.score, 4)} for c in reply.candidates],
        "transfer_to": reply.transfer_to,
        "ms": round(reply.ms, 1),
    }


def _print(reply: Reply, as_json: bool) -> None:
    if as_json:
        print_json(answer_object(reply))
        return
    console = Console()
    console.print(reply.say, markup=False, highlight=False)
    console.print(
        f"[{reply.action}] fiche {reply.sheet or '-'}, confiance {reply.confidence:.2f}",
        style="dim",
        markup=False,
    )


def _read_lines(path: Path) -> Iterator[dict[str, Any]]:
    try:
        content = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        fail(f"{path} cannot be read: {error}")
    for number, line in enumerate(content.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except json.JSONDecodeError as error:
            fail(f"{path}, line {number}: not JSON ({error.msg})")
        if not isinstance(value, dict) or not ({"text", "wav", "turns"} & value.keys()):
            fail(f"{path}, line {number}: each line is an object with `text`, `wav` or `turns`")
        yield value


def _answer_all(
    lines: list[dict[str, Any]], out: Path, desk: Desk, now: Callable[[], datetime], hear: Hear
) -> None:
    try:
        with out.open("w", encoding="utf-8") as stream, counting("Answering") as progress:
            for number, line in enumerate(lines, start=1):
                answer = {"id": line.get("id"), **_answer(line, desk, now, hear)}
                stream.write(json.dumps(answer, ensure_ascii=False) + "\n")
                progress(number, len(lines))
    except OSError as error:
        fail(f"{out} cannot be written: {error.strerror}")


def _answer(
    line: dict[str, Any], desk: Desk, now: Callable[[], datetime], hear: Hear
) -> dict[str, Any]:
    if "turns" not in line:
        return _turn(line, State(), desk, now, hear)[0]
    state, answers = State(), list[dict[str, Any]]()
    tickets: list[TicketDraft] = []
    sends: list[Outgoing] = []
    for turn in line["turns"]:
        answer, decision = _turn(turn, state, desk, now, hear)
        answers.append(answer)
        if decision is not None:
            state = decision.state
            tickets += decision.tickets
            sends += decision.sends
    left = desk.hang_up(state, at=now())  # the file ends where the caller hangs up
    tickets += [left] if left else []
    made = {"tickets": [_ticket(t) for t in tickets], "sends": [_send(s) for s in sends]}
    return {"turns": answers, **{name: found for name, found in made.items() if found}}


def _send(message: Outgoing) -> dict[str, Any]:
    """What would be sent; the end of a number is enough to know it."""
    to = mask_number(message.to) if message.channel == SMS else message.to
    return {"channel": message.channel, "to": to, "text": message.text}


def _ticket(draft: TicketDraft) -> dict[str, Any]:
    return {
        "kind": draft.kind,
        "fields": draft.fields,
        "service": draft.service,
        "reference": draft.reference,
        "due": draft.due.isoformat() if draft.due else None,
        "complete": draft.complete,
    }


def _turn(
    turn: dict[str, Any], state: State, desk: Desk, now: Callable[[], datetime], hear: Hear
) -> tuple[dict[str, Any], Decision | None]:
    extra: dict[str, Any] = {}
    decision: Decision | None = None
    if "dtmf" in turn:
        digits = str(turn["dtmf"])
        decision = desk.keys(state, digits, at=now()) if digits else None
    else:
        text = turn.get("text")
        alternatives: tuple[str, ...] = ()
        if "wav" in turn:
            heard = hear(Path(turn["wav"]), desk.expects(state, now()))
            text, alternatives = heard.text, heard.alternatives
            extra["heard"] = text
        decision = desk.hear(state, str(text or ""), at=now(), alternatives=alternatives)
    if decision is None:
        return {"error": "a turn has `text`, `wav` or `dtmf`"}, None
    return {**answer_object(decision.reply), **extra}, decision


def _lazy_ears(town: Town) -> Hear:
    """The recogniser, opened only when a line has sound."""
    engine: list[Any] = []

    def hear(path: Path, expected: Expected | None) -> Heard:
        if not engine:
            engine.append(town.open_whisper()[0])
        try:
            samples = as_on_a_call(*wav_read(path))
        except (OSError, ValueError) as error:
            fail(str(error))
        heard: Heard = engine[0].transcribe(samples, hints=town.hints(), expected=expected)
        return heard

    return hear
