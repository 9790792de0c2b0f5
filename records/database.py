"""The engine: how a database is opened, and what its failures mean in one sentence."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from records.errors import DatabaseUnavailable, RecordsError

READING = "allomairie_reading"  # execution option of transactions that write nothing


def sqlite_url(path: Path) -> str:
    """The URL of a SQLite database in this file."""
    return URL.create("sqlite", database=str(path)).render_as_string()


def open_engine(url: str, busy_timeout_s: float) -> Engine:
    """An engine for this URL, set up to lose nothing; connects to nothing yet.

    Raises:
        RecordsError: the URL is not one, or its driver is not installed.
    """
    parsed = _parse(url)
    sqlite = parsed.get_backend_name() == "sqlite"
    if sqlite:
        _prepare_file(parsed)
    try:
        engine = create_engine(
            parsed,
            hide_parameters=True,  # callers' words must not reach a log through an error
            json_serializer=partial(json.dumps, ensure_ascii=False, allow_nan=False),
            pool_pre_ping=not sqlite,
        )
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        raise RecordsError(
            f"the records database {describe(parsed)} needs a driver that is not installed "
            f"({error}): install it, or correct the URL"
        ) from error
    if engine.dialect.is_async:
        raise RecordsError(
            f"{parsed.drivername!r} is an asynchronous driver; give a synchronous one "
            "in the records' URL"
        )
    if sqlite:
        _set_up_sqlite(engine, busy_timeout_s)
    return engine


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise RecordsError(
            "the records' URL is not a database URL such as 'sqlite:////srv/town/data/records.db'"
        ) from error
    in_memory = not parsed.database or ":memory:" in parsed.database or "mode" in parsed.query
    if parsed.get_backend_name() == "sqlite" and in_memory:
        raise RecordsError("an in-memory SQLite database forgets every call; name a file")
    return parsed


def describe(url: URL) -> str:
    """The file for SQLite, otherwise the URL without its password."""
    if url.get_backend_name() == "sqlite" and url.database:
        return url.database
    return url.render_as_string(hide_password=True)


def _prepare_file(url: URL) -> None:
    """Create the file readable by its owner only; SQLite gives its -wal and -shm the same mode."""
    if url.database is None or url.database.startswith("file:"):
        return
    path = Path(url.database)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise DatabaseUnavailable(
            f"the records database {path} cannot be opened ({error.strerror}): "
            "its folder must exist and the file be writable by this user"
        ) from error


def _set_up_sqlite(engine: Engine, busy_timeout_s: float) -> None:
    @event.listens_for(engine, "connect")
    def _connect(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, below
        connection.execute(f"PRAGMA busy_timeout = {round(busy_timeout_s * 1000)}")
        (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
        if mode != "wal":
            raise DatabaseUnavailable(
                f"the records database {describe(engine.url)} cannot use a write-ahead log there: "
                "put it on a local disk, not on a network share"
            )
        # A commit in the log survives kill -9 even with NORMAL; FULL also flushes the log to the
        # disk at each commit, so it survives a power cut. It costs milliseconds, off the call's
        # path.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")  # what is erased is overwritten

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # IMMEDIATE takes the write lock at once: a transaction that began by reading and then
        # writes could otherwise fail at once, whatever the busy timeout.
        reading = connection.get_execution_options().get(READING, False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def reading(engine: Engine) -> Engine:
    """The same engine for transactions that only read, and see one instant of the database."""
    if engine.dialect.name == "sqlite":  # its deferred transactions always do
        return engine.execution_options(**{READING: True})
    return engine.execution_options(isolation_level="REPEATABLE READ")


@contextmanager
def told_plainly(url: URL) -> Iterator[None]:
    """Turn the database's failures into `DatabaseUnavailable` with one sentence."""
    try:
        yield
    except SQLAlchemyError as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        raise DatabaseUnavailable(_sentence(describe(url), cause)) from error
    except sqlite3.Error as error:
        raise DatabaseUnavailable(_sentence(describe(url), error)) from error


_REMEDIES = {
    "SQLITE_BUSY": "is locked by another program: close what has it open (a sqlite3 shell, "
    "a backup) and it goes on by itself",
    "SQLITE_FULL": "cannot grow, the disk is full: free some space and it goes on by itself",
    "SQLITE_IOERR": "cannot be written or read (disk full, a quota, or a failing disk): "
    "check the disk's space and health",
    "SQLITE_READONLY": "is read-only: make the file and its folder writable by this user",
    "SQLITE_CANTOPEN": "cannot be opened: its folder must exist and be writable by this user",
    "SQLITE_NOTADB": "is not a SQLite database: correct the URL, or restore a backup",
    "SQLITE_CORRUPT": "is damaged: stop the server and restore a backup",
}


def _sentence(where: str, cause: BaseException | None) -> str:
    name = getattr(cause, "sqlite_errorname", None) or ""
    for code, remedy in _REMEDIES.items():
        if name.startswith(code):
            return f"the records database {where} {remedy}"
    first_line = str(cause).strip().partition("\n")[0]
    return (
        f"the records database {where} refused ({first_line}): check that it runs and that "
        "the URL and the account are right"
    )
