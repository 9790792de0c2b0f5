"""`allomairie edge`: files for what stands in front of the callbot."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from deploy.cli.output import EXAMPLE, TownOption, fail
from deploy.config import Settings
from deploy.edge.kamailio import kamailio_files
from deploy.edge.nftables import nftables_conf
from deploy.folder import TownFolder

app = typer.Typer(help="Protect the callbot: Kamailio or a packet filter.", no_args_is_help=True)
OutOption = Annotated[Path, typer.Option("--out", help="Folder to write to; made when missing.")]


@app.callback()
def edge() -> None:
    """Protect the callbot: Kamailio or a packet filter."""


@app.command("kamailio")
def kamailio(out: OutOption, town: TownOption = EXAMPLE) -> None:
    """Write a Kamailio configuration for the declared peers; it stays valid where it is written."""
    settings = TownFolder(town).load()
    folder = out.resolve()
    nodes = settings.edge.nodes or (f"{settings.sip.address}:{settings.sip.port}",)
    try:
        written = kamailio_files(settings.edge, settings.sip.declared_peers(), nodes, folder)
    except ValueError as error:
        fail(str(error))
    _write(folder, written)
    typer.echo(f"Check it: kamailio -c -f {folder / 'kamailio.cfg'}")


@app.command("nftables")
def nftables(out: OutOption, town: TownOption = EXAMPLE) -> None:
    """Write a packet filter that lets the declared peers reach this server, and nobody else."""
    settings = TownFolder(town).load()
    folder = out.resolve()
    try:
        text = _filter(settings)
    except ValueError as error:
        fail(str(error))
    _write(folder, {"nftables.conf": text})
    typer.echo(f"Check it: nft -c -f {folder / 'nftables.conf'}")


def _filter(settings: Settings) -> str:
    sip = settings.sip
    ports = (sip.rtp_first_port, sip.rtp_last_port)
    peers, where = sip.declared_peers(), (sip.address, sip.port)
    return nftables_conf(settings.edge, peers, sip.media_networks, where, ports)


def _write(folder: Path, written: dict[str, str]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in written.items():
            (folder / name).write_text(text, encoding="utf-8")
            typer.echo(f"{folder / name}")
    except OSError as error:
        fail(f"{folder} cannot be written to: {error.strerror}")
