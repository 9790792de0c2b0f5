"""Callers converse while strangers fuzz: `python -m tests.hostile.siege --minutes 10 --calls 16`.

    callers    each: call, hear the greeting, ask, hear the reply, ask again, hang up; call again
    stranger   no declared peer: mutated SIP, and RTP to every port that a call may have
    madman     a declared peer: mutated SIP too, at a rate that an IPBX gone wrong may reach

Printed as JSON: packets lost, questions unanswered, calls missing in the records, memory by minute.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from deploy.parts import Town
from records import Records
from tests.conftest import TOWN, RunningServer, start_server
from tests.hostile.calling import rtp
from tests.hostile.conftest import STRANGER, Victim
from tests.hostile.sip_peer import SipPeer
from tests.hostile.test_fuzz import mutated
from tests.hostile.torture import ALL
from tests.interop.party import HZ, Party, Samples

MADMAN = "127.0.0.2"
SPARE_LINES = 16  #: for what the madman sends that looks like a call
QUESTIONS = [
    "À quelle heure ferme la déchetterie le samedi ?",
    "Quels papiers faut-il pour refaire ma carte d'identité ?",
    "C'est quand les encombrants ?",
    "Est-ce que la mairie est ouverte le mercredi après-midi ?",
]
STRANGER_HZ, MADMAN_HZ = 60, 4
QUIET_S = 4.0  #: silence that ends what the bot says; a filler and the reply are not so far apart
RTP_FIRST_PORT, RTP_PORTS = 12000, 200


@dataclass
class Siege:
    """What was seen from outside."""

    seconds: float = 0.0
    calls: int = 0
    failed: list[str] = field(default_factory=list)  #: calls that did not come about, and why
    questions: int = 0
    unanswered: int = 0
    packets: int = 0
    lost: int = 0
    longest_gap_ms: float = 0.0  #: between two packets of one call
    fuzzed: dict[str, int] = field(default_factory=dict)  #: messages, by who sent them
    latencies_ms: list[float] = field(default_factory=list)
    memory_mib: list[float] = field(default_factory=list)  #: about every 5 s
    unrecorded: int = 0  #: calls that the records lack, or whose end they lack
    turns_missing: int = 0  #: questions that were answered and are not in the records
    alive: bool = False

    @property
    def growth_mib(self) -> float:
        """Memory at the end against the middle; peaks of the last eighth of each half."""
        middle, eighth = len(self.memory_mib) // 2, max(1, len(self.memory_mib) // 8)
        before, after = self.memory_mib[middle - eighth : middle], self.memory_mib[-eighth:]
        return round(max(after) - max(before), 1)

    def summary(self) -> dict[str, object]:
        """For people and machines."""
        facts = asdict(self)
        latencies = sorted(facts.pop("latencies_ms")) or [0.0]
        memory = facts.pop("memory_mib")
        facts["voice_to_voice_ms"] = {
            "median": round(latencies[len(latencies) // 2]),
            "p95": round(latencies[int(0.95 * (len(latencies) - 1))]),
            "n": len(latencies),
        }
        facts["memory_mib_by_minute"] = [round(one) for one in memory[:: max(1, 12)]]
        return {**facts, "growth_mib": self.growth_mib}


class Callers:
    """So many telephones that call again and again."""

    def __init__(self, target: tuple[str, int], questions: list[Samples], siege: Siege) -> None:
        self._target = target
        self._questions = questions
        self._siege = siege
        self._lock = threading.Lock()
        self.asked: dict[str, int] = {}  #: questions answered, by Call-ID

    def work(self, number: int, until: float) -> None:
        """One telephone, until a moment."""
        time.sleep(0.7 * number)
        turn = number
        while time.monotonic() < until:
            try:
                turn = self._converse(turn)
            except (AssertionError, OSError) as error:
                with self._lock:
                    self._siege.failed.append(str(error).strip()[:120] or "no answer")
                time.sleep(2)

    def _converse(self, turn: int) -> int:
        with Party(self._target) as party:
            began, answered = time.monotonic(), 0
            party.quiet(began, QUIET_S)
            for _ in range(2):
                party.say(self._questions[turn % len(self._questions)])
                turn += 1
                party.until(lambda: party.said_all, 30)
                asked = time.monotonic()
                heard = party.quiet(asked, QUIET_S)
                with self._lock:
                    self._siege.questions += 1
                    if heard is None:
                        self._siege.unanswered += 1
                    else:
                        answered += 1
                        self._siege.latencies_ms.append(1000 * (heard - asked))
        self._note(party, answered)
        return turn

    def _note(self, party: Party, answered: int) -> None:
        gaps = np.diff([at for at, *_ in party.came])
        with self._lock:
            siege = self._siege
            siege.calls += 1
            siege.packets += len(party.came)
            siege.lost += party.missing()
            longest = 1000 * float(gaps.max(initial=0.0))
            siege.longest_gap_ms = round(max(siege.longest_gap_ms, longest), 1)
            self.asked[party.call_id] = answered


def fuzz(
    victim: Victim, source: str, per_s: int, siege: Siege, stop: threading.Event, seed: int
) -> None:
    """Mutated SIP from an address, and RTP to the ports that calls may have."""
    chance = random.Random(seed)
    with SipPeer(victim.target, source) as peer:
        while not stop.wait(1 / per_s):
            torture = chance.choice(ALL)
            data = torture.message(victim.uri, f"{source}:{peer.port}")
            peer.send(mutated(chance, data) if chance.random() < 0.9 else chance.randbytes(400))
            siege.fuzzed[source] = siege.fuzzed.get(source, 0) + 1
            if source == STRANGER:
                port = RTP_FIRST_PORT + chance.randrange(RTP_PORTS)
                packet = rtp(chance.randrange(65536), chance.randrange(2**32), 99)
                peer.socket.sendto(mutated(chance, packet), (victim.target[0], port))
                siege.fuzzed["rtp"] = siege.fuzzed.get("rtp", 0) + 1


def besiege(victim: Victim, questions: list[Samples], minutes: float, calls: int) -> Siege:
    """The whole; returns what was seen."""
    siege, stop = Siege(), threading.Event()
    callers = Callers(victim.target, questions, siege)
    begun = time.monotonic()
    until = begun + 60 * minutes
    attackers = [
        threading.Thread(target=fuzz, args=(victim, source, rate, siege, stop, seed))
        for source, rate, seed in ((STRANGER, STRANGER_HZ, 1), (MADMAN, MADMAN_HZ, 2))
    ]
    telephones = [
        threading.Thread(target=callers.work, args=(number, until)) for number in range(calls)
    ]
    for thread in (*attackers, *telephones):
        thread.start()
    while any(one.is_alive() for one in telephones):
        siege.memory_mib.append(round(victim.memory_mib(), 1))
        time.sleep(5)
    stop.set()
    for thread in attackers:
        thread.join()
    siege.seconds = round(time.monotonic() - begun)
    time.sleep(10)  # the pipelines of the last calls are taken down, their records closed
    siege.alive = victim.alive()
    _compare_records(victim.server, callers.asked, siege)
    return siege


def _compare_records(server: RunningServer, asked: dict[str, int], siege: Siege) -> None:
    url = f"sqlite:///{server.database}"
    records = Records.open(url, hash_key=bytes(16), migrate=False)
    try:
        known = {one.sip_call_id: one for one in records.recent_calls(5000)}
        for call_id, answered in asked.items():
            call = known.get(call_id)
            if call is None or call.ended_at is None:
                siege.unrecorded += 1
                continue
            turns = [turn for turn in records.call(call.id).turns if turn.number and turn.heard]
            siege.turns_missing += max(0, answered - len(turns))
    finally:
        records.close()


@contextmanager
def besieged(folder: Path, calls: int) -> Iterator[Victim]:
    """A server with one line for each caller and a few more; only two hosts are declared."""
    peers = f'[{{"name": "ipbx", "addresses": ["127.0.0.1", "{MADMAN}"]}}]'
    server = start_server(
        folder,
        ALLOMAIRIE_LANGUAGE_MODEL__ENABLED="false",
        ALLOMAIRIE_SIP__MAX_CALLS=str(calls + SPARE_LINES),
        ALLOMAIRIE_SIP__PEERS=peers,
        ALLOMAIRIE_SIP__RTP_FIRST_PORT=str(RTP_FIRST_PORT),
        ALLOMAIRIE_SIP__RTP_LAST_PORT=str(RTP_FIRST_PORT + RTP_PORTS),
    )
    try:
        yield Victim(server)
    finally:
        if server.process.poll() is None:
            server.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description="Conversations beside fuzzing strangers.")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--calls", type=int, default=16)
    options = parser.parse_args()
    questions = spoken(_speaker())
    with (
        tempfile.TemporaryDirectory() as folder,
        besieged(Path(folder), options.calls) as victim,
    ):
        siege = besiege(victim, questions, options.minutes, options.calls)
        traces = victim.log.count("Traceback")
    print(json.dumps({**siege.summary(), "tracebacks": traces}, ensure_ascii=False))


def spoken(say: Callable[[str], Samples]) -> list[Samples]:
    """The questions as sound."""
    return [say(text) for text in QUESTIONS]


def _speaker() -> Callable[[str], Samples]:
    town = Town.open(TOWN)
    speaker = town.open_speaker({"fr": town.open_voice("fr")})

    def say(text: str) -> Samples:
        clauses = speaker.clauses(text, "fr")
        return np.concatenate([speaker.say(one, lang="fr", rate_hz=HZ) for one in clauses])

    return say


if __name__ == "__main__":
    main()
