"""Runs: configuration, the server that puts the parts together, the `allomairie` command."""

import os

# pipecat logs through loguru, at debug level and with callers' words, from its import on
os.environ.setdefault("LOGURU_LEVEL", "WARNING")
