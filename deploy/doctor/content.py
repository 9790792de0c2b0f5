"""What callers are told: sheets, and what is said in an emergency."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from deploy.doctor.finding import Finding, warned
from deploy.emergency_test import LATE_DAYS, REPORTS, LastReport
from deploy.errors import CannotStart
from deploy.parts import Town
from dialog.emergencies import Emergencies
from dialog.lint import Folder, Severity, lint
from dialog.sheets import Sheet
from voice.speakable import speakable

SOON = timedelta(days=30)
NAMED = 5  #: sheets that one sentence names


def sheet_findings(town: Town) -> Iterator[Finding]:
    """Whether the sheets can be read, are in date, and are as callers need them."""
    try:
        sheets = town.sheets()
        town.pronunciation()
    except CannotStart as error:
        yield Finding("sheets", False, str(error))
        return
    today = town.clock()().date()
    spoken = sum(sheet.speakable(today) for sheet in sheets)
    told = f"{len(sheets)} sheets, {spoken} validated and in date"
    yield Finding(
        "sheets",
        True,
        told if sheets else f"{told}; the assistant knows only the configuration",
        warning=not spoken,
    )
    yield validity(sheets, today)
    yield _lint(town, today)


def validity(sheets: list[Sheet], today: date) -> Finding:
    """The sheets whose time is over, which are not spoken any more, or soon over."""
    dated = [sheet for sheet in sheets if sheet.valid_until is not None]
    over = [s.id for s in dated if s.valid_until is not None and s.valid_until < today]
    soon = [s.id for s in dated if s.valid_until and today <= s.valid_until <= today + SOON]
    if over:
        return warned(
            "expired sheets",
            f"{named(over)}: not spoken any more; check them and set valid_until",
        )
    if soon:
        return warned("expired sheets", f"none, but within 30 days: {named(soon)}")
    return Finding("expired sheets", True, "none")


def named(ids: list[str]) -> str:
    """How many, and the first few by name."""
    rest = f" and {len(ids) - NAMED} more" if len(ids) > NAMED else ""
    return f"{len(ids)}: {', '.join(sorted(ids)[:NAMED])}{rest}"


def _lint(town: Town, today: date) -> Finding:
    from deploy.cli.kb_check import known_sigles  # the command line imports the doctor

    pronunciation = town.pronunciation()
    folder = Folder.read(
        town.folder.root,
        town.settings.town,
        today,
        sigles=known_sigles(pronunciation),
        say=lambda text: speakable(text, pronunciation=pronunciation, today=today),
    )
    counts = Counter(finding.severity for finding in lint(folder))
    errors, warnings = counts[Severity.ERROR], counts[Severity.WARNING]
    told = f"{errors} errors, {warnings} warnings"
    remedy = f"{told}: `allomairie kb check` names each with its line"
    if errors:
        return Finding("sheets' style", False, remedy)
    return warned("sheets' style", remedy) if warnings else Finding("sheets' style", True, told)


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
