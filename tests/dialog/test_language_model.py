"""The real small model rewrites follow-ups, in its time, and never blocks a caller for long."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dialog import language_model
from dialog.desk import Desk
from dialog.language_model import LlamaRewriter
from dialog.search import Index
from dialog.state import State
from dialog.town import Town
from models import ModelError, Store, choose_profile, detect_hardware
from tests.dialog.conftest import OPEN


@pytest.fixture(scope="module")
def model() -> Iterator[LlamaRewriter]:
    store = Store()
    try:
        found = store.resolve("llm", "fr", choose_profile(detect_hardware(), "cpu"))
        path = store.file(found.id)
    except ModelError as error:
        pytest.skip(str(error))
    rewriter = LlamaRewriter(path, threads=2)
    yield rewriter
    rewriter.close()


@pytest.mark.models
def test_a_follow_up_becomes_a_question_about_what_came_before(
    model: LlamaRewriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(language_model, "TIME_LIMIT_S", 60.0)  # machines of tests are busy
    full = model.rewrite(["les horaires de la piscine"], "et la bibliothèque ?")
    assert full
    assert "\n" not in full
    assert "biblioth" in full.lower() or "horaires" in full.lower()


@pytest.mark.models
def test_callers_never_wait_longer_than_the_limit(model: LlamaRewriter) -> None:
    waited: list[float] = []

    def ask() -> None:
        started = time.monotonic()
        model.rewrite(["je voudrais faire un passeport"], "et s'il est né à l'étranger ?")
        waited.append(time.monotonic() - started)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    one_by_one = len(threads) * language_model.TIME_LIMIT_S
    assert max(waited) < one_by_one / 2


@pytest.mark.models
def test_without_history_there_is_nothing_to_rewrite(model: LlamaRewriter) -> None:
    assert model.rewrite([], "et pour mon fils ?") == ""


def test_a_file_that_is_not_a_model_is_named(tmp_path: Path) -> None:
    path = tmp_path / "broken.gguf"
    path.write_bytes(b"GGUF but not really")
    with pytest.raises(RuntimeError, match=r"broken\.gguf cannot be used as a language model"):
        LlamaRewriter(path, threads=1)


class Rewrites:
    """Gives one full question; counts how often it was asked."""

    def __init__(self, full: str) -> None:
        self.full, self.asked = full, 0

    def rewrite(self, history: object, text: str) -> str:
        self.asked += 1
        return self.full

    def close(self) -> None: ...


def test_its_words_are_searched_and_never_spoken(town: Town, sheets, index: Index) -> None:
    rewriter = Rewrites("faire enlever un matelas")
    desk = Desk(town, sheets, index, language_model=rewriter, clock=lambda: OPEN)
    state = State(sheet="marche", history=("j'ai un vieux canapé à jeter",))
    reply = desk.hear(state, "et si c'est trop lourd ?", at=OPEN).reply
    assert rewriter.asked == 1
    assert reply.sheet == "encombrants"
    assert "matelas" not in reply.say
    assert reply.stages["rewrite"] >= 0


def test_it_is_not_asked_when_the_rules_are_sure(town: Town, sheets, index: Index) -> None:
    rewriter = Rewrites("on voudrait se marier")
    desk = Desk(town, sheets, index, language_model=rewriter, clock=lambda: OPEN)
    state = State(sheet="passeport", history=("je voudrais faire un passeport",))
    assert desk.hear(state, "et c'est combien ?", at=OPEN).reply.sheet == "passeport"
    assert rewriter.asked == 0
