"""`allomairie alerts`: emergencies that callers told of, and who has seen them."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table

from deploy.alerts import KINDS, as_json
from deploy.cli.opened import opened_records
from deploy.cli.output import EXAMPLE, JsonOption, TownOption, print_json

app = typer.Typer(help="Emergencies that callers told of.", no_args_is_help=True)


@app.command("list")
def list_(
    everything: Annotated[bool, typer.Option("--all", help="Acknowledged ones too.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000)] = 50,
    town: TownOption = EXAMPLE,
    as_json_: JsonOption = False,
) -> None:
    """The last alerts, newest first, and how many each day had."""
    with opened_records(town, migrate=False) as (opened, records):
        zone = ZoneInfo(opened.settings.town.timezone)
        found = records.alerts.recent(limit, open_only=not everything)
        days = records.alerts.per_day(zone)
    name = opened.settings.town.name
    if as_json_:
        per_day = {day.isoformat(): count for day, count in days.items()}
        print_json({"alerts": [as_json(alert, name) for alert in found], "per_day": per_day})
        return
    table = Table("n°", "quand", "quoi", "appelant", "entendu", "vu par")
    for alert in found:
        when = f"{alert.at.astimezone(zone):%d/%m/%Y %H:%M:%S}"
        kind = KINDS.get(alert.kind, alert.kind)
        seen = alert.acknowledged_by or "personne"
        table.add_row(str(alert.id), when, kind, alert.caller or "masqué", alert.words, seen)
    Console().print(table)
    for day, count in days.items():
        typer.echo(f"{day:%d/%m/%Y} : {count} alerte{'s' if count > 1 else ''}")


@app.command("ack")
def acknowledge(
    number: Annotated[int, typer.Argument(help="Number of the alert.")],
    by: Annotated[str, typer.Option("--by", help="Who has seen it.")],
    town: TownOption = EXAMPLE,
    as_json_: JsonOption = False,
) -> None:
    """Say that you have seen an alert; the first one counts."""
    with opened_records(town, migrate=False) as (opened, records):
        alert = records.alerts.acknowledge(number, by)
    if as_json_:
        print_json(as_json(alert, opened.settings.town.name))
    else:
        typer.echo(f"Alerte {alert.id} : vue par {alert.acknowledged_by}.")
