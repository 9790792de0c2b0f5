"""The monthly self-test of the emergency path, and what doctor and /readyz say of it."""

from __future__ import annotations

import shutil
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from fastapi.testclient import TestClient

from deploy.doctor import emergency_findings
from deploy.emergency_test import LATE_DAYS, Check, LastReport, Report, SelfTest, _of_data, _twice
from deploy.folder import TownFolder
from deploy.http import Health, build_app
from deploy.parts import Town
from dialog.emergencies import Emergencies
from tests.voice.engines import KOKORO, WHISPER, needs

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=ZoneInfo("Europe/Paris"))
SMALL = Path(__file__).parents[1] / "dialog" / "town"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(SMALL, tmp_path / "town")
    return tmp_path / "town"


@pytest.mark.models
@pytest.mark.timeout(900)
async def test_a_whole_call_is_simulated_and_nobody_is_called(folder: Path) -> None:
    """The town is as it should be: everything holds, but for the speed of a busy test machine. The
    alert went into a scratch database: the town's own has none."""
    needs(KOKORO, WHISPER)
    report = await SelfTest(Town.open(folder)).run()
    found = {check.name: check for check in report.checks}
    failed = {name: check.detail for name, check in found.items() if not check.ok}
    assert not failed.keys() - {"answer starts"}, failed
    assert "feu" in found["answered as an emergency"].detail
    assert not (folder / "data" / "records.db").exists()


@pytest.fixture
def town(folder: Path) -> Town:
    """The small town without its models."""
    opened = TownFolder(folder)
    shown = SimpleNamespace(folder=opened, settings=opened.load(), clock=lambda: lambda: NOW)
    return shown  # type: ignore[return-value]


def findings(town: Town) -> dict[str, tuple[bool, str]]:
    return {f.check: (f.ok, f.detail) for f in emergency_findings(town)}


def report(at: datetime, *, ok: bool = True) -> Report:
    return Report(at, "Saint-Aubin", (Check("alert", ok, "…"),))


def test_doctor_says_when_the_last_one_was(town: Town) -> None:
    """1. Never. 2. Passed. 3. Failed. 4. Overdue."""
    reports = town.folder.data / "reports"
    ok, detail = findings(town)["emergency self-test"]
    assert ok
    assert "never run" in detail
    report(NOW - timedelta(days=LATE_DAYS + 3)).write(reports)
    assert findings(town)["emergency self-test"] == (
        False,
        f"passed on {NOW - timedelta(days=LATE_DAYS + 3):%Y-%m-%d}, 43 days ago: overdue",
    )
    report(NOW - timedelta(days=2), ok=False).write(reports)
    assert findings(town)["emergency self-test"][0] is False
    report(NOW - timedelta(days=1)).write(reports)
    assert findings(town)["emergency self-test"] == (True, "passed on 2026-11-24, 1 days ago")


def test_a_spoilt_report_is_passed_over(tmp_path: Path) -> None:
    assert LastReport.of(tmp_path) is None
    report(NOW).write(tmp_path)
    (tmp_path / "emergency-2027-01-01T000000.json").write_text('{"at": ')
    assert LastReport.of(tmp_path) == LastReport(NOW, ok=True)


def test_a_town_without_a_duty_post_is_told(town: Town) -> None:
    assert findings(town)["duty post"][0]
    without = [s for s in town.settings.town.services if not s.duty]
    alone = town.settings.town.model_copy(update={"services": tuple(without)})
    town.settings = town.settings.model_copy(update={"town": alone})  # type: ignore[misc]
    ok, detail = findings(town)["duty post"]
    assert not ok
    assert "duty = true" in detail


def test_numbers_that_expired_are_never_silent(town: Town, monkeypatch) -> None:
    """doctor fails, the self-test fails, and /readyz still takes calls but says why."""
    old = Emergencies.load()
    old.checked_on = date(2026, 1, 1)
    monkeypatch.setattr(Emergencies, "load", lambda: old)
    ok, detail = findings(town)["emergency numbers"]
    assert not ok
    assert "2026-01-01" in detail
    desk = SimpleNamespace(emergencies=old)
    assert [check.ok for check in _of_data(desk, NOW.date())] == [False, True]  # type: ignore[arg-type]
    health = Health(ready=True, degraded=lambda: "the emergency numbers were last checked on …")
    app, _ = build_app(town.settings, SimpleNamespace(run=None), health)  # type: ignore[arg-type]
    answer = TestClient(app).get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "degraded"
    assert "emergency numbers" in answer.json()["reason"]


@pytest.mark.parametrize(
    ("text", "twice"),
    [
        ("Faites le 18. Je répète : le 18.", True),
        ("Faites le 18. Je répète : le 15.", False),
        ("Faites le 18.", False),
    ],
)
def test_numbers_twice(text: str, twice: bool) -> None:
    assert _twice(text) == twice
