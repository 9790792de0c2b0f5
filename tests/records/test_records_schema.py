"""The schema: from empty, from old, and from a version that is newer than the code."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from records_world import HASH_KEY

from records import (
    CallDraft,
    Channel,
    DatabaseUnavailable,
    Records,
    SchemaMismatch,
    sqlite_url,
    upgrade,
)
from records.schema import head_revision
from records.tables import Base

CALL = CallDraft(channel=Channel.SIP, caller_number="+33612345678")


def test_the_migrations_make_the_tables_that_the_code_expects(url: str) -> None:
    assert upgrade(url) == head_revision()
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        # ft_…: the full-text search, which SQLAlchemy has no words for
        ours = {"include_name": lambda name, *_: not (name or "").startswith("ft_")}
        context = MigrationContext.configure(connection, opts=ours)
        differences = compare_metadata(context, Base.metadata)
        checks = {
            (table, check["name"]): re.findall(r"'([a-z_]+)'", check["sqltext"])
            for table in ("calls", "turns", "tickets")
            for check in sa.inspect(connection).get_check_constraints(table)
        }
    engine.dispose()
    assert differences == []
    assert checks.keys() == {
        ("calls", "ck_calls_channel"),
        ("calls", "ck_calls_direction"),
        ("calls", "ck_calls_outcome"),
        ("calls", "ck_calls_reference"),
        ("turns", "ck_turns_number"),
        ("tickets", "ck_tickets_count"),
        ("tickets", "ck_tickets_reference"),
        ("tickets", "ck_tickets_status"),
    }
    for name in ("channel", "direction", "outcome"):
        kind = Base.metadata.tables["calls"].c[name].type
        assert isinstance(kind, sa.Enum)
        assert checks["calls", f"ck_calls_{name}"] == kind.enums


def test_the_database_itself_refuses_a_word_that_is_no_outcome(url: str) -> None:
    records = Records.open(url, hash_key=HASH_KEY)
    records.start_call(CALL)
    records.close()
    engine = sa.create_engine(url)
    with pytest.raises(sa.exc.IntegrityError, match="ck_calls_outcome"), engine.begin() as by_hand:
        by_hand.execute(sa.text("UPDATE calls SET outcome = 'lost'"))
    engine.dispose()


def test_an_old_database_is_refused_then_upgraded_and_keeps_its_calls(url: str) -> None:
    # 1. A database of the first schema, with a call in it.
    assert upgrade(url, revision="0001") == "0001"
    engine = sa.create_engine(url)
    with engine.begin() as by_hand:
        by_hand.execute(
            sa.text(
                "INSERT INTO calls VALUES ('0af1', '123456', 'inbound', 'sip', '0261914000', '', "
                "'', '', '2026-11-24T10:30:00.000000+00:00', NULL, NULL, 'in_progress', '', 'fr', "
                "'', '{}')"
            )
        )
    engine.dispose()

    # 2. Without leave to migrate it is refused, and left as it was.
    with pytest.raises(SchemaMismatch, match="an older schema: upgrade it first"):
        Records.open(url, hash_key=HASH_KEY, migrate=False)
    assert upgrade(url, revision="0001") == "0001"

    # 3. With it, the call is still there and can be written to in the new way.
    records = Records.open(url, hash_key=HASH_KEY, migrate=True)
    records.add_event("0af1", "dtmf", {"digit": "0"})
    view = records.call("0af1")
    records.close()
    assert view.call.reference == "123456"
    assert view.call.started_at.isoformat() == "2026-11-24T10:30:00+00:00"
    assert [e.kind for e in view.events] == ["dtmf"]


def test_an_empty_database_is_refused_without_leave_to_migrate(file: Path) -> None:
    with pytest.raises(SchemaMismatch, match=f"{file} has no tables"):
        Records.open(sqlite_url(file), hash_key=HASH_KEY, migrate=False)


def test_a_current_database_opens_without_leave_to_migrate(url: str) -> None:
    upgrade(url)
    records = Records.open(url, hash_key=HASH_KEY, migrate=False)
    assert records.recent_calls() == ()
    records.close()


def test_a_newer_database_is_refused_and_left_alone(file: Path) -> None:
    upgrade(sqlite_url(file))
    with sqlite3.connect(file) as shell:
        shell.execute("UPDATE alembic_version SET version_num = '9001'")
    for migrate in (True, False):
        with pytest.raises(SchemaMismatch) as refusal:
            Records.open(sqlite_url(file), hash_key=HASH_KEY, migrate=migrate)
        assert str(refusal.value) == (
            f"the records database {file} has schema 9001, which is newer than this version of "
            f"Allô Mairie ({head_revision()}): install the version that wrote it, or restore a "
            "backup"
        )
    assert shell.execute("SELECT version_num FROM alembic_version").fetchall() == [("9001",)]
    shell.close()


def test_somebody_elses_database_is_refused(file: Path) -> None:
    with sqlite3.connect(file) as shell:
        shell.execute("CREATE TABLE calls (duration TEXT)")
    shell.close()
    with pytest.raises(SchemaMismatch, match="already has a table 'calls'"):
        Records.open(sqlite_url(file), hash_key=HASH_KEY)


def test_a_migration_that_fails_leaves_the_database_as_it_was(file: Path) -> None:
    # An index in the way stops the second migration after it made its table.
    upgrade(sqlite_url(file), revision="0001")
    with sqlite3.connect(file) as shell:
        shell.execute("CREATE INDEX ix_events_call_id ON calls (line)")
    with pytest.raises(DatabaseUnavailable, match=r"refused .*ix_events_call_id"):
        upgrade(sqlite_url(file))
    tables = {name for (name,) in shell.execute("SELECT name FROM sqlite_master")}
    shell.close()
    assert "events" not in tables
    assert "calls" in tables


def test_erasing_a_call_erases_its_turns_and_events(url: str) -> None:
    records = Records.open(url, hash_key=HASH_KEY)
    call = records.start_call(CALL)
    records.add_event(call.id, "dtmf")
    with records._engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM calls"))
        left = connection.execute(sa.text("SELECT count(*) FROM events")).scalar()
    records.close()
    assert left == 0
