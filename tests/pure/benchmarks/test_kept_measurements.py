"""Measurements that a file keeps, so that an interrupted run goes on."""

import json

import pytest

from benchmarks import rounds_kept
from benchmarks.rounds_kept import Kept

ASKED = {"case": "200", "by": "ExpertPool", "limit": 1.0}
OTHER = ASKED | {"case": "500"}


@pytest.fixture
def measured(monkeypatch):
    """What was measured, in order; each measurement fails whose case is `broken`."""
    done = []

    def measure(_python, asked):
        done.append(asked["case"])
        return {"seconds": "1", "failed": "no"} if asked["case"] == "broken" else {"seconds": len(done)}

    monkeypatch.setattr(rounds_kept, "_measured", measure)
    return done


def test_what_the_file_has_is_not_measured_again(tmp_path, measured):
    file = tmp_path / "rounds.jsonl"
    first = Kept(file)
    assert [first.answer("python", each) for each in (ASKED, OTHER, ASKED)] == [
        {"seconds": 1},
        {"seconds": 2},
        {"seconds": 1},
    ]
    again = Kept(file)
    assert again.answer("python", dict(reversed(OTHER.items()))) == {"seconds": 2}
    assert measured == ["200", "500"]
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert [(line["asked"], line["answer"]) for line in lines] == [
        (ASKED, {"seconds": 1}),
        (OTHER, {"seconds": 2}),
    ]
    assert all("Python" in line["on"] and line["at"] for line in lines)


def test_a_line_that_was_cut_off_is_measured_again_and_harms_none_after_it(tmp_path, measured):
    file = tmp_path / "rounds.jsonl"
    Kept(file).answer("python", ASKED)
    file.write_text(file.read_text("utf-8")[:-20], "utf-8")
    Kept(file).answer("python", ASKED)
    assert Kept(file).answer("python", ASKED) == {"seconds": 2}
    assert measured == ["200", "200"]


def test_what_could_not_be_measured_is_tried_again(tmp_path, measured):
    file = tmp_path / "rounds.jsonl"
    broken = ASKED | {"case": "broken"}
    for _ in range(2):
        assert Kept(file).answer("python", broken)["failed"] == "no"
    assert measured == ["broken", "broken"]
    assert not file.exists()
