"""llama-cpp-python's own OpenAI-compatible server, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from bench.calls.servers import die_with_parent

READY_S = 120.0


@contextmanager
def serving(model: Path, port: int, packages: Path) -> Iterator[str]:
    """Serve a GGUF on the loopback; yields the base URL of its API.

    Raises:
        RuntimeError: it does not become ready.
    """
    command = [sys.executable, "-m", "llama_cpp.server", "--model", str(model)]
    command += ["--host", "127.0.0.1", "--port", str(port), "--interrupt_requests", "false"]
    environment = {**os.environ, "PYTHONPATH": f"{packages}:{os.environ.get('PYTHONPATH', '')}"}
    process = subprocess.Popen(
        command,
        env=environment,
        stdout=sys.stderr,
        stderr=sys.stderr,
        preexec_fn=die_with_parent,
    )
    url = f"http://127.0.0.1:{port}/v1"
    try:
        deadline = time.monotonic() + READY_S
        while not _answers(url):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("llama-cpp-python's server does not become ready")
            time.sleep(0.2)
        yield url
    finally:
        process.terminate()
        process.wait()


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/models", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False
