"""`python -m bench.baseline`: the baseline as a server, until SIGTERM or Ctrl-C."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
import tempfile
from pathlib import Path

from bench.baseline.language_model import serving
from bench.baseline.packages import PackagesMissingError, installed
from bench.calls.servers import free_port
from models.errors import ModelError
from models.store import Store


def main() -> None:
    """Install what is missing, start the language model's server, answer calls."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--port", type=int, default=5070, help="SIP port on 127.0.0.1")
    parser.add_argument("--calls", type=int, default=12, help="calls carried at once")
    parser.add_argument("--transcript", type=Path, help="JSON lines of what was heard")
    options = parser.parse_args()
    try:
        packages = installed()
        model = Store().file("qwen2.5-coder-0.5b")
    except (PackagesMissingError, ModelError) as error:
        sys.exit(f"bench.baseline: {error}")
    sys.path.append(str(packages))
    with serving(model, free_port(), packages) as url:
        asyncio.run(_answer(options, url))


async def _answer(options: argparse.Namespace, url: str) -> None:
    # after the packages are there: pipecat's Kokoro service imports them
    from loguru import logger

    from bench.baseline.bot import Bot, voices_file
    from telephony.sip import SipServer, SipSettings

    logger.remove()
    logger.add(sys.stderr, level="WARNING")  # a line a frame would be a cost of ours
    store = Store()
    voices = voices_file(store, Path(tempfile.gettempdir()) / "allomairie-bench")
    bot = Bot(store, url, voices, options.transcript)
    settings = SipSettings(
        "127.0.0.1",
        options.port,
        rtp_first_port=30_000,
        rtp_last_port=38_000,
        max_calls=options.calls,
    )
    server = SipServer(settings, bot.run)
    await server.start()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    print(f"Ready. Call sip:mairie@127.0.0.1:{options.port}", flush=True)
    await stop.wait()
    await server.stop()


if __name__ == "__main__":
    main()
