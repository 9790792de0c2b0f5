"""The YAML head of a sheet, read so that every mistake is named with its line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

REQUIRED = ("id", "title", "service", "status", "owner", "source")
OPTIONAL = ("valid_from", "valid_until", "lang", "questions", "tags", "national")
LANGUAGES = ("fr", "en")  #: that sheets are written in; the first one unless they say so
FENCE = "---"


class SheetError(ValueError):
    """A sheet that is wrong: `sheets/x.md, line 4: …`, in one sentence."""

    def __init__(self, path: Path, line: int, what: str) -> None:
        super().__init__(f"{path}, line {line}: {what}")
        self.path = path
        self.line = line


@dataclass(frozen=True)
class Head:
    """The values of a head that passed all checks."""

    values: dict[str, Any]

    def text(self, key: str) -> str:
        """A value as text; empty when absent."""
        return str(self.values.get(key, ""))

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty when absent."""
        return tuple(str(value).strip() for value in self.values.get(key) or ())

    def day(self, key: str) -> date | None:
        """A date, or None when absent."""
        value = self.values.get(key)
        return value if isinstance(value, date) else None


def read_head(lines: list[str], path: Path) -> tuple[Head, int]:
    """Read and check the head.

    Returns:
        The head, and the index of the first line after it.

    Raises:
        SheetError: the head is missing, unfinished, or holds something wrong.
    """
    if not lines or lines[0].rstrip() != FENCE:
        raise SheetError(path, 1, f"a sheet begins with a line {FENCE!r} and its head")
    try:
        end = next(n for n, line in enumerate(lines[1:], start=1) if line.rstrip() == FENCE)
    except StopIteration:
        raise SheetError(path, 1, f"the head is not closed by a line {FENCE!r}") from None
    values, where = _values("\n".join(lines[1:end]), path)
    for key, value in values.items():
        if problem := _problem(key, value):
            raise SheetError(path, where[key], problem)
    for key in REQUIRED:
        if key not in values:
            raise SheetError(path, end + 1, f"the key {key!r} is missing from the head")
    if (first := values.get("valid_from")) and (last := values.get("valid_until")) and first > last:
        raise SheetError(path, where["valid_until"], "valid_until is before valid_from")
    return Head(values), end + 1


def _values(text: str, path: Path) -> tuple[dict[str, Any], dict[str, int]]:
    """The head's values, and the line of each; the head starts on line 2 of the file."""
    try:
        loader = yaml.SafeLoader(text)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 2
        what = f"the head is not valid YAML (the character {chr(error.character)!r} is not allowed)"
        raise SheetError(path, line, what) from error
    try:
        node = loader.get_single_node()
        if not isinstance(node, yaml.MappingNode):
            raise SheetError(path, 2, "the head is not a list of 'key: value' lines")
        values: dict[str, Any] = {}
        where: dict[str, int] = {}
        for key_node, value_node in node.value:
            key, line = str(key_node.value), key_node.start_mark.line + 2
            if key in values:
                raise SheetError(path, line, f"the key {key!r} stands twice in the head")
            try:
                values[key] = loader.construct_object(value_node, deep=True)
            except ValueError as error:
                raise SheetError(path, line, f"{value_node.value!r}: {error}") from error
            where[key] = line
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = f"the head is not valid YAML ({error.problem or error.context})"
        raise SheetError(path, (mark.line if mark else 0) + 2, what) from error
    except yaml.YAMLError as error:
        raise SheetError(path, 2, f"the head is not valid YAML ({error})") from error
    finally:
        loader.dispose()
    return values, where


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]*", value))


#: what each list holds, in words and as a rule
_LISTS = {
    "questions": ("each one is a line '- text' (put quotes around one that holds ':')", _is_text),
    "tags": ("a list of words is needed, such as [événement]", _is_text),
    "national": ("a list of ids of service-public.fr is needed, such as [F31954]", _is_id),
}


def _problem(key: str, value: Any) -> str | None:
    if key not in REQUIRED + OPTIONAL:
        known = ", ".join(REQUIRED + OPTIONAL)
        return f"unknown key {key!r} in the head (known: {known})"
    if key in ("valid_from", "valid_until"):
        if value is not None and (not isinstance(value, date) or isinstance(value, datetime)):
            return f"{key}: {value!r} is not a date such as 2027-12-31"
        return None
    if key in _LISTS:
        wanted, is_one = _LISTS[key]
        good = value is None or (isinstance(value, list) and all(map(is_one, value)))
        return None if good else f"{key}: {wanted}"
    if not isinstance(value, str) or not value.strip():
        return f"{key}: a text is needed"
    if key == "lang" and value not in LANGUAGES:
        return f"lang: {value!r} is none of {', '.join(LANGUAGES)}"
    if key == "id" and not _is_id(value):
        return f"id: {value!r} has other characters than letters, digits and hyphens"
    return None
