"""`allomairie drain`: a running server takes no new calls, those in progress end normally."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from deploy.cli.output import EXAMPLE, JsonOption, TownOption, console, fail, print_json
from deploy.control import NoServer, ask
from deploy.folder import TownFolder

POLL_S = 0.5


def drain(
    town: TownOption = EXAMPLE,
    undo: Annotated[bool, typer.Option("--undo", help="Take calls again.")] = False,
    status: Annotated[bool, typer.Option("--status", help="Only say how it stands.")] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Return when no call is left.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Refuse new calls with 486 (the IPBX rings reception), or take them again."""
    if undo + status > 1 or (wait and (undo or status)):
        fail("give one of --undo, --status and --wait", code=2)
    folder = TownFolder(town)
    folder.load()
    try:
        state = ask(folder, "GET" if status else "DELETE" if undo else "PUT")
        while wait and state["calls"]:
            time.sleep(POLL_S)
            state = ask(folder, "GET")
    except NoServer as error:
        fail(str(error))
    if as_json:
        print_json(state)
        return
    how = "New calls are refused" if state["draining"] else "New calls are taken"
    console.print(f"{how}; {state['calls']} call(s) in progress.", markup=False, highlight=False)
