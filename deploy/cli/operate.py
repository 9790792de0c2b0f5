"""`allomairie operate`: files for the monitoring that watches the server."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Annotated

import typer

from deploy.cli.output import fail

FILES = ("grafana-allomairie.json", "alerts.yml")

app = typer.Typer(help="Files for Prometheus and Grafana.", no_args_is_help=True)


@app.callback()
def operate() -> None:
    """Files for Prometheus and Grafana."""


@app.command("files")
def files(
    out: Annotated[Path, typer.Argument(help="Folder to write to; made when missing.")],
) -> None:
    """Write the Grafana dashboard and the alert rules of Prometheus (docs/operate/metrics.md)."""
    source = resources.files("deploy") / "operate"
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            (out / name).write_text(source.joinpath(name).read_text("utf-8"), encoding="utf-8")
            typer.echo(str(out / name))
    except OSError as error:
        fail(f"{out} cannot be written to: {error.strerror}")
    typer.echo(f"Check it: promtool check rules {out / 'alerts.yml'}")
