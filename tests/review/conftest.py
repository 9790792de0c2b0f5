"""A little town hall for the supervisors' page: real records, real accounts, the app in process."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from starlette.testclient import TestClient

from dialog.sheets import Sheet, parse_sheet
from dialog.town import Line, Service, Town
from dialog.values.streets import House, Streets
from records import (
    CallDraft,
    Channel,
    Outcome,
    Records,
    TicketEntry,
    TurnDraft,
    sqlite_url,
    upgrade,
)
from review import passwords
from review.app import build
from review.desk import ReviewDesk
from review.settings import ReviewSettings
from tests.databases import empty, schema

PASSWORD = "Une-phrase-de-11h-secret"  # noqa: S105
WEEK = dict.fromkeys(("lundi", "mardi", "mercredi", "jeudi", "vendredi"), "8h30-12h, 13h30-17h")
# A hash carries its own cost, so this one makes every login of the tests cheap; what the program
# itself hashes costs what it costs.
HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)

PASSPORT = """---
id: passeport
title: Passeport
service: etat-civil
status: validée
owner: État civil
source: mairie
questions:
- comment refaire mon passeport
---
Il faut un rendez-vous. Le passeport coûte 86 €.

## Délai
Comptez trois semaines.
"""
BINS = PASSPORT.replace("passeport", "poubelles").replace("Passeport", "Poubelles")


class Clock:
    """Tells the time it was given, until it is moved."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def move(self, **delta: float) -> None:
        self.time += timedelta(**delta)


@dataclass
class World:
    """The town hall of one test."""

    records: Records
    clock: Clock
    app: FastAPI
    desk: ReviewDesk
    root: Path

    def account(self, login: str, *roles: str, confirmed: bool = True) -> str:
        """An account with these roles; returns its secret for codes."""
        secret = passwords.new_secret()
        self.records.review.accounts.add(
            login=login,
            name=login.title(),
            roles=roles,
            password_hash=HASH,
            totp_secret=secret,
            by="test",
        )
        if confirmed:
            self.records.review.accounts.change(login, by="test", must_change=False)
        return secret

    def client(self, **options: object) -> TestClient:
        """A browser without scripts, on this machine."""
        return TestClient(
            self.app,
            base_url="http://127.0.0.1",
            client=("127.0.0.1", 50_000),
            follow_redirects=False,
            **options,  # type: ignore[arg-type]
        )

    def log_in(self, *roles: str) -> TestClient:
        """A browser that is logged in with these roles; its posts carry the token."""
        login = f"u-{uuid.uuid4().hex[:8]}"
        secret = self.account(login, *roles)
        client = self.client()
        code = pyotp.TOTP(secret).at(self.clock())
        answer = client.post("/login", data={"login": login, "password": PASSWORD, "code": code})
        assert answer.status_code == 303, answer.text
        client.headers["X-CSRF-Token"] = client.get("/api/me").json()["csrf"]
        return client

    def call(
        self,
        heard: str = "comment refaire mon passeport",
        *,
        reply: str = "Il faut un rendez-vous.",
        number: str = "+33639980101",
        line: str = "0261914000",
        action: str = "answer",
        sheet: str = "passeport",
        confidence: float = 0.97,
        outcome: Outcome | None = Outcome.COMPLETED,
        language: str = "fr",
        ticket: TicketEntry | None = None,
    ) -> str:
        """A call with a greeting and one turn; returns its id."""
        call = self.records.start_call(
            CallDraft(channel=Channel.SIP, caller_number=number, line=line, language=language)
        )
        self.records.answered(call.id)
        greeting = self.records.add_turn(
            call.id, TurnDraft(number=0, reply="Bonjour.", action="answer")
        )
        self.records.finish_turn(greeting, played="Bonjour.")
        self.clock.move(seconds=10)
        turn = self.records.add_turn(
            call.id,
            TurnDraft(
                heard=heard,
                heard_confidence=0.9,
                language=language,
                reply=reply,
                action=action,
                sheet_id=sheet,
                sentences=[reply] if sheet else [],
                confidence=confidence,
                candidates=[{"sheet": "passeport", "score": confidence}],
                timings={"stt": 210.0, "voice_to_voice": 700.0},
            ),
        )
        self.records.finish_turn(turn, played=reply)
        if ticket is not None:
            self.records.add_ticket(_with_call(ticket, call.id))
        self.clock.move(seconds=20)
        if outcome is not None:
            self.records.end_call(call.id, outcome)
        self.clock.move(minutes=1)
        return call.id


def _with_call(ticket: TicketEntry, call_id: str) -> TicketEntry:
    from dataclasses import replace

    return replace(ticket, call_id=call_id)


def message(reference: str = "482913", **changes: object) -> TicketEntry:
    """A message for the front desk, due on the day of the clock."""
    given: dict[str, object] = {
        "call_id": None,
        "kind": "message",
        "reference": reference,
        "service": "accueil",
        "fields": {"name": "Rosa Weiss", "phone": "0639980101", "subject": "la salle des fêtes"},
        "due_on": datetime(2026, 11, 24, tzinfo=UTC).date(),
    }
    return TicketEntry(**{**given, **changes})  # type: ignore[arg-type]


def town() -> Town:
    """Two services and a line."""
    return Town(
        name="Testville",
        greeting_name="mairie de Testville",
        phone="02 61 91 40 00",
        default_service="accueil",
        services=(
            Service(id="accueil", name="l'accueil", hours=WEEK),
            Service(id="etat-civil", name="le service état civil", hours=WEEK),
        ),
        lines=(Line(number="0261914000"),),
    )


def sheets() -> list[Sheet]:
    """A passport, and bins."""
    return [parse_sheet(PASSPORT, Path("passeport.md")), parse_sheet(BINS, Path("poubelles.md"))]


def streets() -> Streets:
    """Two streets of a few houses."""
    return Streets(
        House(street, number, "", 47.97 + at * 0.002 + number * 0.0001, -0.41 + number * 0.0002)
        for at, street in enumerate(("Rue des Lilas", "Rue du Puits"))
        for number in range(1, 8)
    )


@pytest.fixture(scope="session")
def blank_schema() -> Iterator[str]:
    """A PostgreSQL schema of today's, made once; each test leaves it empty."""
    with schema() as url:
        upgrade(url)
        yield url


def open_world(url: str, root: Path) -> World:
    """The world on this database."""
    clock = Clock()
    records = Records.open(url, hash_key=b"a key that is only used in tests", now=clock)
    (root / "sheets").mkdir(exist_ok=True)
    (root / "sheets" / "passeport.md").write_text(PASSPORT, encoding="utf-8")
    desk = ReviewDesk(
        store=records.review,
        town=town(),
        settings=ReviewSettings(),
        root=root,
        sheets=sheets,
        streets=streets,
    )
    return World(records, clock, build(desk), desk, root)


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database of today's schema, made once: the migrations take most of a short test."""
    path = tmp_path_factory.mktemp("blank") / "records.db"
    upgrade(sqlite_url(path))
    return path


@pytest.fixture
def world(tmp_path: Path, blank: Path) -> Iterator[World]:
    """On SQLite."""
    shutil.copy(blank, tmp_path / "records.db")
    opened = open_world(sqlite_url(tmp_path / "records.db"), tmp_path)
    yield opened
    opened.records.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def both(request: pytest.FixtureRequest, tmp_path: Path, blank: Path) -> Iterator[World]:
    """On SQLite, then on PostgreSQL."""
    if request.param == "sqlite":
        shutil.copy(blank, tmp_path / "records.db")
        url = sqlite_url(tmp_path / "records.db")
    else:
        url = str(request.getfixturevalue("blank_schema"))
    opened = open_world(url, tmp_path)
    yield opened
    opened.records.close()
    if request.param == "postgresql":
        empty(url)
