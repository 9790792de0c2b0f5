"""What supervisors corrected, as lines of the town's evaluation set: `kb eval` reads it.

`TOWN/evaluation/corrections.jsonl`, one line a turn: {"id", "text", "accept"}. The texts are the
callers' words, masked; erasing a turn erases its line.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
import threading
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

from records import Annotation, AnnotationKind, CallView

FILE = Path("evaluation") / "corrections.jsonl"
_WRITING = threading.Lock()


def update(root: Path, found: tuple[CallView, tuple[Annotation, ...]], turn: int) -> None:
    """Write the line of a turn as its corrections are now; without a right sheet there is none."""
    view, marks = found
    heard = next((one.heard for one in view.turns if one.number == turn), "")
    text = str(_last(marks, turn, AnnotationKind.WORD).get("text") or heard)
    given = _last(marks, turn, AnnotationKind.SHEET)
    if "sheet" not in given or not text or text.startswith("["):
        return
    sheet = str(given["sheet"])
    line: dict[str, Any] = {"id": _id(view.call.id, turn), "text": text}
    line |= {"accept": [sheet]} if sheet else {"action": "out_of_scope"}
    _write(root / FILE, line["id"], line)


def forget(root: Path, call_id: str, turn: int) -> None:
    """Erase the line of a turn."""
    if (root / FILE).exists():
        _write(root / FILE, _id(call_id, turn), None)


def forget_calls(root: Path, call_ids: Collection[str]) -> None:
    """Erase the lines of these calls, when the calls themselves are erased."""
    if call_ids and (root / FILE).exists():
        gone = frozenset(call_ids)
        _keep(root / FILE, lambda line_id: line_id.rpartition("-")[0] not in gone, None)


def _id(call_id: str, turn: int) -> str:
    return f"{call_id}-{turn}"


def _last(marks: Sequence[Annotation], turn: int, kind: AnnotationKind) -> dict[str, object]:
    found = [mark for mark in marks if mark.turn == turn and mark.kind == kind]
    return dict(found[-1].data) if found else {}


def _write(path: Path, line_id: str, line: dict[str, Any] | None) -> None:
    """Replace or drop one line."""
    _keep(path, lambda found: found != line_id, line)


def _keep(path: Path, wanted: Callable[[str], bool], more: dict[str, Any] | None) -> None:
    """Keep the lines whose id is wanted, and add one; the file is whole at any instant."""
    with _WRITING:
        kept = []
        with contextlib.suppress(FileNotFoundError):
            for text in path.read_text(encoding="utf-8").splitlines():
                if text.strip() and wanted(str(json.loads(text).get("id"))):
                    kept.append(text)
        if more is not None:
            kept.append(json.dumps(more, ensure_ascii=False))
        path.parent.mkdir(exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=path.parent, delete=False
        ) as stream:
            stream.writelines(f"{text}\n" for text in kept)
            stream.flush()
            os.fsync(stream.fileno())
        Path(stream.name).replace(path)
