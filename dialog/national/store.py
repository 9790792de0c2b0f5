"""The town's file of national sheets: `national.jsonl`, one line a sheet, sorted by id.

It is written whole, beside the old one, and takes its place in one step: whatever breaks on the
way, a full disk or Ctrl-C, the old file is still there. A sheet may have two lines: the validated
one, which is spoken, and the draft of a newer edition, which waits.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from dialog.national.errors import FileError
from dialog.national.line import Line
from dialog.sheets import Sheet

FILE_NAME = "national.jsonl"


def read_lines(path: Path) -> list[Line]:
    """All lines of a file; [] when there is none.

    Raises:
        FileError: the first line that is wrong.
    """
    try:
        content = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(f"{path} cannot be read as UTF-8 text ({error})") from error
    lines: list[Line] = []
    for number, text in enumerate(content.split("\n"), start=1):
        if not text.strip():
            continue
        try:
            lines.append(Line.read(text))
        except ValueError as error:
            remedy = "import the sheets again or take the file from a backup"
            raise FileError(f"{path}, line {number}: {error}; {remedy}") from error
    return lines


def spoken_sheets(path: Path) -> list[Sheet]:
    """The sheets that callers may hear.

    Raises:
        FileError: the file is wrong.
    """
    return [line.sheet for line in read_lines(path) if line.spoken]


def write_lines(path: Path, lines: Iterable[Line]) -> None:
    """Replace the file in one step.

    Raises:
        FileError: it cannot be written; the old file is as it was.
    """
    text = "".join(f"{line.written()}\n" for line in sorted(lines, key=_order))
    part = ""
    try:
        handle, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with open(handle, "w", encoding="utf-8", newline="\n") as stream:  # noqa: PTH123
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
        Path(part).chmod(mode)
        Path(part).replace(path)
        part = ""
    except OSError as error:
        raise FileError(
            f"{path} cannot be written ({error.strerror or error}); it is unchanged"
        ) from error
    finally:
        if part:
            with suppress(OSError):
                Path(part).unlink()


def _order(line: Line) -> tuple[int, str, bool]:
    """F2 before F10, and the validated line before the draft that waits."""
    return int(line.id[1:]), line.id, line.status != "validated"
