"""The documents keep up with the program."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import typer

ROOT = Path(__file__).resolve().parents[1]


def project() -> dict[str, object]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def names(requirements: list[str]) -> set[str]:
    return {re.match(r"[\w-]+", line).group(0).lower() for line in requirements}


def test_every_dependency_has_its_reason() -> None:
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8").lower()
    wanted = names(project()["dependencies"])
    for extra in project()["optional-dependencies"].values():
        wanted |= {name for name in names(extra) if not name.startswith("types-")}
    missing = {
        name for name in wanted if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text)
    }
    missing -= {"pytest-asyncio", "pytest-timeout"}  # "pytest with asyncio and timeout"
    assert not missing


def test_every_dependency_is_locked_with_a_hash() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = set(re.findall(r"^([\w.-]+)==", lock, re.MULTILINE))
    assert names(project()["dependencies"]) <= {name.lower().replace("_", "-") for name in pinned}
    entries = re.split(r"^(?=[\w.-]+==)", lock, flags=re.MULTILINE)[1:]
    assert all("--hash=sha256:" in entry for entry in entries)
    assert not re.search(r"^--(index|extra-index|find-links|trusted)", lock, re.MULTILINE)


def test_every_command_is_in_the_documents() -> None:
    from deploy.cli import app

    text = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "docs").glob("*.md"))
    text += (ROOT / "README.md").read_text(encoding="utf-8")
    for command in typer.main.get_command(app).commands:
        assert f"allomairie {command}" in text or f"`{command}`" in text, command


@pytest.mark.parametrize(
    "document", sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")]), ids=lambda p: p.name
)
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
        assert (document.parent / target).exists(), f"{document.name} links to {target}"
