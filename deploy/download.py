"""Fetches one public file: streamed to disk, bounded, with progress; a failure leaves nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

CONNECT_TIMEOUT_S = 10.0
READ_TIMEOUT_S = 60.0
MOST_BYTES = 512 * 2**20  #: the archive of all sheets has less than 100 MiB


class DownloadError(Exception):
    """Why a file did not arrive, in one sentence."""


@contextmanager
def downloaded(
    url: str, folder: Path, progress: Callable[[int, int], None] | None = None
) -> Iterator[Path]:
    """The file behind an address, in `folder` for as long as it is needed.

    Args:
        url: http or https; redirects are followed.
        folder: where there is room for it: the disk that the result goes to.
        progress: called with bytes that came and bytes in all (0 when the server does not say).

    Raises:
        DownloadError: one sentence with the address and what is wrong.
    """
    try:
        handle, name = tempfile.mkstemp(dir=folder, prefix=".download.", suffix=".part")
    except OSError as error:
        raise DownloadError(f"{folder} cannot be written: {error.strerror}") from error
    part = Path(name)
    try:
        with open(handle, "wb") as out:  # noqa: PTH123 (a descriptor)
            for chunk in _chunks(url, progress):
                try:
                    out.write(chunk)
                except OSError as error:
                    raise DownloadError(f"{folder}: {error.strerror}") from error
        yield part
    finally:
        with suppress(OSError):
            part.unlink()


def _chunks(url: str, progress: Callable[[int, int], None] | None) -> Iterator[bytes]:
    timeout = httpx.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S)
    try:
        with httpx.stream("GET", url, follow_redirects=True, timeout=timeout) as response:
            if response.is_error:
                raise DownloadError(f"{url} answered {response.status_code}; nothing was changed")
            total = int(response.headers.get("Content-Length") or 0)
            if total > MOST_BYTES:
                raise DownloadError(f"{url} has more than {MOST_BYTES // 2**20} MiB")
            came = 0
            for chunk in response.iter_bytes():
                came += len(chunk)
                if came > MOST_BYTES:
                    raise DownloadError(f"{url} has more than {MOST_BYTES // 2**20} MiB")
                if progress is not None:
                    progress(came, total)
                yield chunk
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        what = str(error) or type(error).__name__
        raise DownloadError(f"{url} cannot be fetched ({what}); nothing was changed") from error
