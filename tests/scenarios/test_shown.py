"""The calls in the documents are what the program says."""

from __future__ import annotations

from pathlib import Path

from deploy.cli.dialog_show import transcripts
from deploy.cli.output import EXAMPLE
from deploy.parts import Town

ROOT = Path(__file__).resolve().parents[2]


def test_the_ten_calls_of_the_documents_are_current() -> None:
    document = (ROOT / "docs" / "conversation.md").read_text(encoding="utf-8")
    _, _, marked = document.partition("<!-- calls: ")
    names, _, rest = marked.partition(" -->\n")
    shown, _, _ = rest.partition("<!-- end of calls -->")
    assert len(names.split()) == 10
    again = transcripts(ROOT / "tests" / "scenarios", names.split(), Town.open(EXAMPLE))
    assert shown.strip() == again.strip(), "run the command that the document names"
