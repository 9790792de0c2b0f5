"""Downloads single files from the public model hub, going on where an earlier try stopped."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

import httpx

from models.catalogue import ModelFile, Source
from models.errors import NoSource, from_os_error
from models.verification import check

logger = logging.getLogger("allomairie.models")

DEFAULT_ENDPOINT = "https://huggingface.co"
CONNECT_TIMEOUT_S = 4.0
READ_TIMEOUT_S = 30.0
ATTEMPTS = 3
_AS_STORED = {"Accept-Encoding": "identity"}
_PARTIAL, _RANGE_REFUSED = 206, 416


class Hub:
    """One pull's connection to the hub; HF_ENDPOINT names a mirror, HF_HUB_OFFLINE=1 forbids it."""

    def __init__(self, endpoint: str | None = None) -> None:
        self._endpoint = (endpoint or os.environ.get("HF_ENDPOINT") or DEFAULT_ENDPOINT).rstrip("/")
        self._offline = os.environ.get("HF_HUB_OFFLINE", "").lower() in {"1", "true", "yes", "on"}
        timeout = httpx.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S)
        self._client = httpx.Client(follow_redirects=True, timeout=timeout, headers=_AS_STORED)

    def __enter__(self) -> Hub:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    @cached_property
    def reachable(self) -> bool:
        """Whether the hub answers at all; asked once, so that no file waits for it again."""
        if self._offline:
            return False
        try:
            self._client.head(self._endpoint, timeout=CONNECT_TIMEOUT_S)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            logger.info("hub not reachable: %s", type(error).__name__)
            return False
        return True

    def fetch(
        self, source: Source, file: ModelFile, target: Path, count: Callable[[int], None]
    ) -> None:
        """Bring one file to `target`, verified; `target`.part keeps what a broken try brought.

        Raises:
            NoSource, Truncated, HashMismatch, NoSpace.
        """
        if target.exists():  # verified before it got this name
            count(file.size)
            return
        part = target.with_name(target.name + ".part")
        for attempt in range(1, ATTEMPTS + 1):
            try:
                self._continue(self._url(source, file), part, count, first=attempt == 1)
                break
            except httpx.TransportError as error:
                logger.info("hub download broke off (%s), try %d", type(error).__name__, attempt)
            except OSError as error:
                raise from_os_error(error, part.parent) from error
        check(part, file)
        part.replace(target)

    def _url(self, source: Source, file: ModelFile) -> str:
        path = f"{source.repo}/resolve/{source.revision}/{file.remote}"
        return f"{self._endpoint}/{quote(path)}"

    def _continue(self, url: str, part: Path, count: Callable[[int], None], *, first: bool) -> None:
        """Ask for what is missing of `part` and append it."""
        have = part.stat().st_size if part.exists() else 0
        headers = {"Range": f"bytes={have}-"} if have else {}
        with self._client.stream("GET", url, headers=headers) as response:
            if response.status_code == _RANGE_REFUSED:
                return  # it is complete already: the check that follows decides
            if response.is_error:
                raise NoSource(f"the model hub answered {response.status_code} for {url}")
            resumed = response.status_code == _PARTIAL
            counted = 0 if first else have
            count((have if resumed else 0) - counted)
            with part.open("ab" if resumed else "wb") as out:
                for chunk in response.iter_raw():
                    out.write(chunk)
                    count(len(chunk))
