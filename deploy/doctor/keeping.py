"""What is kept: the database, who may read the files, backups, retention, what waits for people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from deploy.doctor.files import open_to_others
from deploy.doctor.finding import Finding, warned
from deploy.metrics.instruments import work_of
from deploy.parts import Town
from records import Records, RecordsError
from records.schema import head_revision
from records.tickets import KEPT_AFTER_CLOSING, KEPT_AT_MOST

OLD_BACKUP_DAYS = 2
WORDS_CEILING_DAYS = SOUND_CEILING_DAYS = 183  #: requirements, table R-ret
BACKUPS = "backups"  #: folder beside the town's data where backups are looked for


def keeping_findings(town: Town) -> Iterator[Finding]:
    """Everything about what is remembered."""
    yield from database(town)
    yield files(town)
    yield backups(town.folder.root / BACKUPS, town.clock()())
    yield retention(town)
    yield recording(town)


def database(town: Town) -> Iterator[Finding]:
    """Whether it opens and has this version's tables; nothing is changed in it."""
    if _not_made_yet(town.records_url):
        yield Finding("database", True, "not made yet: the first start makes it")
        return
    try:
        records = Records.open(town.records_url, hash_key=bytes(16), migrate=False)
    except RecordsError as error:
        yield Finding("database", False, str(error))
        return
    try:
        yield Finding("database", True, f"opens, schema {head_revision()}")
        yield waiting(records, town)
    except RecordsError as error:
        yield Finding("database", False, str(error))
    finally:
        records.close()


def _not_made_yet(url: str) -> bool:
    try:
        parsed = make_url(url)
    except ArgumentError:
        return False  # opening it says what is wrong
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return False
    return not Path(parsed.database).exists()


def waiting(records: Records, town: Town) -> Finding:
    """What waits for the people of the town hall."""
    work = work_of(records.review, town.clock()().date())
    told = f"{work.tickets_open} tickets open, {work.tickets_overdue} overdue"
    if work.alerts_open:
        return Finding(
            "waiting for people",
            False,
            f"{told}, {work.alerts_open} emergencies that nobody acknowledged: "
            "`allomairie alerts list`, then `alerts ack`",
        )
    if work.tickets_overdue:
        return warned("waiting for people", f"{told}: their services find them at /review/tickets")
    return Finding("waiting for people", True, told)


def files(town: Town) -> Finding:
    """Whether other users of the machine can read what callers said."""
    found = open_to_others(town)
    if not found:
        return Finding("file modes", True, "only the server's user reads the data")
    some = ", ".join(str(path) for path in found[:3])
    return warned(
        "file modes",
        f"{len(found)} are open to other users ({some}): `allomairie doctor --fix`",
    )


def backups(folder: Path, now: datetime) -> Finding:
    """How old the newest backup is; a friendly word where none is known."""
    try:
        ages = [now.timestamp() - one.stat().st_mtime for one in folder.iterdir() if one.is_file()]
    except OSError:
        ages = []
    if not ages:
        return warned(
            "backup",
            f"none in {folder}: copy the town's folder every night, to another machine "
            "(docs/operate.md)",
        )
    days = max(0.0, min(ages) / 86400)
    told = f"the newest is {days:.1f} days old"
    if days > OLD_BACKUP_DAYS:
        return Finding("backup", False, f"{told}: see why the nightly one does not run")
    return Finding("backup", True, told)


def retention(town: Town) -> Finding:
    """How long things are kept, with the ceilings of the CNIL (requirements R09)."""
    words, sound = town.settings.records.transcript_days, town.settings.recording.days
    told = (
        f"words {words} days (at most {WORDS_CEILING_DAYS}), sound {sound} days "
        f"(at most {SOUND_CEILING_DAYS}), tickets {KEPT_AFTER_CLOSING.days} days after closing "
        f"(at most {KEPT_AT_MOST.days}), calls without words 365 days"
    )
    within = words <= WORDS_CEILING_DAYS and sound <= SOUND_CEILING_DAYS
    return Finding("retention", within, told if within else f"{told}: above the ceiling")


def recording(town: Town) -> Finding:
    """Whether calls are recorded, and why (requirements R01)."""
    section = town.settings.recording
    if not section.on:
        return Finding("audio recording", True, "off: no audio is kept")
    share = f"{section.share:.0%} of the calls" if section.mode == "sample" else "every call"
    told = f"{section.mode}: {share}, because: {section.reason.strip()}"
    if section.mode == "all":
        return warned("audio recording", f"{told} (CNIL: not without a text that allows it)")
    return Finding("audio recording", True, told)
