"""Counting right, wrong, clarified and passed on; reading the sets; `kb eval` as a command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.cli import app
from dialog.evaluation import CaseError, Expected, Outcome, Tally, judge, read_cases
from dialog.reply import Action, Candidate, Reply


def outcome(action: Action, sheet: str | None, *, accept=("a",), confidence=1.0, **more) -> Outcome:
    candidates = (Candidate("b", 0.6), Candidate("a", 0.3))
    reply = Reply(action, "…", sheet=sheet, confidence=confidence, candidates=candidates)
    return judge("c1", 0, Expected("une question", accept=tuple(accept)), reply, **more)


@pytest.mark.parametrize(
    ("action", "sheet", "verdict"),
    [
        (Action.ANSWER, "a", "right"),
        (Action.REPORT, "a", "right"),
        (Action.ANSWER, "b", "wrong"),
        (Action.CLARIFY, None, "clarified"),
        (Action.OUT_OF_SCOPE, None, "passed_on"),
        (Action.TRANSFER, None, "passed_on"),
        (Action.EMERGENCY, None, "wrong"),
        (Action.CHITCHAT, None, "wrong"),
    ],
)
def test_what_became_of_a_question(action: Action, sheet: str | None, verdict: str) -> None:
    assert outcome(action, sheet).verdict == verdict


def test_an_action_is_right_when_it_is_the_expected_one() -> None:
    expected = Expected("au feu", action="emergency")
    assert judge("c", 0, expected, Reply(Action.EMERGENCY, "…")).verdict == "right"
    assert judge("c", 0, expected, Reply(Action.ANSWER, "…", sheet="a")).verdict == "wrong"


def test_ranks_shares_and_curves() -> None:
    tally = Tally(
        (
            outcome(Action.ANSWER, "a", confidence=0.95),
            outcome(Action.ANSWER, "b", confidence=0.45),
            outcome(Action.CLARIFY, None, confidence=0.4, choices=("b", "a")),
            outcome(Action.OUT_OF_SCOPE, None, confidence=0.9),
        )
    )
    found = tally.summary({"a": "Papiers"})["questions"]
    assert (found["right"], found["wrong"], found["clarified"]) == (25.0, 25.0, 25.0)
    assert found["clarified_with_right_choice"] == 1
    assert (found["top1"], found["top3"]) == (0.0, 100.0)
    assert tally.risk_coverage() == [(0.25, 0.0), (0.5, 0.5)]
    assert sum(one["n"] for one in tally.calibration()) == 3
    assert tally.summary({"a": "Papiers"})["by_theme"]["Papiers"]["n"] == 4


def test_spoken_turns_are_counted_by_voice() -> None:
    spoken = outcome(Action.ANSWER, "a", heard="une caisson", word_errors=(1, 2), voice="native")
    found = Tally((spoken,)).summary()
    assert found["word_error"] == 50.0
    assert found["by_voice"]["native"]["right"] == 100.0


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("{", "line 1: Expecting"),
        ("[]", "each line is a JSON object"),
        ('{"text": "a"}', "a turn has `accept` or `action`"),
        ('{"accept": ["a"]}', "a turn has `text`, `wav` or `dtmf`"),
        ('{"text": "a", "accept": "a"}', "`accept` is a list of sheet ids"),
        ('{"text": "a", "action": "dance"}', "'dance' is not one of"),
        ('{"turns": []}', "at least one turn"),
        ("", "has no line"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, what: str) -> None:
    path = tmp_path / "set.jsonl"
    path.write_text(line)
    with pytest.raises(CaseError) as error:
        read_cases(path)
    assert what in str(error.value)


def test_the_shipped_sets_can_be_read() -> None:
    folder = Path(__file__).parents[1] / "eval"
    for name in ("dev", "test", "third", "fourth", "fifth", "sixth"):
        cases = read_cases(folder / f"national-{name}" / "questions.jsonl")
        assert len(cases) == 240
        assert {turn.length for case in cases for turn in case.turns} == {"short", "medium", "long"}


def test_kb_eval_prints_json_and_draws(tmp_path: Path) -> None:
    questions = tmp_path / "few.jsonl"
    lines = [
        {
            "id": "1",
            "text": "j'ai un vieux canapé à jeter, comment je fais",
            "accept": ["encombrants"],
        },
        {"id": "2", "text": "vous êtes un robot ?", "action": "chitchat"},
        {"id": "3", "turns": [{"text": "refaire mon passeport", "accept": ["passeport"]}]},
    ]
    questions.write_text("\n".join(json.dumps(line) for line in lines))
    picture, out = tmp_path / "plot.png", tmp_path / "out.jsonl"
    command = ["kb", "eval", str(questions), "--json", "--plot", str(picture), "--out", str(out)]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout.strip().splitlines()[-1])
    assert found["turns"] == 3
    assert found["questions"]["right"] == 100.0
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert len(out.read_text().splitlines()) == 3


def test_kb_eval_prints_conversations(tmp_path: Path) -> None:
    talk = {
        "id": "canapé",
        "turns": [
            {"text": "j'ai un canapé à jeter", "accept": ["encombrants"]},
            {"text": "bon, merci, au revoir", "action": "goodbye"},
        ],
    }
    path = tmp_path / "talk.jsonl"
    path.write_text(json.dumps(talk))
    result = CliRunner().invoke(app, ["kb", "eval", str(path), "--print"])
    assert result.exit_code == 0, result.output
    head, _, rest = result.stdout.partition("— j'ai un canapé à jeter\n\n> ")
    assert head.endswith("## canapé\n\n")
    assert "*right, answer from “" in rest
    assert rest.index("au revoir\n\n> ") < rest.index("*right, goodbye, confidence")


def test_kb_eval_says_what_is_wrong_with_a_file(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["kb", "eval", str(tmp_path / "none.jsonl")])
    assert result.exit_code == 1
    assert "none.jsonl" in result.output
