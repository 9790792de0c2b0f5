"""A number that reaches a log by mistake is masked there."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable

from records import MaskedLog

NIR = "1 85 05 78 006 084 91"


def logged(say: Callable[[logging.Logger], None]) -> str:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(MaskedLog())
    logger = logging.Logger("a logger of its own")
    logger.addHandler(handler)
    say(logger)
    return stream.getvalue()


def test_messages_arguments_and_errors_are_masked() -> None:
    def fails(logger: logging.Logger) -> None:
        try:
            raise ValueError(f"cannot read {NIR}")
        except ValueError:
            logger.exception("the desk failed on %s", NIR)

    text = logged(fails)
    assert NIR not in text
    assert text.count("[NIR masqué]") == 2
    assert "Traceback" in text


def test_other_lines_stay_and_a_wrong_line_ends_nothing() -> None:
    line = "call 482913 turn 2: answer sheet=passeport confidence=0.93 decide=12ms"
    assert logged(lambda logger: logger.info("%s", line)).strip() == line
    assert logged(lambda logger: logger.info("%d calls", "three")) == ""
