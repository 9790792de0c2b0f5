"""`allomairie town`: what a town brings along besides its configuration and sheets."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from deploy.cli.output import EXAMPLE, JsonOption, TownOption, fail, print_json
from dialog.values.address_base import AddressBaseError, Imported, read_address_base, write_streets

STREETS_FILE = "streets.csv"

app = typer.Typer(help="What a town brings along: its streets.", no_args_is_help=True)
streets = typer.Typer(help="The town's list of streets and house numbers.", no_args_is_help=True)
app.add_typer(streets, name="streets")

FileArgument = Annotated[
    Path,
    typer.Argument(help="CSV of the national address base (adresse.data.gouv.fr), or .csv.gz."),
]
InseeOption = Annotated[
    str, typer.Option("--insee", help="INSEE code of the commune, when the file has several.")
]


@streets.command("import")
def import_streets(
    file: FileArgument,
    town: TownOption = EXAMPLE,
    insee: InseeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Make TOWN/streets.csv from a file of the national address base."""
    if not town.is_dir():
        fail(f"{town} is not the folder of a town")
    try:
        imported = read_address_base(file, insee)
        write_streets(imported.houses, town / STREETS_FILE)
    except AddressBaseError as error:
        fail(str(error))
    except OSError as error:
        fail(f"{town / STREETS_FILE} cannot be written: {error.strerror}")
    if as_json:
        print_json(_counts(imported))
        return
    typer.echo(
        f"{town / STREETS_FILE}: {imported.streets} streets, {imported.numbers} house numbers."
    )
    for count, what in (
        (imported.other_communes, "of other communes"),
        (imported.left_out, "without a street or a position"),
        (imported.twice, "given twice"),
    ):
        if count:
            typer.echo(f"  {count} addresses {what} were left out.")


def _counts(imported: Imported) -> dict[str, int]:
    return {
        "streets": imported.streets,
        "numbers": imported.numbers,
        "lines": imported.lines,
        "other_communes": imported.other_communes,
        "left_out": imported.left_out,
        "twice": imported.twice,
    }
