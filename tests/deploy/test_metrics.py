"""What is counted and how it is shown: the text format, the sources, who may read it."""

from __future__ import annotations

import asyncio
import json
import logging
import math
import re
import time
from datetime import UTC, date, datetime
from importlib import resources
from pathlib import Path
from typing import cast

import httpx
import numpy as np
import pytest
import yaml
from fastapi import FastAPI
from typer.testing import CliRunner
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from deploy.cli import app as command_line
from deploy.folder import TownFolder
from deploy.http import Health, build_app
from deploy.metrics.engines import TimedSynthesizer, TimedTranscriber
from deploy.metrics.instruments import Instruments
from deploy.metrics.loop import LoopWatch
from deploy.metrics.parts import REASONS, SENTENCES, Work
from deploy.metrics.registry import CONTENT_TYPE, CollectorRegistry, Read, text
from deploy.metrics.route import add_metrics
from deploy.metrics.settings import MetricsSettings
from dialog.reply import Action, Reply
from records import AsyncRecords, DatabaseUnavailable, MediaStats, Outcome, Records, TicketEntry
from telephony.call import CallInfo
from telephony.ledger import Ledger
from telephony.session import Session
from telephony.status import Status
from tests.conftest import ROOT, TOWN
from tests.deploy.exposition import Exposition, read
from voice.recognition import Heard

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
KEY = b"a key that is only used in tests"


# -- what is read -------------------------------------------------------------------------------


def test_a_source_that_fails_hides_itself_only(caplog: pytest.LogCaptureFixture) -> None:
    def fails() -> float:
        raise RuntimeError("closed")

    registry = CollectorRegistry()
    for one in (Read("broken", "Broken.", fails), Read("up", "Up.", lambda: 1)):
        registry.register(one)
    found = read(text(registry))
    assert found.samples == {("up", ()): 1.0}
    assert "the metric broken cannot be read" in caplog.text


# -- what is counted -------------------------------------------------------------------------


@pytest.fixture
def instruments() -> Instruments:
    return Instruments("cpu", lambda: date(2026, 11, 25))


def shown(instruments: Instruments) -> Exposition:
    return read(instruments.text())


async def test_a_call_from_the_first_ring_to_the_end(
    instruments: Instruments, tmp_path: Path
) -> None:
    """1. A call arrives and gets a reply that it cuts short. 2. It ends; its loss is counted. 3. No
    number of the caller is in what is shown."""
    records = AsyncRecords(Records.open(f"sqlite:///{tmp_path / 'r.db'}", hash_key=KEY))
    info = CallInfo(channel="sip", caller="+33612345678", dialled="0261914000")
    ledger = await Ledger.open(records, info, instruments.calls)
    reply = Reply(Action.ANSWER, "Ouvert à 8h30.", ms=30.0, stages={"search": 20.0, "rules": 10.0})
    turn = await ledger.begin(reply, None)
    timings = {"decide": 30.0, "search": 20.0, "voice_to_voice": 700.0, "end_of_turn": 420.0}
    await ledger.finish(turn, reply, played="Ouvert", interrupted=True, timings=timings)
    stats = MediaStats(rx_packets=980, tx_packets=900, lost_packets=20, far_lost_packets=3, mos=4.1)
    await ledger.close(Outcome.HUNG_UP, "ended by the caller", stats)
    await records.close()
    everything = instruments.text()
    found = read(everything)
    ended = {"direction": "inbound", "channel": "sip"}
    assert found.value("allomairie_calls_total", outcome="hung_up", **ended) == 1
    assert found.value("allomairie_calls_total", outcome="failed", **ended) == 0
    assert found.value("allomairie_turns_total", action="answer") == 1
    assert found.value("allomairie_turns_interrupted_total") == 1
    bucket = "allomairie_stage_seconds_bucket"
    assert found.value(bucket, stage="voice_to_voice", le="0.6") == 0
    assert found.value(bucket, stage="voice_to_voice", le="0.8") == 1
    assert found.value(bucket, stage="decision", le="0.05") == 1
    assert found.value("allomairie_rtp_received_packets_total") == 980
    assert found.value("allomairie_rtp_sent_packets_total") == 900
    assert found.value("allomairie_rtp_lost_packets_total", direction="in") == 20
    assert found.value("allomairie_rtp_lost_packets_total", direction="out") == 3
    assert found.value("allomairie_call_mos_count") == 1
    assert found.value("allomairie_engine_errors_total", engine="records") == 0
    assert not re.search(r"\+33612345678|…5678|0261914000|Ouvert", everything)


async def test_a_database_that_fails_and_comes_back(
    instruments: Instruments, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = AsyncRecords(Records.open(f"sqlite:///{tmp_path / 'r.db'}", hash_key=KEY))
    ledger = await Ledger.open(records, CallInfo(channel="sip"), instruments.calls)

    async def fails(*_: object) -> None:
        raise DatabaseUnavailable("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(records, "answered", fails)
        await ledger.answered()
    assert instruments.troubles() == {"records": SENTENCES["records"]}
    assert shown(instruments).value("allomairie_engine_errors_total", engine="records") == 1
    await ledger.answered()
    await records.close()
    assert instruments.troubles() == {}


class Engine:
    """A recogniser and a voice, as good as their mood."""

    name, language, voice, rate_hz, fingerprint = "engine", "fr", "one", 24000, "f"
    works, closed = True, False

    def transcribe(self, audio, *, language="fr", hints="", expected=None) -> Heard:
        if not self.works:
            raise RuntimeError("out of memory")
        return Heard(f"{language} {hints} {len(audio)}")

    def synthesize(self, text, *, speed=1.0):
        if not self.works:
            raise RuntimeError("out of memory")
        return np.full(len(text), int(10 * speed), np.int16)

    def close(self) -> None:
        self.closed = True


def test_engines_are_timed_and_their_failures_show_until_they_work(
    instruments: Instruments,
) -> None:
    engine = Engine()
    ears: TimedTranscriber = instruments.transcriber(engine)
    (voice,) = instruments.voices({"fr": engine}).values()
    assert ears.transcribe(np.zeros(5, np.int16), language="en", hints="h").text == "en h 5"
    assert list(voice.synthesize("ab", speed=2.0)) == [20, 20]
    described = TimedSynthesizer(engine, instruments.calls.engine("synthesis"))
    for name in ("name", "language", "voice", "rate_hz", "fingerprint"):
        assert getattr(described, name) == getattr(engine, name)
    assert instruments.troubles() == {}
    engine.works = False
    with pytest.raises(RuntimeError, match="out of memory"):
        ears.transcribe(np.zeros(5, np.int16))
    with pytest.raises(RuntimeError, match="out of memory"):
        voice.synthesize("ab")
    found = shown(instruments)
    for stage in ("recognition", "synthesis"):
        assert found.value("allomairie_stage_seconds_count", stage=stage) == 1
        assert found.value("allomairie_engine_errors_total", engine=stage) == 1
    assert set(instruments.troubles()) == {"recognition", "synthesis"}
    engine.works = True
    ears.transcribe(np.zeros(5, np.int16))
    assert set(instruments.troubles()) == {"synthesis"}
    voice.close()
    assert engine.closed


def test_a_decision_that_fails_is_degraded_until_the_next_good_one(
    instruments: Instruments,
) -> None:
    calls = instruments.calls
    calls.broke("decision")
    calls.turn("none", {"decide": 0.0}, interrupted=False)  # the words of the breakdown itself
    assert set(instruments.troubles()) == {"decision"}
    calls.turn("answer", {"decide": 12.0}, interrupted=False)
    assert instruments.troubles() == {}
    calls.turn("a word that is none of ours", {}, interrupted=False)
    assert shown(instruments).value("allomairie_turns_total", action="other") == 1


async def test_a_loop_that_is_held_is_seen(instruments: Instruments) -> None:
    watch = LoopWatch(instruments.calls.lag)
    watch.start()
    await asyncio.sleep(0.03)
    time.sleep(0.15)  # noqa: ASYNC251 - somebody holds the loop
    await asyncio.sleep(0.03)
    watch.stop()
    found = shown(instruments)
    assert found.value("allomairie_event_loop_holds_total") >= 1
    late = found.value("allomairie_event_loop_lag_seconds_count") - found.value(
        "allomairie_event_loop_lag_seconds_bucket", le="0.1"
    )
    assert late >= 1
    before = instruments.text()
    await asyncio.sleep(0.05)
    watched = [line for line in before.splitlines() if "event_loop" in line]
    after = [line for line in instruments.text().splitlines() if "event_loop" in line]
    assert after == watched  # it looks no more


async def test_what_waits_for_people_and_what_the_log_had(
    instruments: Instruments, tmp_path: Path
) -> None:
    """Three tickets: one overdue, one due today, one later; an emergency nobody saw; an error."""
    store = Records.open(f"sqlite:///{tmp_path / 'r.db'}", hash_key=KEY, now=lambda: NOW)
    for nth, day in enumerate((24, 25, 27)):
        due = date(2026, 11, day)
        store.add_ticket(TicketEntry(
            call_id=None, kind="message", reference=f"10000{nth}", service="accueil", due_on=due
        ))  # fmt: skip
    records = AsyncRecords(store)
    ledger = await Ledger.open(records, CallInfo(channel="sip"))
    await ledger.alert("gas", "ça sent le gaz")
    instruments.start(records.review)
    logging.getLogger("allomairie.test").error("something failed")
    while instruments.parts.work == Work():  # noqa: ASYNC110 - read in another thread
        await asyncio.sleep(0.01)
    await instruments.stop()
    logging.getLogger("allomairie.test").error("after the end")
    await records.close()
    found = shown(instruments)
    states = [found.value("allomairie_tickets", state=s) for s in ("open", "due", "overdue")]
    assert states == [3, 2, 1]
    assert found.value("allomairie_alerts_open") == 1
    assert found.value("allomairie_log_lines_total", level="error") == 1


def test_parts_are_read_when_somebody_asks(instruments: Instruments) -> None:
    status = Status()
    for name, kind in (("ipbx", "trunk"), ("poste", "account"), ("ovh", "account")):
        status.watch(name, kind)
    parts = instruments.parts
    parts.connections = lambda: status.all
    parts.troubles = lambda: {"connection": status.trouble} if status.trouble else {}
    parts.queues = lambda: {"recognition": 2}
    parts.refused = lambda: {("sip", "busy"): 4.0}
    parts.cache = lambda: (30, 10)
    parts.ready = lambda: True
    status.report("ipbx", up=True)
    status.report("poste", up=False, detail="403 Forbidden")
    found = shown(instruments)
    up = "allomairie_connection_up"
    assert found.value(up, name="ipbx", kind="trunk") == 1
    assert found.value(up, name="poste", kind="account") == 0
    assert math.isnan(found.value(up, name="ovh", kind="account"))
    degraded = {r: found.value("allomairie_degraded", reason=r) for r in REASONS}
    assert degraded == dict.fromkeys(REASONS, 0) | {"connection": 1}
    assert found.value("allomairie_queue_waiting", queue="recognition") == 2
    assert found.value("allomairie_calls_refused_total", channel="sip", reason="busy") == 4
    assert found.value("allomairie_speech_cache_lookups_total", result="hit") == 30
    assert (found.value("allomairie_ready"), found.value("allomairie_draining")) == (1, 0)
    assert found.value("process_resident_memory_bytes") > 2**20
    assert found.value("process_start_time_seconds") <= time.time()


# -- who may read it -------------------------------------------------------------------------


def asked(app: object, address: str, **headers: str) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app, client=(address, 5000))  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://mairie.test") as http:
            return await http.get("/metrics", headers=headers)

    return asyncio.run(ask())


def test_only_allowed_networks_read_it() -> None:
    settings = MetricsSettings(allowed=("127.0.0.0/8", "10.0.0.0/24", "fd00::/8"))
    app = FastAPI()
    add_metrics(app, settings, lambda: "up 1\n")
    for address in ("127.0.0.1", "10.0.0.7", "::ffff:10.0.0.7", "fd00::1", "fd00::1%eth0"):
        answer = asked(app, address)
        assert (answer.status_code, answer.text) == (200, "up 1\n"), address
        assert answer.headers["content-type"] == CONTENT_TYPE
    for address in ("10.0.1.7", "192.0.2.1", "fe80::1", "", "unix"):
        answer = asked(app, address)
        assert answer.status_code == 403, address
        assert "up 1" not in answer.text


def test_a_proxy_on_this_machine_does_not_lend_its_address() -> None:
    """As uvicorn does by default: whom the proxy names is judged, and nobody can name himself."""
    app = FastAPI()
    add_metrics(app, MetricsSettings(), lambda: "up 1\n")
    behind = ProxyHeadersMiddleware(app, trusted_hosts="127.0.0.1")  # type: ignore[arg-type]
    assert asked(behind, "127.0.0.1").status_code == 200
    named = {"x-forwarded-for": "127.0.0.1, 203.0.113.9"}
    assert asked(behind, "127.0.0.1", **named).status_code == 403
    assert asked(behind, "203.0.113.9", **{"x-forwarded-for": "127.0.0.1"}).status_code == 403


@pytest.mark.parametrize(("enabled", "status"), [("true", 200), ("false", 404)])
def test_the_section_switches_it(
    enabled: str, status: int, monkeypatch: pytest.MonkeyPatch, instruments: Instruments
) -> None:
    monkeypatch.setenv("ALLOMAIRIE_METRICS__ENABLED", enabled)
    settings = TownFolder(TOWN).load()
    figures = instruments.text
    app, _ = build_app(settings, cast(Session, None), Health(True), figures=figures)
    answer = asked(app, "127.0.0.1")
    assert answer.status_code == status
    if enabled == "true":
        assert read(answer.text).value("allomairie_ready") == 0


# -- the files for Prometheus and Grafana ----------------------------------------------------

_USED = re.compile(r"\b(?:allomairie|process)_[a-z_]+\b")
_MATCHED = re.compile(r"\b((?:allomairie|process)_[a-z_]+)\{([^}]*)\}")
_FROM_SCRAPE = {"instance", "job", "le"}


def exported(instruments: Instruments) -> dict[str, set[str]]:
    """Every name that may stand in an expression, with its labels."""
    status = Status()
    status.watch("ipbx", "trunk")
    parts = instruments.parts
    parts.connections = lambda: status.all
    parts.queues = lambda: {"recognition": 2}
    parts.refused = lambda: {("sip", "busy"): 4.0}
    instruments.calls.turn("answer", {}, interrupted=False)
    families = instruments.registry.collect()
    return {one.name: set(one.labels) for family in families for one in family.samples}


def expressions(node: object) -> list[str]:
    if isinstance(node, dict):
        own = [node[key] for key in ("expr", "definition") if isinstance(node.get(key), str)]
        return own + [one for value in node.values() for one in expressions(value)]
    return [one for value in node for one in expressions(value)] if isinstance(node, list) else []


@pytest.mark.parametrize("name", ["grafana-allomairie.json", "alerts.yml"])
def test_every_metric_they_name_is_exported(name: str, instruments: Instruments) -> None:
    text = (resources.files("deploy") / "operate" / name).read_text("utf-8")
    found = expressions(json.loads(text) if name.endswith("json") else yaml.safe_load(text))
    assert len(found) > 15
    names = exported(instruments)
    for expression in found:
        used = set(_USED.findall(expression))
        assert used, expression
        assert used <= set(names), expression
        for metric, labels in _MATCHED.findall(expression):
            named = set(re.findall(r"(\w+)\s*(?:=|!)", labels))
            assert named <= names[metric] | _FROM_SCRAPE, expression
    shown_by_either = set(_USED.findall(text))
    assert {"allomairie_degraded", "allomairie_event_loop_holds_total"} <= shown_by_either


def test_every_metric_is_described(instruments: Instruments) -> None:
    described = (ROOT / "docs" / "operate" / "metrics.md").read_text("utf-8")
    ends = re.compile(r"_(bucket|sum|count)$")
    names = {ends.sub("", name) for name in exported(instruments)}
    assert [name for name in sorted(names) if f"`{name}`" not in described] == []


def test_alert_rules_say_what_to_do() -> None:
    text = (resources.files("deploy") / "operate" / "alerts.yml").read_text("utf-8")
    (group,) = yaml.safe_load(text)["groups"]
    names = [rule["alert"] for rule in group["rules"]]
    assert len(names) == len(set(names))
    for rule in group["rules"]:
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert all(rule["annotations"][key] for key in ("summary", "description"))


def test_the_files_are_written_out(tmp_path: Path) -> None:
    done = CliRunner().invoke(command_line, ["operate", "files", str(tmp_path / "new" / "folder")])
    assert done.exit_code == 0, done.output
    board = json.loads((tmp_path / "new" / "folder" / "grafana-allomairie.json").read_text())
    places = [tuple(panel["gridPos"].values()) for panel in board["panels"]]
    assert len(places) == len(set(places)) > 20
    assert len({panel["id"] for panel in board["panels"]}) == len(places)
    (tmp_path / "file").write_text("")
    failed = CliRunner().invoke(command_line, ["operate", "files", str(tmp_path / "file")])
    assert failed.exit_code == 1
    assert "cannot be written to" in failed.output
