"""`allomairie kb`, as a user types it; the network is a server of our own."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from deploy import download
from deploy.cli import app
from deploy.errors import CannotStart
from deploy.folder import TownFolder
from deploy.parts import Town
from dialog.national import edition as editions
from tests.national.world import edition, publication


@pytest.fixture
def town(tmp_path: Path) -> Path:
    folder = tmp_path / "commune"
    assert CliRunner().invoke(app, ["init", str(folder)]).exit_code == 0
    return folder


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return edition(
        tmp_path / "vosdroits.zip",
        publication("F1"),
        publication("F2", theme="Justice", title="Plainte"),
        publication("F3", kind="Recherche guidée"),
    )


def kb(town: Path, *arguments: object) -> Result:
    return CliRunner().invoke(app, ["kb", *map(str, arguments), "--town", str(town)])


def kb_json(town: Path, *arguments: object) -> Any:
    result = kb(town, *arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_import_look_validate_speak(town: Path, source: Path) -> None:
    """1. Imported as drafts. 2. Shown. 3. Validated. 4. Spoken beside the town's own sheets."""
    done = kb_json(town, "import", "service-public", source)
    assert (done["read"], done["new"], done["unchanged"]) == (3, 2, 0)
    assert done["left_out"] == {"is a guided search: a menu without text": 1}
    own = len(Town.open(town).sheets())
    assert "Il faut présenter : Une photo" in kb(town, "show", "f1").output
    assert kb_json(town, "validate", "--theme", "papiers", "--by", "Mme Petit")["validated"] == [
        "F1"
    ]
    spoken = Town.open(town).sheets()
    assert [sheet.id for sheet in spoken[own:]] == ["F1"]
    assert spoken[-1].service == ""
    rows = {row["id"]: row for row in kb_json(town, "list")}
    assert (rows["F1"]["status"], rows["F1"]["validated_by"]) == ("validated", "Mme Petit")
    assert [row["id"] for row in kb_json(town, "list", "--status", "brouillon")] == ["F2"]


def test_a_second_import_leaves_the_file_alone(town: Path, source: Path) -> None:
    kb(town, "import", "service-public", source)
    path = TownFolder(town).national
    before = path.stat().st_mtime_ns
    result = kb(town, "import", "service-public", source)
    assert "2 unchanged" in result.output
    assert "is as it was" in result.output
    assert path.stat().st_mtime_ns == before


def test_an_import_that_breaks_off_leaves_what_was_there(
    town: Path, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kb(town, "import", "service-public", source)
    before = TownFolder(town).national.read_bytes()
    read = editions.read_publication

    def crash_at_the_second(content: bytes, expected: str) -> Any:
        if expected == "F2":
            raise KeyboardInterrupt
        return read(content, expected)

    monkeypatch.setattr(editions, "read_publication", crash_at_the_second)
    newer = edition(tmp_path / "n.zip", publication("F1", title="Neuf"), publication("F2"))
    assert kb(town, "import", "service-public", newer).exit_code != 0
    assert TownFolder(town).national.read_bytes() == before
    assert sorted(p.name for p in town.iterdir()) == [
        "allomairie.toml",
        "national.jsonl",
        "pronunciation.toml",
        "sheets",
    ]


def test_what_goes_wrong_is_one_sentence(town: Path, source: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.zip"
    broken.write_bytes(source.read_bytes()[:200])
    for arguments in (
        ("import", "service-public", broken),
        ("import", "service-public", source, "--theme", "pêche"),
        ("validate", "F1"),
        ("show", "F1"),
    ):
        assert kb(town, *arguments).exit_code == 1
    assert kb(town, "validate").exit_code == 2
    assert not TownFolder(town).national.exists()


def test_an_own_sheet_takes_the_place_of_the_national_one(
    town: Path, source: Path, caplog: pytest.LogCaptureFixture
) -> None:
    kb(town, "import", "service-public", source)
    kb(town, "validate", "--all")
    (town / "sheets" / "f1.md").write_text(
        "---\nid: F1\ntitle: La nôtre\nservice: accueil\nstatus: validée\nowner: x\nsource: y\n"
        "---\nVenez.\n",
        encoding="utf-8",
    )
    titles = {sheet.id: sheet.title for sheet in Town.open(town).sheets()}
    assert (titles["F1"], titles["F2"]) == ("La nôtre", "Plainte")
    assert "F1: the town's own sheet is spoken" in caplog.text


def test_a_damaged_file_stops_the_start_with_its_line(town: Path) -> None:
    TownFolder(town).national.write_text("{}\n", encoding="utf-8")
    with pytest.raises(CannotStart, match=r"national.jsonl, line 1"):
        Town.open(town).sheets()


@pytest.fixture
def web(source: Path) -> Iterator[str]:
    """A server with the edition at /vd.zip, a redirect at /old and nothing else."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = source.read_bytes()
            if self.path == "/old":
                self.send_response(302)
                self.send_header("Location", "/vd.zip")
                self.end_headers()
            elif self.path in ("/vd.zip", "/cut.zip"):
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content if self.path == "/vd.zip" else content[:50])
            else:
                self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_an_edition_is_fetched_and_the_download_goes(town: Path, web: str) -> None:
    done = kb_json(town, "import", "service-public", f"{web}/old")
    assert done["new"] == 2
    assert not list(town.glob(".download*"))


def test_the_address_comes_from_the_configuration(
    town: Path, web: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALLOMAIRIE_NATIONAL__URL", f"{web}/vd.zip")
    assert kb_json(town, "import", "service-public")["source"] == f"{web}/vd.zip"


def test_a_download_that_fails_changes_nothing(
    town: Path, web: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for page in ("/missing", "/cut.zip"):
        assert kb(town, "import", "service-public", web + page).exit_code == 1
    assert kb(town, "import", "service-public", "http://127.0.0.1:1/x.zip").exit_code == 1
    monkeypatch.setattr(download, "MOST_BYTES", 100)
    assert kb(town, "import", "service-public", f"{web}/vd.zip").exit_code == 1
    assert not TownFolder(town).national.exists()
    assert not list(town.glob(".download*"))
