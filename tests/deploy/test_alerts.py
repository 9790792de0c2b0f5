"""Supervisors are told of an emergency: by a real webhook, by the outbox, on the command line."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from deploy.alerts import Alerts, AlertSettings
from deploy.cli import app
from records import AsyncRecords, CallDraft, Channel, Means, Records, sqlite_url

KEY = "s3cret"
PARIS = ZoneInfo("Europe/Paris")


class Hook:
    """A supervisor's webhook on this machine; answers with the statuses given, then 204."""

    def __init__(self, *statuses: int) -> None:
        self.got: list[dict[str, object]] = []
        self.headers: list[dict[str, str]] = []
        left = list(statuses)
        hook = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.got.append(json.loads(body))
                hook.headers.append(dict(self.headers))
                self.send_response(left.pop(0) if left else 204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/alert"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def hook() -> Iterator[Hook]:
    opened = Hook()
    yield opened
    opened.close()


@pytest.fixture
def url(tmp_path: Path) -> str:
    return sqlite_url(tmp_path / "records.db")


async def told(url: str, settings: AlertSettings, *, times: int = 1) -> AsyncRecords:
    """The records after an emergency and so many looks at it."""
    records = await AsyncRecords.open(url, hash_key=bytes(16))
    call = await records.start_call(CallDraft(channel=Channel.SIP, caller_number="+33261914099"))
    await records.alerts.add(call.id, "danger", "au secours il y a le feu")
    alerts = Alerts(records, settings, town="Saint-Aubin", zone=PARIS)
    for _ in range(times):
        await alerts.deliver()
    return records


async def test_the_webhook_gets_what_the_supervisor_needs(url: str, hook: Hook) -> None:
    settings = AlertSettings(webhook=hook.url, secret=KEY)
    records = await told(url, settings, times=2)
    await records.close()
    (got,) = hook.got
    assert got["town"] == "Saint-Aubin"
    assert got["kind"] == "danger"
    assert got["caller"] == "…4099"
    assert got["words"] == "au secours il y a le feu"
    assert hook.headers[0]["Authorization"] == f"Bearer {KEY}"
    assert hook.headers[0]["Idempotency-Key"] == "alert-1"


async def test_a_webhook_that_fails_is_tried_again(url: str) -> None:
    hook = Hook(500, 503)
    records = await told(url, AlertSettings(webhook=hook.url), times=4)
    await records.close()
    hook.close()
    assert len(hook.got) == 3, "twice in vain, then it was taken, and not again"


async def test_an_unreachable_webhook_stops_nothing(url: str, hook: Hook) -> None:
    hook.close()
    records = await told(url, AlertSettings(webhook=hook.url), times=2)
    (alert,) = await records.alerts.untold(10)
    assert alert.attempts == 2
    await records.close()


async def test_an_alert_is_told_within_seconds_of_being_written(url: str, hook: Hook) -> None:
    records = await AsyncRecords.open(url, hash_key=bytes(16))
    alerts = Alerts(records, AlertSettings(webhook=hook.url), town="Saint-Aubin", zone=PARIS)
    alerts.start()
    call = await records.start_call(CallDraft(channel=Channel.SIP))
    await records.alerts.add(call.id, "gas", "ça sent le gaz")
    await alerts.stop()  # looks once more
    await records.close()
    assert [got["kind"] for got in hook.got] == ["gas"]


async def test_an_e_mail_waits_in_the_outbox_once(url: str) -> None:
    hook = Hook(500)
    settings = AlertSettings(email="astreinte@saint-aubin.example", webhook=hook.url)
    records = await told(url, settings, times=3)
    (mail,) = await records.outbox.due(Means.EMAIL)
    await records.close()
    hook.close()
    assert mail.to == "astreinte@saint-aubin.example"
    assert "4099" not in mail.subject
    assert "feu" not in mail.subject
    assert "il y a le feu" in mail.text
    assert "…4099" in mail.text


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"webhook": "http://mairie.example/alert"}, "must begin with https://"),
        ({"webhook": "alert"}, "is not a web address"),
        ({"email": "astreinte"}, "is not an e-mail address"),
        ({"emial": "a@b.example"}, "Extra inputs"),
    ],
)
def test_wrong_settings_are_refused(settings: dict[str, str], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        AlertSettings(**settings)


class TestCommand:
    """`allomairie alerts`."""

    @pytest.fixture(autouse=True)
    def _database(self, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ALLOMAIRIE_RECORDS__URL", url)
        records = Records.open(url, hash_key=bytes(16))
        call = records.start_call(CallDraft(channel=Channel.SIP, caller_number="+33261914099"))
        records.alerts.add(call.id, "danger", "au secours il y a le feu")
        records.close()

    def test_they_are_listed_with_a_daily_count(self) -> None:
        done = CliRunner().invoke(app, ["alerts", "list", "--json"])
        assert done.exit_code == 0, done.output
        found = json.loads(done.stdout)
        assert [alert["words"] for alert in found["alerts"]] == ["au secours il y a le feu"]
        assert list(found["per_day"].values()) == [1]
        assert "…4099" in CliRunner().invoke(app, ["alerts", "list"]).stdout

    def test_one_is_acknowledged(self) -> None:
        done = CliRunner().invoke(app, ["alerts", "ack", "1", "--by", "Mme Martin"])
        assert done.exit_code == 0, done.output
        assert "Mme Martin" in done.stdout
        left = json.loads(CliRunner().invoke(app, ["alerts", "list", "--json"]).stdout)
        assert left["alerts"] == []
        every = json.loads(CliRunner().invoke(app, ["alerts", "list", "--all", "--json"]).stdout)
        assert every["alerts"][0]["acknowledged_by"] == "Mme Martin"

    def test_an_unknown_one_is_said_to_be(self) -> None:
        done = CliRunner().invoke(app, ["alerts", "ack", "7", "--by", "Mme Martin"])
        assert done.exit_code == 1
        assert "there is no alert 7" in done.output
