"""The evaluation files keep their form: readable lines, unique ids, honest labels."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
FILES = ("questions", "special", "dialogues")
WORDS = {"short": (2, 4), "medium": (5, 15), "long": (20, 45)}
ACTIONS = {
    *("answer", "emergency", "transfer", "goodbye"),
    *("repeat", "slower", "chitchat", "out_of_scope"),
}
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def read(name: str) -> list[dict[str, Any]]:
    lines = (HERE / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def turns(name: str) -> list[dict[str, Any]]:
    """Every utterance of a file, with the conversations taken apart."""
    return [turn for item in read(name) for turn in item.get("turns", [item])]


def repeated(values: list[str]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]


def test_ids_are_unique_and_consecutive() -> None:
    for name in FILES:
        ids = [item["id"] for item in read(name)]
        assert repeated(ids) == []
        assert [int(one[1:]) for one in ids] == list(range(1, len(ids) + 1))


def test_no_question_is_asked_twice() -> None:
    texts = [turn["text"].casefold() for name in ("questions", "special") for turn in turns(name)]
    assert repeated(texts) == []


@pytest.mark.parametrize("name", FILES)
def test_every_turn_expects_one_outcome(name: str) -> None:
    for turn in turns(name):
        action = turn.get("action", "answer")
        accept = turn.get("accept", [])
        assert turn["text"].strip() == turn["text"] != ""
        assert action in ACTIONS, turn
        assert (action == "answer") == bool(accept), turn
        assert len(accept) <= 3, turn
        assert repeated(accept) == [], turn
        assert all(SLUG.fullmatch(sheet) for sheet in accept), turn
        assert "service" not in turn or action == "transfer", turn


def test_the_length_label_counts_words() -> None:
    for item in read("questions"):
        low, high = WORDS[item["length"]]
        assert low <= len(re.findall(r"\S*\w\S*", item["text"])) <= high, item["text"]


def test_both_halves_have_the_same_lengths() -> None:
    halves: list[Counter[str]] = [Counter(), Counter()]
    for item in read("questions"):
        halves[int(item["id"][1:]) % 2][item["length"]] += 1
    assert halves[0] == halves[1]


def test_the_set_is_wide_enough_to_measure() -> None:
    questions = read("questions")
    assert len(questions) >= 120
    assert len({sheet for item in questions for sheet in item["accept"]}) >= 80
    assert Counter(item["action"] for item in read("special"))["emergency"] >= 20
    assert all(2 <= len(item["turns"]) <= 5 for item in read("dialogues"))
