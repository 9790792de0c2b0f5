"""A little world for the records: a database of each sort."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from records_world import HASH_KEY, Clock

from records import Records, sqlite_url
from tests.databases import empty, schema


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "records.db"


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """A PostgreSQL schema of the test's own, dropped afterwards."""
    with schema() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database, SQLite then PostgreSQL."""
    if request.param == "sqlite":
        return sqlite_url(request.getfixturevalue("file"))
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with its tables and nothing in them, made once."""
    path = tmp_path_factory.mktemp("blank") / "records.db"
    Records.open(sqlite_url(path), hash_key=HASH_KEY).close()
    return path


@pytest.fixture(scope="session")
def blank_schema() -> Iterator[str]:
    """A PostgreSQL schema with its tables, made once; each test leaves it empty."""
    with schema() as url:
        Records.open(url, hash_key=HASH_KEY).close()
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated(request: pytest.FixtureRequest, blank: Path, file: Path) -> Iterator[str]:
    """The URL of a database with its tables and nothing in them."""
    if request.param == "sqlite":
        shutil.copyfile(blank, file)
        yield sqlite_url(file)
        return
    url = str(request.getfixturevalue("blank_schema"))
    yield url
    empty(url)


@pytest.fixture
def records(migrated: str, clock: Clock) -> Iterator[Records]:
    opened = Records.open(migrated, hash_key=HASH_KEY, now=clock)
    yield opened
    opened.close()
