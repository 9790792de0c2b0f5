"""`allomairie trunk check`: a table that an integrator can send to his supplier."""

from __future__ import annotations

import asyncio
import re
import socket
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from deploy.cli.output import EXAMPLE, JsonOption, TownOption, console, fail, print_json
from deploy.config import Settings
from deploy.errors import ConfigError
from deploy.folder import TownFolder
from deploy.trunks import trunks_of
from telephony.check.capture import Capture
from telephony.check.report import TITLES, Report, Verdict
from telephony.check.trial import Trial, Trunk

app = typer.Typer(help="Try the connections to the IPBX or the operator.", no_args_is_help=True)
STYLES = {
    Verdict.OK: "green",
    Verdict.FAILED: "bold red",
    Verdict.UNKNOWN: "yellow",
    Verdict.UNUSED: "dim",
}
_NUMBER = re.compile(r"^[A-Za-z0-9+*#._-]{1,60}$")


@app.callback()
def trunk() -> None:
    """Try the connections to the IPBX or the operator."""


@app.command("check")
def check(
    town: TownOption = EXAMPLE,
    trunk: Annotated[
        str, typer.Option("--trunk", help="Only this peer or account; default: all.")
    ] = "",
    number: Annotated[
        str,
        typer.Option("--number", help="Number that answers by itself, best an echo; see the docs."),
    ] = "",
    transfer_to: Annotated[
        str, typer.Option("--transfer-to", help="Extension for the test transfer.")
    ] = "",
    pcap: Annotated[
        Path | None, typer.Option("--pcap", help="Keep a capture without voice in this file.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Make real test calls and say, line by line, what works; exit code 0 if all needed does."""
    settings = TownFolder(town).load()
    for said in (number, transfer_to):
        if said and not _NUMBER.match(said):
            fail(f"{said!r} is not a number or an extension", code=2)
    try:
        trunks = trunks_of(settings, only=trunk, number=number, transfer_to=transfer_to)
    except ConfigError as error:
        fail(str(error), code=2)
    try:
        capture = Capture(pcap)
    except OSError as error:
        fail(f"{pcap} cannot be written: {error.strerror}")
    try:
        reports = asyncio.run(_try_all(settings, trunks, capture, quiet=as_json))
    finally:
        capture.close()
    fine = all(report.fine for report in reports)
    if as_json:
        print_json({"ok": fine, "trunks": [report.as_json() for report in reports]})
    else:
        for report in reports:
            _print(report, settings.town.name)
    if not fine:
        raise typer.Exit(1)


async def _try_all(
    settings: Settings, trunks: list[Trunk], capture: Capture, *, quiet: bool
) -> list[Report]:
    reports = []
    for one in trunks:
        trial = Trial(
            one,
            address=settings.sip.address,
            port=_free(settings.sip.address, settings.sip.port),
            capture=capture,
            say=(lambda text: None) if quiet else (lambda text: console.print(text, style="dim")),
        )
        reports.append(await trial.run())
    return reports


def _free(address: str, port: int) -> int:
    """The server's own port while it does not run: calls come back to it; else any."""
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind((address, port))
            except OSError:
                return 0
    return port


def _print(report: Report, town: str) -> None:
    table = Table(title=f"{town} : trunk {report.name}, {report.target}", title_justify="left")
    for heading in ("Essai", "Verdict", "Constat", "Que faire"):
        table.add_column(heading, overflow="fold")
    for line in report.ordered:
        title = TITLES[line.key] + (" *" if line.mandatory else "")
        table.add_row(
            title, line.verdict.value, line.finding, line.remedy, style=STYLES[line.verdict]
        )
    out = Console()
    out.print(table, markup=False)
    out.print("* indispensable. « non vérifiable » : rien ne prouve que cela marche.", style="dim")
    if report.fine:
        out.print("Tout ce qui est indispensable fonctionne.", style="green")
    else:
        wrong = ", ".join(TITLES[line.key] for line in report.ordered if not line.fine)
        out.print(f"À régler ou à prouver : {wrong}.", style="bold red")
