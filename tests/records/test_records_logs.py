"""A number that reaches a log by mistake is masked there."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable

import pytest

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


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("from 0612345678.", "from …5678."),
        ("06 12 34 56 78 then 06.12.34.56.79", "…56 78 then …56.79"),
        ("<tel:+33612345678;x=1>", "<tel:…5678;x=1>"),
        ("0033 6 12 34 56 78", "…56 78"),
        ("+41223456789 and +12025550143", "…6789 and …0143"),
    ],
)
def test_telephone_numbers_keep_four_digits(said: str, written: str) -> None:
    assert logged(lambda logger: logger.warning("%s", said)).strip() == written


@pytest.mark.parametrize(
    "line",
    [
        "call 482913 turn 2: voice_to_voice=712ms",
        "10.0.0.1:5060 answered at 1795616383.389535",
        "call-id 8f0612345678aa of 2026-11-25 14:25:18",
        "ratio 0.0612345678",
        "message 3fa85f64, attempt 2",
    ],
)
def test_what_only_looks_like_a_number_stays(line: str) -> None:
    assert logged(lambda logger: logger.warning("%s", line)).strip() == line
