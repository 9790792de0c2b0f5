"""What supervisors add to the town's folder: phrasings of a sheet, and new sheets as drafts.

    phrasings/page-superviseurs.txt   what callers say, under `# ID title`
    sheets/<id>.md                    status: brouillon, until another person validates it

Callers hear it after the next start, when the sheets are read and indexed again.
"""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from dialog.answers import sentences
from dialog.lint import Finding, Folder, lint
from dialog.lint.french import in_french
from dialog.lint.page import Page
from dialog.search.bank import LONGEST, read_bank
from dialog.search.normalise import fold
from dialog.sheet_head import FENCE
from dialog.sheets import DRAFT, VALIDATED, Sheet, SheetError, parse_sheet
from records import mask

PHRASINGS = Path("phrasings") / "page-superviseurs.txt"
MOST_PHRASINGS = 50
LONGEST_TEXT = 4000
_WRITING = threading.Lock()
_STATUS = re.compile(r"^status:.*$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A sheet as it is being written."""

    title: str
    service: str
    text: str  #: paragraphs, an empty line between
    questions: tuple[str, ...]
    owner: str
    valid_until: str = ""

    @property
    def id(self) -> str:
        """Made of the title: "Prêt de vélos" is `pret-de-velos`."""
        return "-".join(fold(self.title).split())[:60].strip("-")

    def file(self) -> str:
        """The file's content.

        Raises:
            ValueError: something is missing or too long; one sentence in French.
        """
        if not self.id or not self.text.strip():
            raise ValueError("il manque le titre ou la réponse")
        if len(self.text) > LONGEST_TEXT or len(self.title) > 120:
            raise ValueError(f"la réponse dépasse {LONGEST_TEXT} caractères, ou le titre 120")
        head: dict[str, object] = {
            "id": self.id,
            "title": self.title.strip(),
            "service": self.service,
            "status": DRAFT,
            "owner": self.owner,
            "source": "page des superviseurs",
            "questions": list(self.questions),
        }
        told = yaml.safe_dump(head, allow_unicode=True, sort_keys=False, width=1000)
        until = f"valid_until: {self.valid_until}\n" if self.valid_until else ""
        return f"{FENCE}\n{told}{until}{FENCE}\n{self.text.strip()}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a draft would sound like, and what is wrong with it."""

    sheet_id: str
    say: tuple[str, ...]  #: the direct answer, sentence by sentence
    findings: tuple[Finding, ...]


def checked_phrasings(texts: Sequence[str]) -> tuple[str, ...]:
    """Phrasings as they may be kept: one line each, masked, none twice.

    Raises:
        ValueError: none, too many, or one too long; in French.
    """
    lines = [" ".join(text.split()).lstrip("# ") for text in texts]
    kept = tuple(dict.fromkeys(mask(line)[0] for line in lines if line))
    if not kept:
        raise ValueError("choisissez au moins une tournure")
    if len(kept) > MOST_PHRASINGS or any(len(line) > LONGEST for line in kept):
        raise ValueError(f"{MOST_PHRASINGS} tournures au plus, de {LONGEST} caractères au plus")
    return kept


def add_phrasings(root: Path, sheet: Sheet, texts: Sequence[str]) -> int:
    """Write phrasings under the sheet; returns how many were new.

    Raises:
        ValueError: see `checked_phrasings`; nothing is written then.
        BankError: the town's files of phrasings are wrong.
    """
    wanted = checked_phrasings(texts)
    path = root / PHRASINGS
    with _WRITING:
        known = set(read_bank(path.parent).get(sheet.id, ()))
        new = [line for line in wanted if line not in known]
        if new:
            before = path.read_text(encoding="utf-8") if path.exists() else ""
            title = " ".join(sheet.title.split())
            block = "\n".join([f"# {sheet.id} {title}", *new])
            _replace(path, f"{before.rstrip()}\n\n{block}\n".lstrip("\n"))
    return len(new)


def preview(draft: Draft, folder: Folder | None) -> Preview:
    """What the assistant would say, and what the checks find.

    Raises:
        ValueError: the draft cannot be a sheet; one sentence.
    """
    content = draft.file()
    name = f"sheets/{draft.id}.md"
    sheet = _parsed(content, Path(name))
    said = tuple(sentences(sheet.sections[0].paragraphs[0]))
    if folder is None:
        return Preview(sheet_id=sheet.id, say=said, findings=())
    page = Page(name, tuple(content.splitlines()), replace(sheet, status=VALIDATED))
    others = tuple(one for one in folder.pages if one.file != name)
    found = lint(replace(folder, pages=(*others, page)))
    findings = tuple(one for one in found if one.file == name)
    return Preview(sheet_id=sheet.id, say=said, findings=findings)


def save(root: Path, draft: Draft) -> str:
    """Write a new sheet as a draft; returns its id.

    Raises:
        ValueError: a sheet has this id already, or the draft cannot be one; in French.
    """
    content = draft.file()
    path = root / "sheets" / f"{draft.id}.md"
    with _WRITING:
        if path.exists():
            raise ValueError(f"une fiche s'appelle déjà « {draft.id} » : changez le titre")
        _parsed(content, path)
        _replace(path, content)
    return draft.id


def _parsed(content: str, path: Path) -> Sheet:
    """The sheet.

    Raises:
        ValueError: what is wrong with it, in French.
    """
    try:
        return parse_sheet(content, path)
    except SheetError as error:
        what = str(error).partition(f"line {error.line}: ")[2]
        raise ValueError(in_french(what).rstrip(".")) from error


def drafts(root: Path) -> tuple[Sheet, ...]:
    """The own sheets that wait for somebody to validate them."""
    return tuple(_drafts(root))


def _drafts(root: Path) -> dict[Sheet, Path]:
    """The drafts and their files; a file that cannot be read is for `kb check` to tell."""
    found = {}
    for path in sorted((root / "sheets").glob("*.md")):
        with contextlib.suppress(OSError, ValueError):
            text = path.read_text(encoding="utf-8")
            if re.search(rf"^status: *{DRAFT}\s*$", text, re.MULTILINE):
                found[parse_sheet(text, path)] = path
    return found


def validate(root: Path, sheet_id: str) -> None:
    """Make a draft a validated sheet.

    Raises:
        ValueError: there is no such draft; in French.
    """
    with _WRITING:
        paths = {sheet.id: path for sheet, path in _drafts(root).items()}
        if sheet_id not in paths:
            raise ValueError(f"aucun brouillon ne s'appelle « {sheet_id} »")
        text = paths[sheet_id].read_text(encoding="utf-8")
        _replace(paths[sheet_id], _STATUS.sub(f"status: {VALIDATED}", text, count=1))


def _replace(path: Path, content: str) -> None:
    """The file is whole at any instant, the old one or the new one."""
    path.parent.mkdir(exist_ok=True)
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as new:
        new.write(content)
        new.flush()
        os.fsync(new.fileno())
    if path.exists():
        Path(new.name).chmod(path.stat().st_mode & 0o777)
    else:
        Path(new.name).chmod(0o644)
    Path(new.name).replace(path)
