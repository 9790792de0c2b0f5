"""`allomairie serve`."""

from __future__ import annotations

import asyncio

from deploy.cli.output import EXAMPLE, AtOption, TownOption, console, counting, moment
from deploy.logs import start_log
from deploy.parts import Town
from deploy.security_log import security_log
from deploy.server import Server


def serve(town: TownOption = EXAMPLE, at: AtOption = None) -> None:
    """Answer calls: SIP and the browser page, until SIGTERM or Ctrl-C (twice to hurry)."""
    opened = Town.open(town)
    start_log(opened.settings.log)
    with counting("Indexing sheets") as progress:
        server = Server(
            opened,
            lambda line: console.print(line, markup=False, highlight=False, soft_wrap=True),
            progress,
            moment(at),
        )
        with security_log(opened):
            asyncio.run(server.run())
