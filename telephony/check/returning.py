"""Our own call, come back through the trunk: answered and echoed, so that both ways are proven."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Coroutine
from typing import Any

from telephony.check import sdp
from telephony.check.agent import T1_S, T2_S, Agent, tag_of, token
from telephony.check.link import Route
from telephony.check.media import Media
from telephony.sip_message import Message

MOST_CALLS = 4  #: that come back at once
_SIGNAL = re.compile(r"^\s*Signal\s*=\s*([0-9*#])", re.IGNORECASE | re.MULTILINE)


class Returning:
    """Answers calls while `expected` is set; `close` ends them.

    `keys_by_event` and `keys_by_info` are what arrived at this end.
    """

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self._calls: dict[str, tuple[Media, str]] = {}  #: by Call-ID, with our tag
        self._acknowledged: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.expected = False
        self.came = 0  #: calls that came back
        self.referred = False  #: a REFER came back: the trunk only relays
        self.keys_by_info: list[str] = []
        self._versions = 1
        self._forget = agent.handle(self._asked)

    @property
    def keys_by_event(self) -> list[str]:
        """Keys that arrived as events of RFC 4733."""
        return [key for media, _ in self._calls.values() for key in media.keys]

    async def close(self) -> None:
        """End what came."""
        self._forget()
        for task in self._tasks:
            task.cancel()
        for media, _ in self._calls.values():
            await media.close()
        self._calls.clear()

    def _asked(self, message: Message, route: Route) -> bool:
        call_id = message.value("call-id")
        if call_id in self._calls:
            if message.method == "ACK" or tag_of(message.value("to")) == self._calls[call_id][1]:
                self._within(message, route)
                return True
            return False
        begins = message.method == "INVITE" and not tag_of(message.value("to"))
        if not begins or not self.expected or len(self._calls) >= MOST_CALLS:
            return False
        self._spawn(self._answer(message, route))
        return True

    async def _answer(self, message: Message, route: Route) -> None:
        try:
            offer = sdp.read(message.body)
        except ValueError:
            self._agent.answer(message, route, "488 Not Acceptable Here")
            return
        if offer.codec is None or (offer.secure and offer.key is None):
            self._agent.answer(message, route, "488 Not Acceptable Here")
            return
        media = Media(self._agent.address, self._agent.capture, echo=True)
        await media.open()
        key = sdp.new_key() if offer.secure else None
        tag = token()
        self._calls[message.value("call-id")] = (media, tag)
        self.came += 1
        body = sdp.describe(
            self._agent.address, media.port, (offer.codec,), event=offer.event, key=key
        )
        media.start(offer, key)
        said = self._agent.answer(message, route, "200 OK", tag=tag, body=body)
        await self._repeat(said, route, message.value("call-id"))

    async def _repeat(self, said: bytes, route: Route, call_id: str) -> None:
        """A 200 is said again until its ACK (RFC 3261, 13.3.1.4)."""
        wait_s = T1_S
        for _ in range(6):
            await asyncio.sleep(wait_s)
            if call_id in self._acknowledged or call_id not in self._calls:
                return
            self._agent.link.send(said, route)
            wait_s = min(wait_s * 2, T2_S)

    def _within(self, message: Message, route: Route) -> None:
        call_id = message.value("call-id")
        media, _ = self._calls[call_id]
        match message.method:
            case "ACK":
                self._acknowledged.add(call_id)
            case "BYE":
                self._agent.answer(message, route, "200 OK")
                self._calls.pop(call_id)
                self._spawn(media.close())
            case "INFO":
                if found := _SIGNAL.search(message.body):
                    self.keys_by_info.append(found.group(1))
                self._agent.answer(message, route, "200 OK")
            case "INVITE" | "UPDATE":
                self._agent.answer(message, route, "200 OK", body=self._renewed(message, media))
            case "REFER":
                self.referred = True
                self._agent.answer(message, route, "603 Decline")
            case _:
                self._agent.answer(message, route, "200 OK")

    def _renewed(self, message: Message, media: Media) -> str:
        try:
            offer = sdp.read(message.body)
        except ValueError:
            return ""
        if offer.codec is None:
            return ""
        self._versions += 1
        media.start(offer)
        return sdp.describe(
            self._agent.address,
            media.port,
            (offer.codec,),
            version=self._versions,
            direction=sdp.opposite(offer.direction),
            event=offer.event,
        )

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
