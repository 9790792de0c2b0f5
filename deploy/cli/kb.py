"""`allomairie kb`: the sheets of service-public.fr, taken in, looked at, validated."""

from __future__ import annotations

import getpass
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from deploy.cli.output import (
    EXAMPLE,
    JsonOption,
    TownOption,
    counting,
    downloading,
    fail,
    print_json,
)
from deploy.download import DownloadError, downloaded
from deploy.folder import TownFolder
from deploy.parts import Town
from dialog.national import (
    STATUSES,
    Edition,
    Line,
    NationalError,
    Report,
    choose_themes,
    matches,
    merge,
    read_edition,
    read_lines,
    validate,
    write_lines,
)

app = typer.Typer(help="Import and validate the sheets of service-public.fr.", no_args_is_help=True)
importing = typer.Typer(help="Take in sheets that others publish.", no_args_is_help=True)
app.add_typer(importing, name="import")

SHOWN = 8  #: ids named in a line for people; --json names all

ThemeOption = Annotated[
    list[str] | None,
    typer.Option("--theme", help="A part of a theme's name, e.g. papiers; may be repeated."),
]


@dataclass(frozen=True)
class _Import:
    """An import that was done."""

    source: str
    file: Path
    report: Report
    seconds: float


@importing.command("service-public")
def import_service_public(
    source: Annotated[
        str | None,
        typer.Argument(help="ZIP, folder or address; default: the key national.url."),
    ] = None,
    theme: ThemeOption = None,
    partial: Annotated[
        bool, typer.Option("--partial", help="Not a whole edition: withdraw nothing.")
    ] = False,
    town: TownOption = EXAMPLE,
    as_json: JsonOption = False,
) -> None:
    """Take in an edition of service-public.fr, as drafts; only what changed is touched."""
    folder = TownFolder(town)
    wanted = source or folder.load().national.url
    started = time.monotonic()
    try:
        report = _import(wanted, folder, theme or [], whole=not (theme or partial))
    except (NationalError, DownloadError) as error:
        fail(str(error))
    done = _Import(wanted, folder.national, report, time.monotonic() - started)
    if as_json:
        print_json(_as_json(done))
    else:
        _tell(done)


@app.command("validate")
def validate_sheets(
    sheets: Annotated[list[str] | None, typer.Argument(help="Ids, e.g. F1341.")] = None,
    theme: ThemeOption = None,
    every: Annotated[bool, typer.Option("--all", help="All sheets that were imported.")] = False,
    by: Annotated[str, typer.Option("--by", help="Who validates; default: your login.")] = "",
    town: TownOption = EXAMPLE,
    as_json: JsonOption = False,
) -> None:
    """Let callers hear sheets: one by one, by theme, or all of them."""
    if not (sheets or theme or every):
        fail("name sheets, a --theme, or --all", code=2)
    opened = Town.open(town)
    path = opened.folder.national
    today = opened.clock()().date()
    try:
        known = read_lines(path)
        if not known:
            fail(f"{path} holds no sheet yet; `allomairie kb import service-public` brings them")
        done = validate(
            known, sheets or [], theme or [], every=every, day=today, by=by or getpass.getuser()
        )
        if done.validated:
            write_lines(path, done.lines)
    except NationalError as error:
        fail(str(error))
    if as_json:
        print_json(
            {"validated": done.validated, "promoted": done.promoted, "already": done.already}
        )
        return
    typer.echo(
        f"{len(done.validated)} sheets validated{_named(done.validated)}"
        f" ({len(done.promoted)} of them with a newer text), {len(done.already)} already were."
    )


@app.command("list")
def list_sheets(
    theme: ThemeOption = None,
    status: Annotated[
        str | None, typer.Option("--status", help="draft, validated or withdrawn.")
    ] = None,
    town: TownOption = EXAMPLE,
    as_json: JsonOption = False,
) -> None:
    """List the national sheets of the town."""
    try:
        lines = read_lines(TownFolder(town).national)
        names = choose_themes((line.sheet for line in lines), theme or [])
    except NationalError as error:
        fail(str(error))
    states = (*STATUSES, "withdrawn")
    wanted = {spoken: name for name, spoken in STATUSES.items()}.get(status or "", status)
    if wanted is not None and wanted not in states:
        fail(f"--status is one of {', '.join(states)}, not {status!r}", code=2)
    chosen = [
        line
        for line in lines
        if matches(line.sheet, names) and (wanted is None or _state(line) == wanted)
    ]
    if as_json:
        print_json([_row(line) for line in chosen])
        return
    table = Table("id", "title", "theme", "updated", "status")
    for line in chosen:
        row = _row(line)
        table.add_row(
            *(str(row[key] or "") for key in ("id", "title", "theme", "updated", "status"))
        )
    Console().print(table)
    counts = Counter(_state(line) for line in chosen)
    typer.echo(", ".join(f"{counts[state]} {state}" for state in states))


@app.command("show")
def show_sheet(
    sheet: Annotated[str, typer.Argument(help="Its id, e.g. F1341.")],
    town: TownOption = EXAMPLE,
    as_json: JsonOption = False,
) -> None:
    """Show what a national sheet says: read it before you validate it."""
    try:
        lines = read_lines(TownFolder(town).national)
    except NationalError as error:
        fail(str(error))
    found = [line for line in lines if line.id == sheet.strip().upper()]
    if not found:
        fail(f"no national sheet has the id {sheet}; `allomairie kb list` shows all")
    if as_json:
        print_json([_row(line) | {"sections": _sections(line)} for line in found])
        return
    for line in found:
        typer.echo("\n".join(_page(line)))


def _import(wanted: str, folder: TownFolder, themes: list[str], *, whole: bool) -> Report:
    """Read everything, then look at the town's file: between the two no validation is lost."""
    report = Report()
    with (
        _local(wanted, folder) as source,
        Edition(source) as edition,
        counting("Reading sheets") as progress,
    ):
        sheets = read_edition(edition, themes, report, progress)
    lines = merge(read_lines(folder.national), sheets, report, whole=whole)
    if report.touched:
        write_lines(folder.national, lines)
    return report


@contextmanager
def _local(wanted: str, folder: TownFolder) -> Iterator[Path]:
    if not wanted.startswith(("http://", "https://")):
        yield Path(wanted)
        return
    with (
        downloading("Fetching the edition") as progress,
        downloaded(wanted, folder.root, progress) as path,
    ):
        yield path


def _state(line: Line) -> str:
    return "withdrawn" if line.withdrawn else line.status


def _row(line: Line) -> dict[str, Any]:
    sheet = line.sheet
    return {
        "id": sheet.id,
        "title": sheet.title,
        "theme": sheet.theme,
        "dossier": sheet.dossier,
        "audience": sheet.audience,
        "updated": sheet.updated.isoformat() if sheet.updated else None,
        "status": _state(line),
        "validated_on": line.validated_on.isoformat() if line.validated_on else None,
        "validated_by": line.validated_by,
        "url": sheet.url,
        "source": sheet.source,
        "version": sheet.version,
    }


def _sections(line: Line) -> list[dict[str, Any]]:
    return [
        {
            "heading": section.heading,
            "kind": section.kind,
            "conditions": section.conditions,
            "paragraphs": section.paragraphs,
        }
        for section in line.sheet.sections
    ]


def _page(line: Line) -> Iterator[str]:
    sheet = line.sheet
    yield f"{sheet.id}  {sheet.title}"
    yield f"{sheet.theme} › {sheet.dossier} · {sheet.audience} · {_state(line)}" + (
        f" on {line.validated_on} by {line.validated_by}" if line.validated_on else ""
    )
    yield f"{sheet.source} · {sheet.url}"
    for section in sheet.sections:
        yield ""
        name = " › ".join((*section.conditions, section.heading)).strip(" ›")
        if name:
            yield f"## {name}" + (f"  [{section.kind}]" if section.kind else "")
        yield from section.paragraphs
    for link in sheet.links:
        yield f"→ {link.title}: {link.url}"
    yield ""


def _as_json(done: _Import) -> dict[str, Any]:
    report = done.report
    return {
        "source": done.source,
        "file": str(done.file),
        "read": report.read,
        "new": len(report.new),
        "changed": len(report.changed),
        "waiting": len(report.waiting),
        "unchanged": len(report.unchanged),
        "withdrawn": len(report.withdrawn),
        "other_themes": report.other_themes,
        "left_out": {why: len(names) for why, names in report.left_out.items()},
        "sheets": {
            "new": report.new,
            "changed": report.changed,
            "waiting": report.waiting,
            "withdrawn": report.withdrawn,
            "left_out": report.left_out,
        },
        "seconds": round(done.seconds, 1),
    }


def _tell(done: _Import) -> None:
    report = done.report
    typer.echo(f"{done.source}: {report.read} documents in {done.seconds:.1f} s")
    for name, ids in (
        ("new, as drafts", report.new),
        ("changed", report.changed),
        ("of these wait beside their validated text", report.waiting),
        ("unchanged", report.unchanged),
        ("withdrawn, no longer spoken", report.withdrawn),
    ):
        shown = "" if name == "unchanged" else _named(ids)
        if ids or name in ("new, as drafts", "changed", "unchanged"):
            typer.echo(f"  {len(ids):5} {name}{shown}")
    if report.other_themes:
        typer.echo(f"  {report.other_themes:5} of other themes, not touched")
    for why, names in report.left_out.items():
        typer.echo(f"  {len(names):5} left out: {why}{_named(names)}")
    if report.touched:
        typer.echo(f"{done.file} is written. `allomairie kb validate` lets callers hear sheets.")
    else:
        typer.echo(f"{done.file} is as it was.")


def _named(ids: Iterable[str]) -> str:
    every = list(ids)
    more = ", …" if len(every) > SHOWN else ""
    return f": {', '.join(every[:SHOWN])}{more}" if every else ""
