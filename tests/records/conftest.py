"""A little world for the records: a database of each sort."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from records_world import HASH_KEY, Clock

from records import Records, sqlite_url

POSTGRES = os.environ.get(
    "ALLOMAIRIE_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1/test"
)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "records.db"


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """A PostgreSQL schema of the test's own, dropped afterwards."""
    pytest.importorskip("psycopg", reason="no PostgreSQL driver (psycopg) in this environment")
    admin = sa.create_engine(POSTGRES)
    schema = f"allomairie_{uuid.uuid4().hex}"
    try:
        with admin.begin() as connection:
            connection.execute(sa.text(f"CREATE SCHEMA {schema}"))
    except sa.exc.OperationalError:
        pytest.skip("no PostgreSQL answers (ALLOMAIRIE_TEST_POSTGRES names another one)")
    query = {"options": f"-csearch_path={schema}"}
    yield sa.make_url(POSTGRES).update_query_dict(query).render_as_string(hide_password=False)
    with admin.begin() as connection:
        connection.execute(sa.text(f"DROP SCHEMA {schema} CASCADE"))
    admin.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database, SQLite then PostgreSQL."""
    if request.param == "sqlite":
        return sqlite_url(request.getfixturevalue("file"))
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def records(url: str, clock: Clock) -> Iterator[Records]:
    opened = Records.open(url, hash_key=HASH_KEY, now=clock)
    yield opened
    opened.close()
