"""A real Chromium, and a real server for it to call."""

from __future__ import annotations

import asyncio
import socket
import wave
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import uvicorn
from fastapi import FastAPI
from playwright.async_api import Browser, async_playwright

from telephony.web import WebCalls, add_routes
from telephony.written import Writing
from tests.browser.echo_town import EchoTown
from tests.interop.conftest import certificates  # noqa: F401  # a fixture

CHROMIUM = Path("/usr/bin/chromium")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
FAKE_MICROPHONE = "--use-fake-device-for-media-stream"
ALLOW_MICROPHONE = "--use-fake-ui-for-media-stream"
TONE_HZ = 440

# The strongest frequency of what the page plays, 0 when it is silent for 15 s.
LOUDEST_HZ = """async () => {
  const context = new AudioContext();
  await context.resume();
  const analyser = new AnalyserNode(context, { fftSize: 16384 });
  context.createMediaStreamSource(document.getElementById("voice").srcObject).connect(analyser);
  const bins = new Float32Array(analyser.frequencyBinCount);
  for (let tries = 0; tries < 300; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    analyser.getFloatFrequencyData(bins);
    const loudest = bins.indexOf(Math.max(...bins));
    if (bins[loudest] > -50) return (loudest * context.sampleRate) / analyser.fftSize;
  }
  return 0;
}"""

Launch = Callable[..., AbstractAsyncContextManager[Browser]]


@pytest.fixture
def launch() -> Launch:
    """Starts a Chromium with the given extra arguments."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not installed (Debian package chromium)")

    @asynccontextmanager
    async def start(*args: str) -> AsyncIterator[Browser]:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=str(CHROMIUM), args=[*QUIET, *args]
            )
            try:
                yield browser
            finally:
                await browser.close()

    return start


@pytest.fixture
def tone_wav(tmp_path: Path) -> Path:
    """Two seconds of a 440 Hz tone, which the fake microphone repeats."""
    path = tmp_path / "tone.wav"
    at = np.arange(2 * 48_000) / 48_000
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(48_000)
        out.writeframes((8000 * np.sin(2 * np.pi * TONE_HZ * at)).astype("<i2").tobytes())
    return path


@dataclass
class Site:
    """A running web server with an echo behind it."""

    town: EchoTown
    calls: WebCalls
    port: int
    host: str
    server: uvicorn.Server

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}/"


@asynccontextmanager
async def serving(
    host: str = "127.0.0.1",
    writing: Writing | None = None,
    embed_origins: tuple[str, ...] = (),
    **limits: object,
) -> AsyncIterator[Site]:
    """Serve the page and an `EchoTown` on a free port; without `writing` the page only calls."""
    town = EchoTown()
    settings = {"enabled": True, "per_minute": 100} | limits
    calls = WebCalls(town, **settings)  # type: ignore[arg-type]
    app = FastAPI()
    add_routes(
        app,
        calls,
        town_name="Saint-Aubin",
        phone="02 61 91 40 00",
        writing=writing,
        embed_origins=embed_origins,
    )
    listener = socket.create_server((host, 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1))
    running = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield Site(town, calls, listener.getsockname()[1], host, server)
    finally:
        await calls.close()
        server.should_exit = True
        await running
