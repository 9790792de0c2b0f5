"""A telephone in a process of its own: `python -m tests.interop.phone PORT [URI]`.

With a URI it calls and does as it is told when it is transferred; without one it answers. Each
thing that happens is one line on stdout.
"""

from __future__ import annotations

import asyncio
import sys

from baresip import Account, Call, Config, Event, Runtime, UserAgent
from baresip.errors import BaresipError
from baresip.events import StackEvent


def tell(line: str) -> None:
    print(line, flush=True)


class Telephone:
    """One user agent that talks of what happens to its calls."""

    def __init__(self) -> None:
        self.runtime = Runtime(native_log_level="error")
        self.last = asyncio.Event()
        self._number = 0
        self._open = 0
        self._tasks: set[asyncio.Task[None]] = set()

    def follow(self, call: Call, name: str) -> None:
        """Tell of the call; the program ends when none is left."""
        self._number += 1
        self._open += 1
        label = f"{name} {self._number}"
        tell(f"{label}: {call.peer}")

        def on_event(event: StackEvent) -> None:
            if event.event is Event.CALL_ESTABLISHED:
                tell(f"{label}: established")
            elif event.event is Event.CALL_CLOSED:
                self._open -= 1
                tell(f"{label}: closed")
                if self._open == 0:
                    asyncio.get_running_loop().call_later(1.0, self._end)

        call.on(on_event)
        call.on_transfer_request(lambda request: self._go(self._transferred(call)))

    def _end(self) -> None:
        if self._open == 0:
            self.last.set()

    def incoming(self, call: Call) -> None:
        self.follow(call, "in")
        self._go(call.answer())

    async def _transferred(self, call: Call) -> None:
        request = call.transfer_request
        tell(f"told to call {request.raw if request else '?'}")
        try:
            self.follow(await call.accept_transfer(), "out")
        except BaresipError as error:
            tell(f"transfer not done: {error}")

    def _go(self, work: object) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def main(port: int, uri: str) -> None:
    phone = Telephone()
    first = 40000 + port % 10000 * 2
    await phone.runtime.start(
        Config(
            net_interface="127.0.0.1",
            max_concurrent_calls=4,
            extra_config_text=f"sip_listen 127.0.0.1:{port}\nrtp_ports {first}-{first + 20}\n",
        )
    )
    try:
        account = Account(
            user="poste",
            domain=f"127.0.0.1:{port}",
            password="",
            reg_interval=0,
            audio_codecs=("pcma",),
            extra_params=("video_codecs=none", "catchall=yes"),
        )
        agent = await UserAgent.create(phone.runtime, account)
        agent.on_incoming(phone.incoming)
        tell("ready")
        if uri:
            phone.follow(await agent.dial(uri), "out")
        async with asyncio.timeout(40):
            await phone.last.wait()
    finally:
        await phone.runtime.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else ""))
