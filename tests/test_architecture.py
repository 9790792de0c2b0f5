"""The packages import only to the right of themselves in the design's table."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MAY_IMPORT = {
    "telephony": {"voice", "dialog", "records"},
    "voice": {"models"},
    "dialog": {"models"},
    "records": set(),
    "models": set(),
    "review": {"records", "dialog"},
    "deploy": {"telephony", "review", "voice", "dialog", "records", "models"},
}
FILES = sorted(path for package in MAY_IMPORT for path in (ROOT / package).rglob("*.py"))


def imported(path: Path) -> set[str]:
    """Top-level packages that a file imports, at any depth of its code."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module.partition(".")[0])
    return found


def test_there_is_code_to_look_at() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in FILES} == set(MAY_IMPORT)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_down_the_table(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]
    wrong = imported(path) & set(MAY_IMPORT) - MAY_IMPORT[package] - {package}
    assert not wrong, f"{path.name} in {package}/ may not import {sorted(wrong)}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_the_session_side_knows_pipecat(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]
    if package in {"dialog", "records", "models", "review"}:
        assert "pipecat" not in imported(path)
