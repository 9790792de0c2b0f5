"""A bad network between two namespaces: packets are lost and delayed by a given pattern.

    [near: 10.79.0.1] ── TUN ──► drop? ──► wait 0 … 2 × jitter ──► TUN ── [far: 10.79.0.2]

The same both ways, for every packet, SIP and RTCP too; packets may overtake each other, as with
`tc netem delay J J`, which not every kernel has. `python -m tests.interop.link '{"jitter_ms": 60}'`
makes both namespaces, tells their names, and forwards until its standard input ends; a line of
standard input changes the settings.
"""

from __future__ import annotations

import contextlib
import fcntl
import heapq
import json
import os
import random
import select
import signal
import struct
import subprocess
import sys
import time
from dataclasses import dataclass, replace

NEAR, FAR = "10.79.0.1", "10.79.0.2"
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000  # linux/if_tun.h
LONGEST = 2048


@dataclass(frozen=True)
class Weather:
    """How bad the network is."""

    loss: float = 0.0  #: chance that a packet is lost, 0..1
    jitter_ms: float = 0.0  #: mean of the delay, which is even between 0 and twice that
    seed: int = 1


def ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)


def tun(namespace: str, address: str, peer: str) -> int:
    """A TUN device as the only way out of a new namespace; its file descriptor."""
    descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(descriptor, TUNSETIFF, struct.pack("16sH", namespace.encode(), IFF_TUN | IFF_NO_PI))
    ip("netns", "add", namespace)
    ip("link", "set", namespace, "netns", namespace)
    ip("-n", namespace, "addr", "add", address, "peer", peer, "dev", namespace)
    ip("-n", namespace, "link", "set", "lo", "up")
    ip("-n", namespace, "link", "set", namespace, "up")
    return descriptor


class Link:
    """Carries packets between two descriptors."""

    def __init__(self, near: int, far: int, weather: Weather) -> None:
        self.weather = weather
        self._random = random.Random(weather.seed)
        self._to = {near: far, far: near}
        self._waiting: list[tuple[float, int, int, bytes]] = []
        self._number = 0
        self.lost = self.carried = 0

    def run(self) -> None:
        """Forward until standard input ends."""
        while True:
            due = self._waiting[0][0] - time.monotonic() if self._waiting else 1.0
            ready, _, _ = select.select([*self._to, sys.stdin], [], [], max(0.0, due))
            if sys.stdin in ready:
                line = sys.stdin.readline()
                if not line:
                    return
                self.weather = replace(self.weather, **json.loads(line))
            for source in self._to:
                if source in ready:
                    self._take(source)
            self._deliver()

    def _take(self, source: int) -> None:
        while True:
            try:
                packet = os.read(source, LONGEST)
            except BlockingIOError:
                return
            if self._random.random() < self.weather.loss:
                self.lost += 1
                continue
            delay_s = self._random.uniform(0, 2 * self.weather.jitter_ms) / 1000
            self._number += 1  # equal moments keep their order
            entry = (time.monotonic() + delay_s, self._number, self._to[source], packet)
            heapq.heappush(self._waiting, entry)

    def _deliver(self) -> None:
        now = time.monotonic()
        while self._waiting and self._waiting[0][0] <= now:
            _, _, target, packet = heapq.heappop(self._waiting)
            self.carried += 1
            with contextlib.suppress(OSError):  # nobody is there any more
                os.write(target, packet)


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    names = [f"mairie{os.getpid()}{end}" for end in "nf"]
    try:
        near, far = tun(names[0], NEAR, FAR), tun(names[1], FAR, NEAR)
        link = Link(near, far, Weather(**json.loads(sys.argv[1])))
        print(json.dumps({"event": "ready", "near": names[0], "far": names[1]}), flush=True)
        with contextlib.suppress(SystemExit):
            link.run()
        print(json.dumps({"event": "ended", "lost": link.lost, "carried": link.carried}))
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)


if __name__ == "__main__":
    main()
