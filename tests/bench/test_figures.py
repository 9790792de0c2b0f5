"""From telephones' outcomes and the server's records to the figures of a run."""

from __future__ import annotations

import os
from typing import Any

import pytest

from bench.calls.clips import Spoken
from bench.calls.cost import cost, machine_busy, tree
from bench.calls.figures import of_run
from bench.calls.measures import Written
from bench.calls.report import as_json, table
from bench.calls.run import Run
from bench.pictures import draw_day, draw_latency, draw_waterfall, waterfall

ASKED = [
    Spoken("", "à quelle heure ouvre la piscine", ("piscine-municipale",), 0, 8000, 0),
    Spoken("", "on voudrait se pacser ça se passe à la mairie", ("pacs",), 0, 8000, 1),
]


def turn(number: int, asked: float, **more: Any) -> dict[str, Any]:
    plain = {
        "number": number,
        "cuts_in": False,
        "asked": asked,
        "ended": asked + 2,
        "latency_ms": 900.0,
        "missed": False,
        "false_turn": False,
        "stop_ms": None,
        "silences_s": [],
        "reply_s": 4.0,
    }
    return {**plain, **more}


def outcome(*turns: dict[str, Any], call_id: str = "one", refused: int = 0) -> dict[str, Any]:
    return {
        "user": "0100000000",
        "dialled": 100.0,
        "ended": 160.0,
        "call_id": call_id,
        "refused": refused,
        "failed": "",
        "answer_ms": 50.0,
        "greeting_ms": 300.0,
        "late_ms": 2.0,
        "cpu_s": 0.5,
        "turns": list(turns),
    }


def a_run(*outcomes: dict[str, Any]) -> Run:
    run = Run("ours", 1, seconds=60.0, outcomes=list(outcomes), server_cpu_s=30.0)
    run.most_memory_bytes = 2**30
    run.orders = {one["call_id"]: ASKED for one in outcomes}
    return run


def test_a_run_with_its_records() -> None:
    """The first answer is right; the second question was cut at its pause, and heard in two turns,
    of which the last found another sheet."""
    run = a_run(
        outcome(
            turn(0, 110.0, silences_s=[0.4, 1.1]),
            turn(1, 130.0, false_turn=True, latency_ms=None),
        ),
        outcome(call_id="two", refused=486),
    )
    stages = {"stt": 400.0, "judge": 50.0, "decide": 60.0, "end_of_turn": 450.0}
    written = {
        "one": [
            Written(
                *(112.9, "À quelle heure ouvre la piscine ?", "Oui. À dix heures."),
                *("piscine-municipale", {**stages, "voice_to_voice": 700.0}),
            ),
            Written(131.0, "On voudrait se pacser.", "Oui.", "pacs", stages),
            Written(132.0, "Ça se passe à la marine.", "Bien.", "mairie-horaires", stages),
        ]
    }
    figures = of_run(run, written)
    assert figures["calls"] == {"taken": 1, "refused": 1, "failed": 0, "minutes": 1.0}
    assert figures["voice_to_voice_ms"]["median"] == 900
    assert figures["voice_to_voice_ms"]["n"] == 1
    counted = {"asked": 2, "missed": 0, "false": 1, "with_a_pause": 1, "split": 1}
    assert counted.items() <= figures["turns"].items()
    assert figures["gaps"]["count"] == 1  # 1.1 s; 0.4 s is the end of the sentence "Oui."
    assert figures["heard"]["word_error_percent"] == pytest.approx(100 / 16, abs=0.1)
    assert (figures["heard"]["sheet_right"], figures["heard"]["sheet_judged"]) == (1, 2)
    assert figures["cost"]["cpu_s_per_call_minute"] == 30
    assert figures["cost"]["memory_mib"] == 1024
    assert figures["stages_ms"]["ear"] == 900


def test_a_run_measured_by_ear_only() -> None:
    """Without records there is latency, but neither words nor sheets, and nothing is made up."""
    figures = of_run(a_run(outcome(turn(0, 110.0))), {})
    assert figures["voice_to_voice_ms"]["n"] == 1
    assert figures["heard"]["word_error_percent"] is None
    assert figures["heard"]["sheet_right"] is None
    assert figures["gaps"]["replies"] == 0
    assert figures["stages_ms"] == {}


def test_un_instant_is_told_from_an_answer() -> None:
    """The ear heard something 1.8 s after the question, the server began its answer at 3.1 s."""
    stages = {"voice_to_voice": 3100.0, "end_of_turn": 450.0}
    heard = [Written(115.2, "À quelle heure ouvre la piscine ?", "À dix heures.", "", stages)]
    figures = of_run(a_run(outcome(turn(0, 110.0, latency_ms=1800.0))), {"one": heard})
    assert figures["turns"]["waiting_words"] == 1
    assert figures["stages_ms"] == {}


def test_a_sound_without_an_understood_question_is_no_answer() -> None:
    """The records know the call, but nothing was heard in it: "je n'ai pas entendu", perhaps."""
    unheard = [Written(112.9, "", "Je n'ai pas entendu.", "", {"voice_to_voice": 900.0})]
    figures = of_run(a_run(outcome(turn(0, 110.0))), {"one": unheard})
    assert figures["voice_to_voice_ms"]["n"] == 1
    assert figures["answer_ms"]["n"] == 0
    assert (figures["heard"]["sheet_right"], figures["heard"]["sheet_judged"]) == (0, 1)
    assert figures["each"][0]["reply"] == "Je n'ai pas entendu."


def test_nobody_got_through() -> None:
    figures = of_run(a_run(outcome(refused=486)), {})
    assert figures["voice_to_voice_ms"]["n"] == 0
    assert figures["cost"]["cpu_s_per_call_minute"] is None
    assert table([figures]).row_count > 10


def test_the_json_is_the_contract_of_the_command() -> None:
    runs = [of_run(a_run(outcome(turn(0, 110.0))), {})]
    said = as_json(runs, {"cores": 2})
    assert {"median", "p95", "n"} <= set(said["voice_to_voice_ms"])
    assert said["clock_error_ms"] == 20
    assert said["runs"] == runs


def test_stages_of_a_turn_add_up_to_what_the_ear_heard() -> None:
    stages = {"ear": 940.0, "voice_to_voice": 710.0, "end_of_turn": 448.0, "stt": 425.0}
    bars = waterfall({**stages, "decide": 20.0, "judge": 55.0})
    by_name = {name: (start, length) for name, start, length in bars}
    assert by_name["packets, jitter buffer, detection"] == (0, 230)
    start, length = by_name["speech, first sound"]
    assert start + length == pytest.approx(940)
    assert waterfall({}) == []


def test_pictures_are_drawn(tmp_path) -> None:
    stages = {"voice_to_voice": 700.0, "end_of_turn": 450.0, "stt": 400.0}
    heard = [Written(112.9, "à quelle heure", "Oui.", "piscine-municipale", stages)]
    figures = of_run(a_run(outcome(turn(0, 110.0))), {"one": heard})
    draw_latency([figures, {**figures, "server": "baseline"}], tmp_path / "latency.png")
    draw_waterfall(figures, tmp_path / "turn.png")
    day = {
        "offered_erlang": 3.1,
        "lines": 12,
        "lost_interval": [0.0, 0.05],
        "lost_share": 0.0,
        "refused": 0,
        "offered": 75,
        "busy": [(0.0, 0), (3.0, 1)],
        "latencies": [(2.0, 900.0)],
    }
    draw_day(day, tmp_path / "day.png")
    for name in ("latency", "turn", "day"):
        assert (tmp_path / f"{name}.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(ValueError, match="no stages"):
        draw_waterfall({"stages_ms": {}}, tmp_path / "none.png")


def test_the_cost_of_this_process() -> None:
    before, busy = cost(os.getpid()), machine_busy()
    sum(range(3_000_000))
    after = cost(os.getpid())
    assert after.cpu_s > before.cpu_s
    assert after.memory_bytes > 2**20
    assert os.getpid() in tree(os.getpid())
    assert machine_busy()[1] >= busy[1]
    assert cost(2**22 + 1).memory_bytes == 0  # no such process
