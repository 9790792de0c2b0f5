"""`allomairie doctor`: everything that must be true before calls are answered, with the remedy."""

from __future__ import annotations

import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

import typer
from rich.console import Console
from rich.table import Table

from deploy.cli.connection_findings import connection_facts
from deploy.cli.output import EXAMPLE, JsonOption, TownOption, print_json
from deploy.emergency_test import LATE_DAYS, REPORTS, LastReport
from deploy.errors import CannotStart
from deploy.parts import Town
from deploy.sending.opening import open_routes
from dialog.emergencies import Emergencies
from models import ModelError, detect_hardware
from records import Records, RecordsError
from telephony.sip import check_ports

MEMORY_NEEDED_BYTES = 3 * 1024**3
DISK_NEEDED_BYTES = 2 * 1024**3


@dataclass(frozen=True)
class Finding:
    """One check: `detail` says what was found and, when it is not ok, what to do."""

    check: str
    ok: bool
    detail: str


def doctor(town: TownOption = EXAMPLE, as_json: JsonOption = False) -> None:
    """Check this machine and the town; exit code 1 when something must be mended."""
    findings = list(_findings(town_of=lambda: Town.open(town)))
    ok = all(f.ok for f in findings)
    if as_json:
        print_json({"ok": ok, "checks": [asdict(f) for f in findings]})
    else:
        table = Table("", "check", "found")
        for f in findings:
            table.add_row("✓" if f.ok else "✗", f.check, f.detail)
        Console().print(table)
    if not ok:
        raise typer.Exit(1)


def _findings(town_of: Callable[[], Town]) -> Iterator[Finding]:
    yield from _machine()
    try:
        town = town_of()
    except CannotStart as error:
        yield Finding("configuration", False, str(error))
        return
    yield Finding("configuration", True, str(town.folder.config))
    yield from _models(town)
    yield _sheets(town)
    yield _database(town)
    yield from _ports(town)
    yield from (Finding(*facts) for facts in connection_facts(town))
    yield from sending_findings(town)
    yield from emergency_findings(town)
    yield _privacy(town)


def _machine() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("Python", sys.version_info >= (3, 11), f"{version} (3.11 or later is needed)")
    facts = detect_hardware()
    gpu = f"{facts.gpus} GPU" if facts.gpus else "no GPU: the cpu models are used"
    yield Finding("processor", facts.cores >= 2, f"{facts.cores} cores (2 or more); {gpu}")
    yield Finding(
        "memory",
        facts.memory_bytes >= MEMORY_NEEDED_BYTES,
        f"{facts.memory_bytes / 1024**3:.1f} GiB (3 GiB or more are needed)",
    )


def _models(town: Town) -> Iterator[Finding]:
    free = shutil.disk_usage(_existing(town.store.root)).free
    yield Finding(
        "disk", free >= DISK_NEEDED_BYTES, f"{free / 1024**3:.0f} GiB free (2 GiB are needed)"
    )
    for need in town.profile.needs:
        name = f"model: {need.purpose}" + (f" {need.language}" if need.language != "*" else "")
        try:
            model = town.store.resolve(need.purpose, need.language, town.profile)
            yield Finding(name, True, model.id)
        except ModelError as error:
            yield Finding(name, False, str(error))


def _existing(path: Path) -> Path:
    """The folder itself, or the nearest one above that exists."""
    return next(folder for folder in (path, *path.absolute().parents) if folder.is_dir())


def _sheets(town: Town) -> Finding:
    try:
        sheets = town.sheets()
        town.pronunciation()
    except CannotStart as error:
        return Finding("sheets", False, str(error))
    today = town.clock()().date()
    spoken = sum(sheet.speakable(today) for sheet in sheets)
    return Finding(
        "sheets",
        True,
        f"{len(sheets)} sheets, {spoken} validated and in date"
        + ("" if sheets else "; the assistant knows only the configuration"),
    )


def _database(town: Town) -> Finding:
    try:
        Records.open(town.records_url, hash_key=bytes(16)).close()
    except RecordsError as error:
        return Finding("database", False, str(error))
    return Finding("database", True, "opens, schema up to date")


def _ports(town: Town) -> Iterator[Finding]:
    sip, http = town.settings.sip, town.settings.http
    try:
        check_ports(sip.address, sip.port)
        yield Finding("SIP port", True, f"{sip.address}:{sip.port} is free")
    except OSError as error:
        yield Finding("SIP port", False, str(error))
    try:
        socket.create_server((http.host, http.port)).close()
        yield Finding("HTTP port", True, f"{http.host}:{http.port} is free")
    except OSError as error:
        detail = f"{http.host}:{http.port}: {error.strerror}; is the server running already?"
        yield Finding("HTTP port", False, detail)


def sending_findings(town: Town) -> Iterator[Finding]:
    """What may leave the machine: nothing unless it is configured (requirements R28)."""
    sms, email = town.settings.sms, town.settings.email
    try:
        open_routes(town.settings.town, sms, email)
    except CannotStart as error:
        yield Finding("sending", False, str(error))
        return
    told = f"{sms.sender} by {urlsplit(sms.url).hostname}" if sms.enabled else "off: none is sent"
    yield Finding("SMS", True, told)
    told = f"{email.sender} by {email.host}:{email.port}, {email.security}"
    yield Finding("e-mail", True, told if email.enabled else "off: none is sent")


def emergency_findings(town: Town) -> Iterator[Finding]:
    """Whether an emergency would be answered well (requirements E04, E05, E08)."""
    numbers, now = Emergencies.load(), town.clock()()
    good = not numbers.outdated(now.date())
    told = f"checked on {numbers.checked_on}, good until {numbers.expires_on}"
    yield Finding("emergency numbers", good, told if good else f"{told}: check them again")
    posts = [s.name for s in town.settings.town.services if s.duty and s.extension]
    none = "none: give a service duty = true and an extension; out of hours nobody is reached"
    yield Finding("duty post", bool(posts), ", ".join(posts) or none)
    alerts = town.settings.alerts
    ways = [way for way, on in (("webhook", alerts.webhook), ("e-mail", alerts.email)) if on]
    yield Finding("alerts", True, " and ".join(ways) or "only listed: `allomairie alerts list`")
    last = LastReport.of(town.folder.data / REPORTS)
    if last is None:
        run = "never run: `allomairie emergency self-test`, then once a month"
        yield Finding("emergency self-test", True, run)
        return
    days = (now - last.at).days
    result = "passed" if last.ok else "FAILED"
    yield Finding(
        "emergency self-test",
        last.ok and days <= LATE_DAYS,
        f"{result} on {last.at:%Y-%m-%d}, {days} days ago" + (": overdue" * (days > LATE_DAYS)),
    )


def _privacy(town: Town) -> Finding:
    return Finding("audio recording", True, f"{town.settings.recording.mode}: no audio is kept")
