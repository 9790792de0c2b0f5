"""Who may drain the server, and what the command says when there is none."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from deploy.config import Http
from deploy.control import PATH, Control, NoServer, add_control, ask, remove_key, write_key
from deploy.folder import TownFolder
from tests.conftest import ROOT, TOWN


class Line:
    refusing = False
    active = 3


def client(control: Control, address: str = "127.0.0.1") -> httpx.AsyncClient:
    app = FastAPI()
    add_control(app, control)
    transport = httpx.ASGITransport(app, client=(address, 5000))
    return httpx.AsyncClient(transport=transport, base_url="http://mairie.test")


async def test_drain_and_undo() -> None:
    line, control = Line(), Control()
    control.carriers = [line]
    bearer = {"Authorization": f"Bearer {control.token}"}
    async with client(control) as http:
        for method, draining in (("GET", False), ("PUT", True), ("GET", True), ("DELETE", False)):
            answer = await http.request(method, PATH, headers=bearer)
            assert answer.json() == {"draining": draining, "calls": 3}
            assert line.refusing is draining


@pytest.mark.parametrize(
    ("address", "token", "status"),
    [("192.0.2.1", None, 403), ("127.0.0.1", "", 401), ("127.0.0.1", "wrong", 401)],
)
async def test_others_change_nothing(address, token, status) -> None:
    line, control = Line(), Control()
    control.carriers = [line]
    said = control.token if token is None else token
    async with client(control, address) as http:
        answer = await http.put(PATH, headers={"Authorization": f"Bearer {said}"})
    assert answer.status_code == status
    assert line.refusing is False


def test_the_token_is_private_and_taken_back(tmp_path: Path) -> None:
    folder, first, second = TownFolder(tmp_path), Control(), Control()
    write_key(folder, first, Http(port=8099))
    path = write_key(folder, second, Http(port=8099))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    remove_key(path, first)  # not the first one's any more
    assert path.exists()
    with pytest.raises(NoServer, match="does not answer"):
        ask(folder, "GET")  # nobody listens there
    remove_key(path, second)
    with pytest.raises(NoServer, match="no server of this town is running"):
        ask(folder, "GET")
    path.write_text("{")
    with pytest.raises(NoServer, match="does not answer"):
        ask(folder, "GET")


def test_the_command_without_a_server(tmp_path: Path) -> None:
    (tmp_path / "allomairie.toml").write_text((TOWN / "allomairie.toml").read_text("utf-8"))
    for options, code, words in (
        ((), 1, "no server of this town is running"),
        (("--undo", "--status"), 2, "give one of"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "deploy", "drain", "--town", str(tmp_path), *options],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == code
        assert words in " ".join(done.stderr.split())
