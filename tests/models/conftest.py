"""A model hub, a PyPI and an npm registry of our own, each small and real, on loopback or disk."""

import hashlib
import io
import json
import tarfile
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest

from models import Store, load_catalogue


def sha256(data):
    return hashlib.sha256(data).hexdigest()


class FarEnd:
    """An HTTP server that knows ranges, remembers requests, can hang up early and stand still.

    It sends `cut_after` bytes, waits for the event `awaited`, and closes; both are off at first.
    """

    def __init__(self):
        self.files = {}
        self.requests = []
        self.cut_after = None
        self.awaited = None
        far_end = self

        class Handler(BaseHTTPRequestHandler):
            def do_HEAD(self):
                self.send_response(200)
                self.end_headers()

            def do_GET(self):
                far_end.answer(self)

            def log_message(self, *args):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def answer(self, handler):
        wanted = handler.headers.get("Range")
        self.requests.append((handler.path, wanted))
        data = self.files.get(handler.path)
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
        if data is None or (wanted and start >= len(data)):
            handler.send_error(404 if data is None else 416)
            return
        handler.send_response(206 if wanted else 200)
        handler.send_header("Content-Length", str(len(data) - start))
        handler.end_headers()
        end = len(data) if self.cut_after is None else start + self.cut_after
        handler.wfile.write(data[start:end])
        if self.awaited is not None:
            self.awaited.wait(20)
        if self.cut_after is not None:
            handler.connection.close()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(autouse=True)
def _no_machine_settings(monkeypatch):
    """What the machine's owner configured must not decide a test."""
    for name in ("HF_HUB_OFFLINE", "PIP_EXTRA_INDEX_URL", "PIP_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def hub(monkeypatch):
    server = FarEnd()
    monkeypatch.setenv("HF_ENDPOINT", server.url)
    yield server
    server.close()


@pytest.fixture
def no_hub(monkeypatch):
    """A hub address where nobody listens."""
    server = FarEnd()
    server.close()
    monkeypatch.setenv("HF_ENDPOINT", server.url)


class Wheels:
    """A folder that pip takes packages from, and nothing else."""

    def __init__(self, folder):
        self.folder = folder

    def add(self, name, members, version="1.0"):
        module = name.replace("-", "_")
        info = f"{module}-{version}.dist-info"
        path = self.folder / f"{module}-{version}-py3-none-any.whl"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
            for member, data in members.items():
                wheel.writestr(member, data)
            meta = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
            wheel.writestr(f"{info}/METADATA", meta)
            wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
            wheel.writestr(f"{info}/RECORD", "")
        return path


@pytest.fixture
def wheels(tmp_path, monkeypatch):
    folder = tmp_path / "wheels"
    folder.mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return Wheels(folder)


def tgz(members):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as bundle:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            bundle.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


class NpmRegistry(FarEnd):
    def add(self, name, members, version="1.0.0"):
        package_json = json.dumps({"name": name, "version": version}).encode()
        archive = tgz({"package/package.json": package_json, **members})
        place = f"/{name}/-/{name}-{version}.tgz"
        dist = {"tarball": self.url + place, "shasum": hashlib.sha1(archive).hexdigest()}  # noqa: S324
        release = {"name": name, "version": version, "dist": dist}
        document = {
            "name": name,
            "dist-tags": {"latest": version},
            "versions": {version: release},
        }
        self.files[f"/{name}"] = json.dumps(document).encode()
        self.files[place] = archive


@pytest.fixture
def npm(monkeypatch):
    server = NpmRegistry()
    monkeypatch.setenv("npm_config_registry", server.url)
    monkeypatch.setenv("npm_config_userconfig", "/dev/null")
    yield server
    server.close()


def model(name, *sources, purpose="tts", languages='["fr"]', entry="."):
    """A catalogue entry in TOML."""
    head = (
        f'[[model]]\nid = "{name}"\ntitle = "{name}"\npurpose = "{purpose}"\nengine = "piper"\n'
        f'languages = {languages}\nlicence = "MIT"\nentry = "{entry}"\n'
    )
    return head + "".join(sources)


def on_hub(repo="town/voice", **files):
    """A hub source; files by name (double underscore: dot) with their expected content."""
    rows = [_row(name, data, "") for name, data in files.items()]
    return f'[[model.source]]\nrepo = "{repo}"\nrevision = "abc"\nfiles = [{", ".join(rows)}]\n'


def in_packages(**files):
    """A package source; each file is (expected content, [parts])."""
    rows = [
        _row(name, data, f", parts = {json.dumps(parts)}") for name, (data, parts) in files.items()
    ]
    return f"[[model.source]]\nfiles = [{', '.join(rows)}]\n"


def _row(name, data, more):
    path = name.replace("__", ".")
    return f'{{ path = "{path}", size = {len(data)}, sha256 = "{sha256(data)}"{more} }}'


@pytest.fixture
def make_store(tmp_path):
    def make(*models):
        return Store(tmp_path / "store", load_catalogue("\n".join(models)))

    return make


@pytest.fixture
def entry():
    """The words to write a small catalogue with."""
    return SimpleNamespace(model=model, on_hub=on_hub, in_packages=in_packages)
