"""Scenarios from TOML files; what is wrong is told in one sentence with file and line."""

from __future__ import annotations

import difflib
import re
import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from dialog.scenarios.scenario import ExpectedSend, ExpectedTicket, Scenario, Step

_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")
_TABLES: dict[str, type[BaseModel]] = {"step": Step, "ticket": ExpectedTicket, "send": ExpectedSend}


class ScenarioError(ValueError):
    """A file that is no scenario: `file.toml, line 4: …`."""


def read_folder(folder: Path, only: str = "*") -> list[Scenario]:
    """All scenarios of a folder, in the order of their names.

    Args:
        only: a pattern that the name of the file, without `.toml`, must match.

    Raises:
        ScenarioError: the first file that is wrong, or that there is none.
    """
    if not folder.is_dir():
        raise ScenarioError(f"{folder} is not a folder")
    files = sorted(path for path in folder.rglob("*.toml") if path.match(f"{only}.toml"))
    if not files:
        raise ScenarioError(f"{folder} has no scenario named {only}.toml")
    scenarios = [read_scenario(path) for path in files]
    names = [scenario.id for scenario in scenarios]
    for path, name in zip(files, names, strict=True):
        if names.count(name) > 1:
            raise ScenarioError(f"{path}: another file is named {name}.toml too")
    return scenarios


def read_scenario(path: Path) -> Scenario:
    """One scenario.

    Raises:
        ScenarioError: it cannot be read, or is wrong; names file and line.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError(f"{path} cannot be read: {error}") from error
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = _AT_LINE.search(str(error))
        what = _AT_LINE.sub("", str(error)).strip()
        number = line[1] if line else str(text.count("\n") + 1)
        raise ScenarioError(f"{path}, line {number}: {what}") from error
    try:
        return Scenario.model_validate({**table, "id": path.stem})
    except ValidationError as error:
        number, what = _first(error, text)
        raise ScenarioError(f"{path}, line {number}: {what}") from error


def _first(error: ValidationError, text: str) -> tuple[int, str]:
    """The line and the sentence of the first thing that is wrong."""
    found = error.errors()[0]
    where = found["loc"]
    table, nth, key = "", 0, ""
    if len(where) >= 2 and where[0] in _TABLES and isinstance(where[1], int):
        table, nth = str(where[0]), where[1] + 1
        key = str(where[2]) if len(where) > 2 else ""
    elif where:
        key = str(where[0])
    name = f"{table} {nth}: " if table else ""
    return _line(text, table, nth, key), name + _sentence(found, table, key)


def _sentence(found: Any, table: str, key: str) -> str:
    if found["type"] == "extra_forbidden":
        known = list(_TABLES[table].model_fields if table else Scenario.model_fields)
        close = difflib.get_close_matches(key, known, n=1)
        hint = f"; did you mean `{close[0]}`?" if close else f"; keys are {', '.join(known)}"
        return f"`{key}` is not a key here{hint}"
    if found["type"] == "missing":
        return f"`{key}` is missing"
    what = str(found["msg"]).removeprefix("Value error, ")
    return f"`{key}`: {what[:1].lower()}{what[1:]}" if key else what


def _line(text: str, table: str, nth: int, key: str) -> int:
    """Where a key stands; the head of its table when it does not stand there."""
    lines = text.splitlines()
    start, seen = 0, 0
    if table:
        for number, line in enumerate(lines):
            if line.strip().startswith(f"[[{table}]]"):
                seen += 1
                start = number
                if seen == nth:
                    break
    for number, line in enumerate(lines[start + 1 :] if table else lines, start + bool(table)):
        if table and line.strip().startswith("[["):
            break
        if key and re.match(rf"\s*\"?{re.escape(key)}\"?\s*[=.]", line):
            return number + 1
    return start + 1
