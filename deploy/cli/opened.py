"""A town's records for one command: opened, and what is wrong with them told in one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.cli.output import fail
from deploy.errors import CannotStart
from deploy.parts import Town
from records import Records, RecordsError


@contextmanager
def opened_records(root: Path, *, migrate: bool = True) -> Iterator[tuple[Town, Records]]:
    """The town and its records; a failure ends the command."""
    try:
        town = Town.open(root)
        records = town.open_records(migrate=migrate)
    except CannotStart as error:
        fail(str(error))
    try:
        yield town, records
    except (RecordsError, ValueError) as error:
        fail(str(error))
    finally:
        records.close()
