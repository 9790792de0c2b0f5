"""/readyz: whether calls are taken, and which connections are up."""

from __future__ import annotations

from typing import cast

import pytest
from fastapi.testclient import TestClient

from deploy.folder import TownFolder
from deploy.http import Health, build_app
from telephony.session import Session
from telephony.status import Status
from tests.conftest import TOWN


@pytest.fixture
def status() -> Status:
    one = Status()
    one.watch("ipbx", "trunk")
    one.watch("poste", "account")
    return one


def asked(health: Health) -> tuple[int, dict[str, object]]:
    app, _ = build_app(TownFolder(TOWN).load(), cast(Session, None), health)
    answer = TestClient(app).get("/readyz")
    return answer.status_code, answer.json()


def test_connections_are_shown_as_they_change(status: Status) -> None:
    """1. Nothing is known yet. 2. One is up. 3. One is down: degraded, with the reason, and still
    200, because calls of the others are taken."""
    health = Health(True, lambda: status.trouble, lambda: status.all)
    assert asked(health) == (
        200,
        {"status": "ready", "connections": {"ipbx": "unknown", "poste": "unknown"}},
    )
    status.report("ipbx", up=True)
    status.report("poste", up=False, detail="403 Forbidden")
    assert asked(health) == (
        200,
        {
            "status": "degraded",
            "reason": "account poste is down: 403 Forbidden",
            "connections": {"ipbx": "up", "poste": "down"},
        },
    )


def test_without_watched_connections_nothing_is_said_of_them() -> None:
    assert asked(Health(True)) == (200, {"status": "ready"})
    assert asked(Health()) == (503, {"status": "not ready"})
