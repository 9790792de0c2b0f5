"""`allomairie call`: phone like a caller, over real SIP, and measure what he hears."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from deploy.cli.output import EXAMPLE, JsonOption, TownOption, fail, print_json
from deploy.parts import Town
from records import Records, RecordsError
from telephony.caller import RATE_HZ, CallFailedError, Phone, Step, StepResult
from voice.audio import Float, resample, to_float, to_int16, wav_read, wav_write
from voice.narrowband import as_on_a_call

FLAGS = ("--say", "--wav", "--dtmf")
_UNWRITTEN = ("heard", "reply", "sheet")  #: of a turn that the server did not write


def call(
    uri: Annotated[str, typer.Argument(help="For instance sip:mairie@127.0.0.1")],
    say: Annotated[list[str] | None, typer.Option("--say", help="A sentence to say.")] = None,
    wav: Annotated[list[Path] | None, typer.Option("--wav", help="A sentence in a file.")] = None,
    dtmf: Annotated[list[str] | None, typer.Option("--dtmf", help="Keys to press.")] = None,
    record: Annotated[Path | None, typer.Option("--record", help="WAV of what is heard.")] = None,
    town: TownOption = EXAMPLE,
    as_json: JsonOption = False,
) -> None:
    """Call, wait for the greeting, then say or press each thing in the order given.

    What the town hall understood and answered is read from the town's records when the call
    reached the server of this town; from elsewhere, the reply is transcribed from its sound.
    """
    opened = Town.open(town)
    steps = _steps(opened, _in_order(sys.argv, say or [], wav or [], dtmf or []))
    phone = Phone()
    try:
        results = asyncio.run(phone.place(uri, steps))
    except CallFailedError as error:
        fail(str(error))
    if record is not None:
        heard = np.concatenate(phone.heard) if phone.heard else np.zeros(0, np.int16)
        wav_write(record, heard, RATE_HZ)
    turns = _turns(opened, phone.call_id, results)
    if as_json:
        print_json({"turns": turns, "greeting_ms": round(phone.greeting_s * 1000)})
    else:
        _show(turns)


def _in_order(
    argv: Sequence[str], say: list[str], wav: list[Path], dtmf: list[str]
) -> list[tuple[str, str]]:
    """The steps as they stand on the command line: the parser keeps order per option only."""
    left = {"--say": list(say), "--wav": [str(p) for p in wav], "--dtmf": list(dtmf)}
    order = [flag for arg in argv for flag in FLAGS if arg == flag or arg.startswith(flag + "=")]
    return [(flag, left[flag].pop(0)) for flag in order if left[flag]]


def _steps(town: Town, wanted: list[tuple[str, str]]) -> list[Step]:
    speaks = any(flag == "--say" for flag, _ in wanted)
    speaker = town.open_speaker({"fr": town.open_voice("fr")}) if speaks else None
    try:
        steps = []
        for flag, value in wanted:
            if flag == "--dtmf":
                steps.append(Step(keys=value))
            elif flag == "--wav":
                samples, rate_hz = _read(Path(value))
                steps.append(Step(speech=to_int16(resample(samples, rate_hz, RATE_HZ))))
            elif speaker is not None:
                clauses = speaker.clauses(value, "fr")
                spoken = [speaker.say(c, lang="fr", rate_hz=RATE_HZ) for c in clauses]
                steps.append(Step(speech=np.concatenate(spoken)))
        return steps
    finally:
        if speaker is not None:
            speaker.close()


def _read(path: Path) -> tuple[Float, int]:
    try:
        return wav_read(path)
    except (OSError, ValueError) as error:
        fail(str(error))


def _turns(town: Town, call_id: str, results: list[StepResult]) -> list[dict[str, Any]]:
    recorded = _recorded(town, call_id)
    if recorded is None:
        engine, _ = town.open_whisper()
        recorded = [
            {
                "heard": None,
                "reply": engine.transcribe(as_on_a_call(to_float(r.reply), RATE_HZ)).text,
                "sheet": None,
            }
            for r in results
        ]
    turns = []
    for number, result in enumerate(results):
        known = recorded[number] if number < len(recorded) else dict.fromkeys(_UNWRITTEN)
        turns.append({**known, "voice_to_voice_ms": result.voice_to_voice_ms})
    return turns


def _recorded(town: Town, call_id: str) -> list[dict[str, Any]] | None:
    """What the server of this town wrote about the call, None when it is not there."""
    try:
        records = Records.open(town.records_url, hash_key=bytes(16), migrate=False)  # reads only
    except RecordsError:
        return None
    try:
        view = records.call_by_sip_id(call_id)
    except RecordsError:
        return None
    finally:
        records.close()
    return [
        {
            "heard": turn.heard,
            "reply": turn.reply,
            "sheet": turn.sheet_id or None,
            "action": turn.action,
        }
        for turn in view.turns
        if turn.number > 0 and (turn.heard or turn.dtmf)
    ]


def _show(turns: list[dict[str, Any]]) -> None:
    table = Table("entendu", "réponse", "fiche", "voix à voix")
    for turn in turns:
        latency = turn["voice_to_voice_ms"]
        table.add_row(
            turn.get("heard") or "",
            turn.get("reply") or "",
            turn.get("sheet") or "",
            f"{latency:.0f} ms" if latency is not None else "rien",
        )
    Console().print(table)
