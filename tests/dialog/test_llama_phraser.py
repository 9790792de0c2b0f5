"""A real model phrases an answer; nothing that its sheet does not hold is ever spoken."""

from __future__ import annotations

from pathlib import Path

import pytest

from dialog import language_model
from dialog.grounding import check
from dialog.language_model import LlamaRewriter
from dialog.llama_phraser import LlamaPhraser
from dialog.phrasing import phrase
from dialog.sheets import load_sheets
from models import ModelError, Store

SHEETS = Path(__file__).resolve().parents[2] / "examples" / "saint-aubin" / "sheets"


@pytest.mark.models
def test_what_a_real_model_phrases_is_spoken_only_if_the_sheet_holds_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """1. The model writes something. 2. What would be spoken holds no fact of its own."""
    try:
        path = Store().file("qwen2.5-coder-0.5b")
    except ModelError as missing:
        pytest.skip(str(missing))
    monkeypatch.setattr(language_model, "TIME_LIMIT_S", 60.0)  # the words count here, not the time
    model = LlamaRewriter(path, threads=2)
    try:
        sheet = next(s for s in load_sheets(SHEETS) if s.id == "encombrants")
        sentences = sheet.sections[0].paragraphs[0]
        written = LlamaPhraser(model).phrase("c'est payant pour un canapé ?", sentences)
        assert written
        spoken = phrase("c'est payant pour un canapé ?", sentences, sheet, LlamaPhraser(model))
        assert check(spoken, sheet) == []
    finally:
        model.close()
