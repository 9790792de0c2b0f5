"""Databases for tests, with their tables made once: migrating takes most of a short test."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

POSTGRES = os.environ.get(
    "ALLOMAIRIE_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1/test"
)


@contextmanager
def schema() -> Iterator[str]:
    """The URL of an empty PostgreSQL schema, dropped afterwards; skips where there is no server."""
    pytest.importorskip("psycopg", reason="no PostgreSQL driver (psycopg) in this environment")
    admin = sa.create_engine(POSTGRES)
    name = f"allomairie_{uuid.uuid4().hex}"
    try:
        with admin.begin() as connection:
            connection.execute(sa.text(f"CREATE SCHEMA {name}"))
    except sa.exc.OperationalError:
        pytest.skip("no PostgreSQL answers (ALLOMAIRIE_TEST_POSTGRES names another one)")
    query = {"options": f"-csearch_path={name}"}
    yield sa.make_url(POSTGRES).update_query_dict(query).render_as_string(hide_password=False)
    with admin.begin() as connection:
        connection.execute(sa.text(f"DROP SCHEMA {name} CASCADE"))
    admin.dispose()


def empty(url: str) -> None:
    """Leave the tables, and nothing in them."""
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        kept = sa.inspect(connection).get_table_names()
        names = ", ".join(f'"{name}"' for name in kept if name != "alembic_version")
        connection.execute(sa.text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
    engine.dispose()
