"""`allomairie calls`: how well the last calls were carried."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table

from deploy.cli.output import EXAMPLE, JsonOption, TownOption, fail, print_json
from deploy.parts import Town
from records import CallRecord, Records, RecordsError

app = typer.Typer(help="Calls that were carried.", no_args_is_help=True)

POOR_MOS = 3.6  #: under this "some users are dissatisfied" or worse (ITU-T G.107, table B.1: R 70)


@app.callback()
def calls() -> None:
    """Calls that were carried."""


@app.command("quality")
def quality(
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000)] = 20,
    poor: Annotated[bool, typer.Option("--poor", help="Only calls that sounded badly.")] = False,
    town: TownOption = EXAMPLE,
    as_json: JsonOption = False,
) -> None:
    """Loss, jitter, delay and estimated opinion of the last calls, newest first."""
    opened = Town.open(town)
    try:
        records = Records.open(opened.records_url, hash_key=opened.hash_key, migrate=False)
        try:
            found = records.recent_calls(limit)
        finally:
            records.close()
    except (RecordsError, ValueError) as error:
        fail(str(error))
    shown = [one for one in found if one.stats and (not poor or is_poor(one.stats))]
    if as_json:
        print_json({"calls": [_as_json(one) for one in shown]})
    else:
        _show(shown, ZoneInfo(opened.settings.town.timezone))


def is_poor(stats: Mapping[str, object]) -> bool:
    """Whether either side heard badly."""
    opinions = [stats.get("mos"), stats.get("far_mos")]
    return any(isinstance(one, int | float) and one < POOR_MOS for one in opinions)


def _as_json(call: CallRecord) -> dict[str, object]:
    return {
        "reference": call.reference,
        "channel": call.channel,
        "started_at": call.started_at.isoformat(),
        "ended_at": call.ended_at.isoformat() if call.ended_at else None,
        "outcome": call.outcome,
        "end_reason": call.end_reason,
        **call.stats,
    }


def _show(shown: list[CallRecord], zone: ZoneInfo) -> None:
    measured = ("paquets", "perdus", "gigue", "aller-retour", "MOS", "MOS en face")
    table = Table("appel", "quand", "codec", *measured, "fin")
    for one in shown:
        stats = one.stats
        table.add_row(
            one.reference,
            f"{one.started_at.astimezone(zone):%d/%m/%Y %H:%M}",
            str(stats.get("codec", "–")),
            str(stats.get("rx_packets", "–")),
            _lost(stats),
            _figure(stats.get("jitter_ms"), " ms"),
            _figure(stats.get("rtt_ms"), " ms"),
            _figure(stats.get("mos"), "", 2),
            _figure(stats.get("far_mos"), "", 2),
            one.end_reason,
        )
    Console().print(table)


def _figure(value: object, unit: str, digits: int = 1) -> str:
    """A measured value as French writes it; a dash where nothing was measured."""
    if not isinstance(value, int | float):
        return "–"
    return f"{value:.{digits}f}{unit}".replace(".", ",")


def _lost(stats: Mapping[str, object]) -> str:
    lost, arrived = stats.get("lost_packets"), stats.get("rx_packets")
    if not isinstance(lost, int) or not isinstance(arrived, int):
        return "–"
    return f"{100 * lost / max(1, lost + arrived):.1f} %".replace(".", ",")
