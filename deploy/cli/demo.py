"""`allomairie demo`: invented calls, to look at the supervisors' page before anybody called."""

from __future__ import annotations

import time
from itertools import islice
from typing import Annotated

import typer

from deploy.cli.output import EXAMPLE, JsonOption, TownOption, counting, fail, print_json
from deploy.demo.calls import Inventor
from deploy.errors import CannotStart
from deploy.parts import Town
from records import CallFilter, RecordsError

AT_ONCE = 200  #: calls written in one transaction

app = typer.Typer(help="Invented calls for demonstrations.", no_args_is_help=True)


@app.callback()
def demo() -> None:
    """Invented calls for demonstrations."""


@app.command("seed")
def seed(
    calls: Annotated[int, typer.Option("--calls", min=1, max=1_000_000, help="How many.")] = 500,
    days: Annotated[int, typer.Option("--days", min=1, max=366, help="Over so many days.")] = 30,
    number: Annotated[int, typer.Option("--seed", help="The same seed, the same calls.")] = 1,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Although the town's database has real calls.")
    ] = False,
    town: TownOption = EXAMPLE,
    as_json: JsonOption = False,
) -> None:
    """Write invented calls into the town's records. Never on a town that is in use."""
    started = time.monotonic()
    try:
        opened = Town.open(town)
        records = opened.open_records()
    except CannotStart as error:
        fail(str(error))
    try:
        if not anyway and records.review.calls(CallFilter(), limit=1):
            fail("the database holds calls already; --anyway adds invented ones all the same")
        inventor = Inventor(
            opened.settings.town,
            opened.sheets(),
            opened.streets(),
            seed=number,
            until=opened.clock()(),
        )
        written = 0
        with counting("calls") as report:
            invented = inventor.calls(calls, days)
            while some := tuple(islice(invented, AT_ONCE)):
                written += len(records.add_past_calls(some))
                report(written, calls)
    except (CannotStart, RecordsError) as error:
        fail(str(error))
    finally:
        records.close()
    spent = time.monotonic() - started
    if as_json:
        print_json({"calls": written, "days": days, "seconds": round(spent, 1)})
    else:
        typer.echo(f"{written} invented calls over {days} days, in {spent:.0f} s.")
