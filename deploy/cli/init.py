"""`allomairie init`: a new town's folder."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Annotated

import typer

from deploy.cli.output import fail
from deploy.folder import FILE_NAME, TownFolder


def init(
    folder: Annotated[Path, typer.Argument(help="Folder to make.")],
    name: Annotated[str, typer.Option("--name", help="The town's name.")] = "Ma Commune",
    phone: Annotated[str, typer.Option("--phone", help="The front desk.")] = "02 61 91 00 00",
) -> None:
    """Make a town's folder: commented configuration, one sheet to copy, pronunciations."""
    if (folder / FILE_NAME).exists():
        fail(f"{folder / FILE_NAME} exists already; nothing was changed")
    template = resources.files("deploy") / "template"
    try:
        (folder / "sheets").mkdir(parents=True, exist_ok=True)
        for part in (FILE_NAME, "pronunciation.toml", "sheets/horaires-mairie.md"):
            text = template.joinpath(part).read_text(encoding="utf-8")
            filled = text.replace("@NAME@", _toml(name)).replace("@PHONE@", _toml(phone))
            (folder / part).write_text(filled, encoding="utf-8")
    except OSError as error:
        fail(f"{folder} cannot be written: {error.strerror}")
    TownFolder(folder).load()
    typer.echo(
        f"{folder} is made. Edit {folder / FILE_NAME}, then: allomairie serve --town {folder}"
    )


def _toml(value: str) -> str:
    """The text inside a TOML basic string."""
    return value.replace("\\", "\\\\").replace('"', '\\"')
