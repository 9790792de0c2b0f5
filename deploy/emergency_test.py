"""The monthly self-test of the emergency path (requirements E08): a simulated call, for real.

    synthesised caller ─► A-law ─► ears, recogniser ─► desk ─► synthesised reply ─► A-law
                                                        └─► alert, in a database of its own

Nobody is called and nothing is sent. What was found is written to TOWN/data/reports/.
"""

from __future__ import annotations

import asyncio
import json
import re
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deploy.parts import Town
from dialog.desk import Desk
from dialog.emergencies import REPEATED
from dialog.people import People
from dialog.state import State
from records import AlertRecord, AsyncRecords, CallView, sqlite_url
from telephony.rehearsal import LINE_HZ, Rehearsal
from telephony.session import Engines, Session
from voice.endpointing import EndOfTurnJudge
from voice.recognition import Recognizer
from voice.speaker import Speaker

CRY = "Au secours, il y a le feu dans ma cuisine !"
REPORTS = "reports"
LATE_DAYS = 40  #: after so long the next monthly test is overdue
FIRST_NUMBER_S = 4.0
STARTS_S = 1.5
ALERT_S = 10.0
LONGEST_S = 90.0

Pcm = NDArray[np.int16]


@dataclass(frozen=True)
class Check:
    """One thing that must hold; `detail` says what was found."""

    name: str
    ok: bool
    detail: str


@dataclass(frozen=True)
class Report:
    """One self-test."""

    at: datetime
    town: str
    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Whether everything held."""
        return all(check.ok for check in self.checks)

    def as_dict(self) -> dict[str, Any]:
        """For `--json` and the file."""
        checks = [asdict(check) for check in self.checks]
        return {"at": self.at.isoformat(), "town": self.town, "ok": self.ok, "checks": checks}

    def write(self, folder: Path) -> Path:
        """Keep the report; returns its file."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"emergency-{self.at:%Y-%m-%dT%H%M%S}.json"
        text = json.dumps(self.as_dict(), ensure_ascii=False, indent=1)
        path.write_text(text + "\n", encoding="utf-8")
        return path


@dataclass(frozen=True)
class LastReport:
    """What `doctor` tells of the last self-test."""

    at: datetime
    ok: bool

    @classmethod
    def of(cls, folder: Path) -> LastReport | None:
        """The newest readable report of a folder."""
        for path in sorted(folder.glob("emergency-*.json"), reverse=True):
            try:
                found = json.loads(path.read_text(encoding="utf-8"))
                return cls(datetime.fromisoformat(found["at"]), bool(found["ok"]))
            except (OSError, ValueError, KeyError, TypeError):
                continue
        return None


@dataclass(frozen=True)
class _Heard:
    """What came of the call."""

    view: CallView
    alerts: tuple[AlertRecord, ...]
    starts_s: float | None  #: from the end of the words to the reply
    hung_up: bool


class SelfTest:
    """One run; opens what it needs and closes it again.

    Args:
        cry: 8 kHz audio of a caller, instead of the synthesised one.
    """

    def __init__(self, town: Town, cry: Pcm | None = None) -> None:
        self._town = town
        self._cry = cry

    async def run(self) -> Report:
        """Check everything.

        Raises:
            CannotStart: a part cannot be opened.
        """
        town, now = self._town, self._town.clock()()
        desk = await asyncio.to_thread(town.open_desk, language_model=False)
        checks = [*_of_data(desk, now.date()), *_of_people(desk, now)]
        recognizer = await asyncio.to_thread(town.open_recognizer)
        voices = {"fr": await asyncio.to_thread(town.open_voice, "fr")}
        speaker = town.open_speaker(voices)
        try:
            reply = desk.hear(State(), CRY, at=now).reply
            greeting = desk.greeting("", at=now).reply.say
            await speaker.prerender([greeting, reply.say], speed=State().speed)
            cry = self._cry if self._cry is not None else _spoken(speaker, CRY)
            heard = await self._call(desk, recognizer, speaker, cry)
            checks += [*_of_call(desk, heard, reply.say), _first_number(speaker, reply.say)]
            checks.append(_silence(desk, now))
        finally:
            recognizer.close()
            await asyncio.to_thread(speaker.close)
            voices["fr"].close()
            desk.close()
        return Report(now, town.settings.town.name, tuple(checks))

    async def _call(self, desk: Desk, recognizer: Recognizer, speaker: Speaker, cry: Pcm) -> _Heard:
        with tempfile.TemporaryDirectory(prefix="allomairie-self-test-") as folder:
            url = sqlite_url(Path(folder) / "records.db")
            records = await AsyncRecords.open(url, hash_key=bytes(32))
            engines = Engines(
                desk=desk,
                recognizer=recognizer,
                judge=await asyncio.to_thread(EndOfTurnJudge),
                speaker=speaker,
                records=records,
                clock=self._town.clock(),
                hints=self._town.hints(),
            )
            rehearsal = Rehearsal()
            session = asyncio.create_task(Session(engines).run(rehearsal))
            try:
                starts_s = await _converse(rehearsal, cry)
                hung_up = rehearsal.closed
            finally:
                rehearsal.leave()
                await asyncio.wait([session], timeout=20)
            view = await records.call((await records.recent_calls(1))[0].id)
            alerts = await records.alerts.untold(1)
            await records.close()
            return _Heard(view, alerts, starts_s, hung_up)


async def _converse(rehearsal: Rehearsal, cry: Pcm) -> float | None:
    """Cry over the greeting, hear the answer out; seconds from the words to the answer."""
    await asyncio.wait_for(_sounds(rehearsal, 0.0), LONGEST_S)
    rehearsal.speak(cry)
    said_at = await rehearsal.spoken()
    deadline = time.monotonic() + LONGEST_S
    while len([line for line in rehearsal.shown if line["who"] == "bot"]) < 2:
        if time.monotonic() > deadline:
            return None
        await asyncio.sleep(0.02)
    answered_at = time.monotonic()
    began = await asyncio.wait_for(_sounds(rehearsal, answered_at), LONGEST_S)
    while time.monotonic() < deadline:
        await asyncio.sleep(0.1)
        if not rehearsal.heard_since(time.monotonic() - 1.5):
            break
    return began - said_at


async def _sounds(rehearsal: Rehearsal, since: float) -> float:
    while True:
        if heard := rehearsal.heard_since(since):
            return heard[0][0]
        await asyncio.sleep(0.02)


def _spoken(speaker: Speaker, text: str) -> Pcm:
    clauses = speaker.clauses(text, "fr")
    return np.concatenate([speaker.say(one, lang="fr", rate_hz=LINE_HZ) for one in clauses])


def _of_data(desk: Desk, today: date) -> Iterator[Check]:
    emergencies = desk.emergencies
    yield Check(
        "numbers checked",
        not emergencies.outdated(today),
        f"on {emergencies.checked_on}, good until {emergencies.expires_on}",
    )
    texts = emergencies.texts()
    once = [text for text in texts if not _twice(text)]
    yield Check("fixed texts", not once, f"{len(texts)}, numbers twice in {len(texts) - len(once)}")


def _twice(text: str) -> bool:
    """Whether the repetition says numbers, and none that was not said before."""
    said, _, again = text.partition(REPEATED)
    numbers = re.findall(r"\d[\d ]*\d", again.split(". ")[0])
    return bool(numbers) and all(number in said for number in numbers)


def _of_people(desk: Desk, now: datetime) -> Iterator[Check]:
    people: People = desk.people
    for name, at in (("now", now), ("at night", now.replace(hour=3, minute=0))):
        duty = people.duty(at)
        found = f"{duty.name}, extension {duty.extension}" if duty else "nobody takes emergencies"
        yield Check(f"a person {name}", duty is not None, found)


def _of_call(desk: Desk, heard: _Heard, text: str) -> Iterator[Check]:
    turn = next((t for t in heard.view.turns if t.action == "emergency"), None)
    yield Check("answered as an emergency", turn is not None, turn.heard if turn else "not heard")
    if turn is None:
        return
    yield Check("fixed text", turn.reply == text, turn.reply)
    played = turn.played or ""
    yield Check(
        "said to the end", REPEATED in played and not turn.interrupted, f"{len(played)} characters"
    )
    late = heard.starts_s is None or heard.starts_s > STARTS_S
    found = "no sound" if heard.starts_s is None else f"{heard.starts_s:.2f} s after the words"
    yield Check("answer starts", not late, f"{found} (at most {STARTS_S} s)")
    yield Check("the bot stays", not heard.hung_up, "hung up" if heard.hung_up else "on the line")
    alert = heard.alerts[0] if heard.alerts else None
    after_s = (alert.at - turn.started_at).total_seconds() if alert else None
    soon = after_s is not None and after_s <= ALERT_S
    told = f"{after_s:.1f} s after the answer began: {alert.words}" if alert else "none was written"
    yield Check("alert", soon, told)


def _first_number(speaker: Speaker, text: str) -> Check:
    """When the first number is said, in the reply's own sound."""
    before_s, name = 0.0, "first number"
    written = re.search(r"\d[\d ]*", text)
    if written is None:
        return Check(name, False, "there is no number in the text")
    spoken = speaker.clauses(written[0], "fr")[0].strip(" .,").split()[0].lower()
    for clause in speaker.clauses(text, "fr"):
        sound = speaker.say(clause, lang="fr", rate_hz=LINE_HZ, speed=State().speed)
        at = re.search(rf"\b{re.escape(spoken)}\b", clause.lower())
        if at is not None:
            at_s = before_s + len(sound) / LINE_HZ * at.start() / len(clause)
            detail = f"{at_s:.1f} s after the reply begins (at most {FIRST_NUMBER_S:g} s)"
            return Check(name, at_s <= FIRST_NUMBER_S, detail)
        before_s += len(sound) / LINE_HZ
    return Check(name, False, "it is not among the clauses that are spoken")


def _silence(desk: Desk, now: datetime) -> Check:
    """A caller who says nothing more hears the numbers again, and is not left."""
    state = desk.hear(State(), CRY, at=now).state
    for nth in range(1, 7):
        decision = desk.silence(state, nth, at=now)
        if decision.reply.ends_call or REPEATED not in decision.reply.say:
            return Check("silence afterwards", False, f"{nth}: {decision.reply.say}")
        state = decision.state
    return Check("silence afterwards", True, "the numbers are said again, six times of six")
