"""Does the database have today's tables, and how it comes to have them."""

from __future__ import annotations

import logging

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect

from records.database import describe, open_engine, reading, told_plainly
from records.errors import SchemaMismatch
from records.tables import Base

logger = logging.getLogger("allomairie.records")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "records:migrations")
    return config


def head_revision() -> str:
    """The schema that this version of the code writes."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None, "the migrations are part of the package"  # noqa: S101
    return head


def upgrade(url: str, *, revision: str = "head", busy_timeout_s: float = 5.0) -> str:
    """Bring the database at `url` to this revision, all in one transaction; return the revision.

    Raises:
        RecordsError: one sentence; the database is then as it was.
    """
    engine = open_engine(url, busy_timeout_s)
    try:
        with told_plainly(engine.url):
            return upgrade_engine(engine, revision)
    finally:
        engine.dispose()


def upgrade_engine(engine: Engine, revision: str = "head") -> str:
    """As `upgrade`, with an engine that is already open."""
    with engine.begin() as connection:
        before = _known_revision(connection)
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        after = _revision(connection) or ""
    if after != before:
        logger.info("records schema upgraded from %s to %s", before or "nothing", after)
    return after


def is_current(engine: Engine) -> bool:
    """Whether the database has today's schema; False when it is older or empty.

    Raises:
        SchemaMismatch: it is newer than the code, or not ours.
    """
    with reading(engine).connect() as connection:
        return _known_revision(connection) == head_revision()


def refuse_old(engine: Engine) -> SchemaMismatch:
    """The error for a database that must be upgraded first."""
    return SchemaMismatch(
        f"the records database {describe(engine.url)} has no tables or an older schema: "
        "upgrade it first, after a backup (records.upgrade does it)"
    )


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _known_revision(connection: Connection) -> str | None:
    where = describe(connection.engine.url)
    current = _revision(connection)
    if current is None:
        ours = set(Base.metadata.tables) & set(inspect(connection).get_table_names())
        if ours:
            raise SchemaMismatch(
                f"the database {where} already has a table {sorted(ours)[0]!r} that "
                "Allô Mairie did not make: give the records a database of their own"
            )
        return None
    known = {s.revision for s in ScriptDirectory.from_config(_config()).walk_revisions()}
    if current not in known:
        raise SchemaMismatch(
            f"the records database {where} has schema {current}, which is newer than this version "
            f"of Allô Mairie ({head_revision()}): install the version that wrote it, or restore "
            "a backup"
        )
    return current
