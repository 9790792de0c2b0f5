"""`allomairie serve`."""

from __future__ import annotations

import asyncio
import logging
import sys

from loguru import logger as pipecat_logger

from deploy.cli.output import EXAMPLE, AtOption, TownOption, console, counting, moment
from deploy.parts import Town
from deploy.server import Server
from records import MaskedLog


def serve(town: TownOption = EXAMPLE, at: AtOption = None) -> None:
    """Answer calls: SIP and the browser page, until SIGTERM or Ctrl-C (twice to hurry)."""
    logging.basicConfig(
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
        stream=sys.stderr,
    )
    for handler in logging.getLogger().handlers:
        handler.addFilter(MaskedLog())
    for noisy in ("alembic", "baresip", "httpx", "aioice", "aiortc"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # pipecat logs frames' contents at debug level: callers' words must not reach a log
    pipecat_logger.remove()
    pipecat_logger.add(sys.stderr, level="WARNING", format="{time} {level} pipecat {message}")
    with counting("Indexing sheets") as progress:
        server = Server(
            Town.open(town),
            lambda line: console.print(line, markup=False, highlight=False, soft_wrap=True),
            progress,
            moment(at),
        )
        asyncio.run(server.run())
