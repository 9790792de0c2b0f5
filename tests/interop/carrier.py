"""The SIP side of the server alone, in a process of its own: it answers, and echoes what it hears.

No models are loaded, so that a scenario of a real peer takes seconds. Settings come as JSON on the
command line; what happens is written to standard output, one JSON object a line.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from dataclasses import asdict

from deploy.config import Sip
from telephony.call import Call
from telephony.sip import SipServer, SipSettings
from telephony.status import Status


def tell(**facts: object) -> None:
    print(json.dumps(facts), flush=True)


class Echo:
    """Answers a call and echoes until it ends."""

    def __init__(self, ring_s: float) -> None:
        self._ring_s = ring_s

    async def __call__(self, call: Call) -> None:
        tell(event="call", **asdict(call.info))
        call.on_key(lambda key: tell(event="key", key=key))
        if self._ring_s:
            await asyncio.sleep(self._ring_s)
        try:
            await call.answer()
        except ConnectionError as error:
            tell(event="unanswered", why=str(error))
            return
        tell(event="answered", rate_hz=call.rate_hz)
        stack_call = call.stack_call  # type: ignore[attr-defined]
        echo = asyncio.create_task(self._echo(stack_call))
        reason = await call.wait_closed()
        echo.cancel()
        report = call.report()
        tell(event="closed", reason=reason, rx=report.rx_packets, tx=report.tx_packets)

    async def _echo(self, stack_call) -> None:  # type: ignore[no-untyped-def]
        from baresip.errors import AudioNotActive, AudioRestarted

        heard = False
        while True:
            await asyncio.sleep(0.02)
            try:
                pcm = stack_call.audio.read(16_000)
                if pcm:
                    stack_call.audio.write(pcm)
                    if not heard and any(pcm):
                        heard = True
                        tell(event="heard")
            except (AudioNotActive, AudioRestarted):
                continue


async def main() -> None:
    wanted = json.loads(sys.argv[1])
    ring_s = wanted.pop("ring_s", 0)
    lines = tuple(wanted.pop("lines", ()))
    status = Status(lambda one: tell(event="status", **asdict(one)))
    sip = Sip(**wanted)
    settings = SipSettings(
        address=sip.address,
        port=sip.port,
        rtp_first_port=sip.rtp_first_port,
        rtp_last_port=sip.rtp_last_port,
        max_calls=sip.max_calls,
        rtp_timeout_s=sip.rtp_timeout_s,
        trunks=sip.trunks(lines, status=status),
    )
    server = SipServer(settings, Echo(ring_s))
    await server.start()
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    tell(event="ready")
    await stop.wait()
    await server.drain(1)
    await server.stop()
    tell(event="stopped", trouble=status.trouble)


if __name__ == "__main__":
    asyncio.run(main())
