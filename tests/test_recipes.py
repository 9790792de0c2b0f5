"""The recipes of docs/telephony: what they tell a town to type is a configuration that loads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from deploy.folder import TownFolder
from tests.conftest import ROOT, TOWN

FOLDER = ROOT / "docs" / "telephony"
DOCUMENTS = sorted(FOLDER.glob("*.md"))
RECIPES = ("asterisk", "wazo", "3cx", "alcatel-oxe", "ovhcloud", "operateur")
BLOCK = re.compile(r"^```toml\n(.*?)^```", re.MULTILINE | re.DOTALL)
REPLACED = (
    r"(?ms)^\[\[?(?:sip|transfer|webrtc)[.\]].*?(?=^\[(?!\[?(?:sip|transfer|webrtc)[.\]])|\Z)"
)


def blocks() -> list[tuple[str, str]]:
    return [
        (path.stem, block)
        for path in DOCUMENTS
        for block in BLOCK.findall(path.read_text(encoding="utf-8"))
    ]


def test_every_recipe_is_there_with_its_block() -> None:
    assert set(RECIPES) <= {name for name, _ in blocks()}


@pytest.mark.parametrize(("name", "block"), blocks())
def test_a_block_is_a_configuration(tmp_path: Path, name: str, block: str) -> None:
    """The example town with this block in place of its connections; it is what is checked."""
    text = re.sub(REPLACED, "", (TOWN / "allomairie.toml").read_text(encoding="utf-8"))
    (tmp_path / "allomairie.toml").write_text(f"{text}\n{block}", encoding="utf-8")
    settings = TownFolder(tmp_path).load()
    if name in RECIPES:
        declared = [one.name for one in settings.sip.peers]
        declared += [one.name for one in settings.sip.accounts]
        text = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
        checked = set(re.findall(r"trunk check --trunk (\w+)", text))
        assert len(declared) == 1
        assert checked == set(declared)


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_says_that_it_was_not_tried(name: str) -> None:
    assert re.search(r"[Nn]ot tried", (FOLDER / f"{name}.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text(encoding="utf-8")):
        assert (document.parent / target).exists(), f"{document.name} links to {target}"
